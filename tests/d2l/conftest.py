"""These tests run in one process per framework: `pytest tests/d2l --framework=jax`."""

import os
from unittest import mock

import pytest

from parallel_notebooks import run_cells

# Before any library is imported: no window for a figure, no progress bar.
os.environ["MPLBACKEND"] = "agg"
os.environ["TQDM_DISABLE"] = "1"


def pytest_configure(config):
    from dropout_book.textbook import keras_home

    # As in the notebook, but before Keras is imported for the tests of another folder.
    os.environ["KERAS_HOME"] = str(keras_home())
    config.addinivalue_line("markers", "only(*frameworks): the test is about their tabs alone")


def pytest_collection_modifyitems(config, items):
    """A run has the tests that are about its framework's tab, and no other."""
    framework = config.getoption("--framework")
    items[:] = [
        item
        for item in items
        if framework is None or all(framework in mark.args for mark in item.iter_markers("only"))
    ]


@pytest.fixture(scope="session")
def notebook(framework):
    """The namespace of the audit's notebook once its layers are defined."""
    return run_cells(framework, ["setup", "dropout-layer"], topic="d2l")


@pytest.fixture(scope="session")
def loaded(framework, notebook):
    """The same with the textbook's data, of which only one training batch is read."""
    with mock.patch.dict(vars(notebook["d2l"])):  # whose loader starts processes, but not there
        return run_cells(
            framework,
            ["data"],
            dict(notebook),
            topic="d2l",
            change=lambda tag, source: source.replace(
                "list(train_iter)", "[next(iter(train_iter))]"
            ),
        )
