"""Every notebook ran to its end in the last build, and reached what it should."""

import ast
import statistics

import pytest
from jupyter_cache import get_cache

from parallel_notebooks import FRAMEWORKS, ROOT, read

MODELS = ["scratch", "concise"]
by_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture(scope="module")
def executed():
    """`{framework: notebook with outputs}`, from the cache that the pages show."""
    cache = get_cache(ROOT / "_build" / ".jupyter_cache")
    return {framework: cache.merge_match_into_notebook(read(framework))[1]
            for framework in FRAMEWORKS}


def glued(nb):
    """The figures a notebook left for the pages, by key."""
    prefix = "application/papermill.record/"
    return {output.metadata.scrapbook.name: ast.literal_eval(output.data[f"{prefix}text/plain"])
            for cell in nb.cells if cell.cell_type == "code" for output in cell.outputs
            if "scrapbook" in output.get("metadata", {})}


@by_framework
def test_every_cell_ran_in_order(executed, framework):
    counts = [cell.execution_count for cell in executed[framework].cells
              if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@by_framework
def test_no_cell_failed_and_none_warned(executed, framework):
    """The site hides stderr: only a library's start-up chatter may be hidden by that."""
    for cell in executed[framework].cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr" or cell.metadata.tags == ["setup"], output.text


@by_framework
def test_training_reached_the_band(executed, framework):
    figures = glued(executed[framework])
    for model in MODELS:
        assert 0.2 < figures[f"{model}_train_loss"] < 0.45
        assert 0.80 < figures[f"{model}_train_acc"] < 0.95
        assert 0.80 < figures[f"{model}_test_acc"] < 0.95
        assert 0 < figures[f"{model}_seconds"] < 60


@by_framework
def test_inference_repeats_itself_only_with_dropout_off(executed, framework):
    figures = glued(executed[framework])
    assert figures["inference_off_identical"] is True
    assert figures["inference_off_changed"] == 0
    assert figures["inference_on_identical"] is False
    # 10,000 images, of which a few per cent change sides between two masks.
    assert figures["inference_on_changed"] > 100
    # One batch of 10,000 or forty of 256: rounding may turn a tie or two.
    assert abs(figures["inference_off_acc"] - figures["concise_test_acc"]) < 5e-4


def test_dropout_left_on_costs_accuracy(executed):
    """In the median of the six; a single run may be lucky."""
    cost = [glued(nb)["inference_off_acc"] - glued(nb)["inference_on_acc"]
            for nb in executed.values()]
    assert statistics.median(cost) > 0


@by_framework
def test_each_figure_is_there_and_vector(executed, framework):
    figures = [cell.metadata.tags[0] for cell in executed[framework].cells
               for output in cell.get("outputs", []) if "image/svg+xml" in output.get("data", {})]
    assert figures == ["unbiased", "train-scratch", "train-concise"]
