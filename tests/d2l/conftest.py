"""These tests run in one process per framework: `pytest tests/d2l --framework=jax`."""

import os

import pytest

from parallel_notebooks import FRAMEWORKS, run_cells

# Before any library is imported: no window for a figure, no progress bar.
os.environ["MPLBACKEND"] = "agg"
os.environ["TQDM_DISABLE"] = "1"


def pytest_addoption(parser):
    parser.addoption(
        "--framework",
        choices=list(FRAMEWORKS),
        required=True,
        help="the framework whose notebook is tested",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "only(*frameworks): the test is about their tabs alone")


def pytest_collection_modifyitems(config, items):
    """A run has the tests that are about its framework's tab, and no other."""
    framework = config.getoption("--framework")
    items[:] = [
        item for item in items if all(framework in mark.args for mark in item.iter_markers("only"))
    ]


@pytest.fixture(scope="session")
def framework(request):
    return request.config.getoption("--framework")


@pytest.fixture(scope="session")
def notebook(framework):
    """The namespace of the audit's notebook once its layers are defined."""
    return run_cells(framework, ["setup", "dropout-layer"], topic="d2l")


@pytest.fixture(scope="session")
def loaded(framework, notebook):
    """The same with the textbook's data, of which only one training batch is read."""
    return run_cells(
        framework,
        ["data"],
        dict(notebook),
        topic="d2l",
        change=lambda tag, source: source.replace("list(train_iter)", "[next(iter(train_iter))]"),
    )
