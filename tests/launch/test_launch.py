"""A notebook that is launched alone, on a host that knows nothing of this book, runs."""

import nbformat
import pytest

from launch.hosts import HOSTS, ROOT
from parallel_notebooks import glued
from test_band import BAND, misses

# The first epoch's mean loss: over the 20 seeds of the textbook's setting 1.17 on average, with
# a standard deviation of 0.05, so that one in 10^7 lies outside. Who learns nothing has ln 10.
FIRST_EPOCH = (0.9, 1.7)


def test_it_ran_to_its_end(launched):
    assert not launched.failure, str(launched.failure)
    counts = [cell.execution_count for cell in launched.nb.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_its_first_cell_installed_the_clone_or_what_is_published(launched):
    """And did not find it somewhere on this machine."""
    assert "dropout-book" not in launched.before
    if launched.clone:
        assert launched.installed_at.is_relative_to(launched.clone)
        assert launched.installed_from["dir_info"] == {"editable": True}
    else:
        assert launched.installed_at.is_relative_to(launched.environment)
        assert launched.installed_from["vcs_info"]["commit_id"] == launched.published


def test_nothing_that_the_host_had_is_replaced_but_what_the_notebook_announces(launched):
    allowed = HOSTS[launched.case.host]["replaces"].get(launched.case.framework, [])
    assert sorted(launched.replaced) == sorted(allowed)
    said = next(cell.source for cell in launched.nb.cells if cell.id == "setup-text")
    said = said.lower().replace("_", "-")  # opt_einsum is called opt-einsum
    assert [name for name in allowed if name not in said] == []


def test_what_is_installed_fits_together(launched):
    assert launched.conflicts == "No broken requirements found.\n"


def test_a_new_session_is_asked_for_only_when_something_loaded_was_replaced(launched):
    preloaded = HOSTS[launched.case.host]["preloaded"]
    assert launched.restarts == (1 if set(preloaded) & set(launched.replaced) else 0)


def test_no_cell_warns_of_anything(launched):
    """The first one may, where pip and libraries chatter; the others show how far they are."""
    _, *cells = [cell for cell in launched.nb.cells if cell.cell_type == "code"]
    said = [
        output.text for cell in cells for output in cell.outputs if output.get("name") == "stderr"
    ]
    assert [text for text in said if "Warning" in text or "Error" in text] == []


def test_it_learned_what_it_should(launched):
    figures = glued(launched.nb)
    if launched.case.topic == "semantics":
        assert figures["semantics"]
    elif (launched.case.topic, launched.case.framework) == ("d2l", "jax"):
        assert figures["published_kept_50"]  # of the layer alone
    elif launched.epochs == 1:
        for model in ("scratch", "concise"):
            assert FIRST_EPOCH[0] < figures[f"{model}_train_loss"] < FIRST_EPOCH[1]
    else:
        missed = [
            misses({name: figures[f"{model}_{name}"] for name in BAND})
            for model in ("scratch", "concise")
        ]
        # A single test accuracy dips now and then, see test_band.py; both hardly ever do.
        assert {name for each in missed for name in each} <= {"test_acc"}, missed
        assert not all(missed), missed


@pytest.mark.parametrize(
    "path",
    sorted(ROOT.glob("notebooks/*/*.ipynb")),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_colab_opens_it_in_the_runtime_that_it_needs(path):
    colab = nbformat.read(path, as_version=4).metadata.get("colab", {})
    assert colab.get("runtime_attributes", {}).get("runtime_version") == HOSTS["colab"][
        "runtimes"
    ].get(path.stem)
