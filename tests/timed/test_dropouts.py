"""The ways to drop out that are timed beside the notebook's layer do what it does.

These tests run in one process per framework: `pytest tests/timed --framework=jax`.
"""

import numpy as np
import pytest

from adapters import ADAPTERS
from benchmarks.libraries import DROPOUTS, LIBRARIES
from parallel_notebooks import run_cells

X = np.arange(1, 100_001, dtype=np.float32)


@pytest.fixture(scope="module")
def notebook(framework):
    return run_cells(framework, ["setup", "dropout-layer", "data", "mlp-scratch", "mlp-concise"])


@pytest.fixture(scope="module")
def timed(framework, notebook):
    library = LIBRARIES[framework](notebook)
    library.compiled = lambda f: f  # what compiles draws other numbers
    return library


@pytest.fixture(scope="module")
def others(timed):
    return {name: getattr(timed, name) for name in DROPOUTS.values() if hasattr(timed, name)}


@pytest.fixture(scope="module")
def dropped(framework, notebook, timed):
    """`dropped(dropout, X)`: what a way to drop out leaves of X, from equal random numbers."""
    adapter = ADAPTERS[framework](notebook)

    def dropped(dropout, X=X):
        adapter.seed(1)
        call = timed.dropout_call(dropout, timed.array(X.copy()), 0.2)
        with np.errstate(invalid="ignore"):  # a dropped infinity is NaN
            return np.asarray(adapter.numpy(call()))

    return dropped


def test_each_drops_out(others, dropped):
    assert "selecting_dropout" in others
    for dropout in others.values():
        left = dropped(dropout)
        kept = left != 0
        assert left.dtype == np.float32
        np.testing.assert_allclose(left[kept], X[kept] / 0.8, rtol=1e-6)
        # Of 100,000 elements 80,000 on average, standard deviation 126: six of them are 759,
        # and a false alarm is rarer than 1 in 10^8.
        assert abs(kept.sum() - 80_000) < 759


def test_what_selects_leaves_what_the_notebooks_layer_leaves(notebook, others, dropped):
    np.testing.assert_array_equal(
        dropped(others["selecting_dropout"]), dropped(notebook["dropout_layer"])
    )


def test_but_of_infinities_zeros(notebook, others, dropped):
    infinities = np.full(1000, np.inf, dtype=np.float32)
    found = {
        name: {str(each) for each in dropped(dropout, infinities)}
        for name, dropout in {"ours": notebook["dropout_layer"], **others}.items()
    }
    assert found["ours"] == {"inf", "nan"}
    assert found["selecting_dropout"] == {"0.0", "inf"}
