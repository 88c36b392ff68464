"""What PyTorch's dropout in place saves is what the page says."""

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.libraries import PyTorch
from dropout_book.records.speed import MASK_PROBABILITY, MASK_SHAPE


def kept_for_the_backward_pass(dropout):
    """Bytes that are taken by a call of dropout, and not given back when it ends."""
    H = torch.ones(MASK_SHAPE, requires_grad=True) * 1  # a leaf may not be overwritten
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        result = dropout(H, MASK_PROBABILITY)
    assert result.requires_grad
    outermost = [event for event in profiler.events() if event.cpu_parent is None]
    return sum(event.cpu_memory_usage for event in outermost)


def test_in_place_keeps_the_mask_and_saves_the_result():
    library = PyTorch({"F": torch.nn.functional})
    array = torch.ones(MASK_SHAPE).nbytes
    assert kept_for_the_backward_pass(library.own_dropout) == 2 * array
    assert kept_for_the_backward_pass(library.own_dropout_in_place) == array
