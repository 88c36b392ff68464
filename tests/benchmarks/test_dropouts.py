"""The ways to drop out that are timed beside the notebook's layer do what it does."""

import json
import subprocess
import sys
from textwrap import dedent

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.libraries import DROPOUTS, LIBRARIES, PyTorch
from benchmarks.run import ROOT
from dropout_book.records.speed import MASK_PROBABILITY, MASK_SHAPE
from installed import INSTALLED
from test_run import AS_MAKE_DOES

# Its arguments: the library, and methods of benchmarks/libraries.py.
DROPPED = dedent("""
    import json
    import sys

    import numpy as np

    from adapters import ADAPTERS
    from benchmarks.libraries import LIBRARIES
    from parallel_notebooks import run_cells

    framework, *names = sys.argv[1:]
    tags = ["setup", "dropout-layer", "data", "mlp-scratch", "mlp-concise"]
    notebook = run_cells(framework, tags)
    adapter, library = ADAPTERS[framework](notebook), LIBRARIES[framework](notebook)
    library.compiled = lambda f: f  # what compiles draws other numbers
    X = np.arange(1, 100_001, dtype=np.float32)

    def dropped(dropout, X=X):
        adapter.seed(1)
        call = library.dropout_call(dropout, library.array(X.copy()), 0.2)
        return np.asarray(adapter.numpy(call()))

    def of_infinities(dropout):
        found = dropped(dropout, np.full(1000, np.inf, dtype=np.float32))
        return sorted({str(each) for each in found})

    def seen(other):
        kept = other != 0
        return {
            "dtype": str(other.dtype),
            "same": bool(np.array_equal(ours, other)),
            "rescaled": bool(np.allclose(other[kept], X[kept] / 0.8, rtol=1e-6)),
            "kept": int(kept.sum()),
        }

    ours = dropped(notebook["dropout_layer"])
    others = {name: getattr(library, name) for name in names}
    print(json.dumps({
        "seen": {name: seen(dropped(other)) for name, other in others.items()},
        "infinities": {
            "dropout_layer": of_infinities(notebook["dropout_layer"]),
            **{name: of_infinities(other) for name, other in others.items()},
        },
    }))
    """)


@pytest.mark.parametrize("framework", INSTALLED)
def test_each_drops_out(framework):
    names = [name for name in DROPOUTS.values() if hasattr(LIBRARIES[framework], name)]
    run = subprocess.run(
        [sys.executable, "-c", DROPPED, framework, *names],
        cwd=ROOT,
        env=AS_MAKE_DOES,
        text=True,
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout.splitlines()[-1])
    seen = said["seen"]
    assert list(seen) == names
    # From the same random numbers, what selects leaves what the notebook's layer leaves.
    assert seen["selecting_dropout"]["same"]
    assert said["infinities"]["dropout_layer"] == ["inf", "nan"]
    assert said["infinities"]["selecting_dropout"] == ["0.0", "inf"]
    for each in seen.values():
        assert each["dtype"] == "float32"
        assert each["rescaled"]
        # Of 100,000 elements 80,000 on average, standard deviation 126: six of them are 759,
        # and a false alarm is rarer than 1 in 10^8.
        assert abs(each["kept"] - 80_000) < 759


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
