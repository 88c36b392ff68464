"""Every notebook ran to its end in the last build; what its training reached is tested
with each framework's own tests, in tests/dropout/test_band.py."""

import importlib.metadata
import os
import statistics

import nbformat
import pytest
from packaging.requirements import Requirement

import outputs
import parallel_notebooks
from dropout_book.frameworks import FRAMEWORKS as DECLARED
from installed import INSTALLED
from parallel_notebooks import ROOT, glued

by_framework = pytest.mark.parametrize("framework", INSTALLED)


@pytest.fixture(scope="module")
def executed():
    return {framework: parallel_notebooks.executed(framework) for framework in INSTALLED}


@by_framework
def test_every_cell_ran_in_order(executed, framework):
    counts = [
        cell.execution_count for cell in executed[framework].cells if cell.cell_type == "code"
    ]
    assert counts == list(range(1, len(counts) + 1))


@by_framework
def test_no_cell_failed_and_none_warned(executed, framework):
    assert outputs.failures(executed[framework]) == []


@pytest.mark.parametrize(
    "line, counts",
    [
        # As TensorFlow says it on a processor without AVX-512, and PyTorch where no GPU is.
        (
            "E0000 00:00:1795744297.132165    2994 util.cc:131] oneDNN supports DT_HALF only on "
            "platforms with AVX-512. Falling back to the default Eigen-based implementation.",
            False,
        ),
        ("No CUDA runtime is found, using CUDA_HOME='/usr/local/cuda'", False),
        ("E0000 00:00:1795744297.132165    2994 op_kernel.cc:9] NaN in the gradient", True),
        ("model.py:1: UserWarning: on a CPU this is the mean", True),
    ],
)
def test_what_is_said_of_the_machine_is_no_failure_of_a_cell(line, counts):
    written = nbformat.v4.new_output("stream", name="stderr", text=f"{line}\n")
    cell = nbformat.v4.new_code_cell(outputs=[written], metadata={"tags": ["mlp-scratch"]})
    nb = nbformat.v4.new_notebook(cells=[cell])
    assert outputs.failures(nb) == [line] * counts
    cell.metadata.tags = ["setup"]
    assert outputs.failures(nb) == []
    assert outputs.failures(nb, chatting=()) == [line] * counts


@by_framework
def test_the_gradient_is_that_of_the_mask_that_was_held_still(executed, framework):
    figures = glued(executed[framework])
    # Of a quadratic, the quotient is exact but for rounding: float32 numbers below 1,000,
    # that is 3e-5, over a step of a half.
    assert figures["gradient_error_held_still"] < 1e-3
    # That in eight quotients both calls draw the same 8 elements has probability 2^-64.
    assert figures["gradient_error_drawn_anew"] > 1


@by_framework
def test_inference_repeats_itself_only_with_dropout_off(executed, framework):
    figures = {
        key: value
        for key, value in glued(executed[framework]).items()
        if key.startswith("inference") or key == "concise_test_acc"
    }
    # That two evaluations agree to the bit, tests/dropout says, in one process and often; a
    # compiler may once sum in another order, and the page then says so.
    assert figures["inference_off_changed"] == 0, figures
    assert figures["inference_on_identical"] is False, figures
    # 10,000 images, of which a few per cent change sides between two masks.
    assert figures["inference_on_changed"] > 100, figures
    # One batch of 10,000 or forty of 256: rounding may turn a tie or two.
    assert abs(figures["inference_off_acc"] - figures["concise_test_acc"]) < 5e-4, figures


def test_dropout_left_on_costs_accuracy(executed):
    """In the median of the six; a single run may be lucky."""
    cost = [
        glued(nb)["inference_off_acc"] - glued(nb)["inference_on_acc"] for nb in executed.values()
    ]
    assert statistics.median(cost) > 0


@by_framework
def test_each_figure_is_there_and_vector(executed, framework):
    figures = [
        cell.metadata.tags[0]
        for cell in executed[framework].cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert figures == ["unbiased", "train-scratch", "train-concise"]


def version_of(requirement):
    """None where it is not installed and the book does without: what has a marker, as MXNet.
    In CI only where it cannot be had."""
    try:
        return importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        marker = requirement.marker
        if marker is None or "CI" in os.environ and marker.evaluate():
            raise
        return None


def test_what_this_machine_has_is_what_is_pinned():
    """Else a library that went missing would make its tests go missing, too."""
    found = set()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line and not line.startswith(("#", "-")):
            requirement = Requirement(line)
            if version := version_of(requirement):
                assert version in requirement.specifier, f"{line}, and installed is {version}"
                found.add(requirement.name)
    assert INSTALLED == [each.id for each in DECLARED.values() if each.distribution in found]
