"""These tests run in one process per framework: `pytest tests/d2l --framework=jax`."""

import os

import pytest

from parallel_notebooks import FRAMEWORKS, run_cells

# Before any library is imported: no window for a figure, no progress bar.
os.environ["MPLBACKEND"] = "agg"
os.environ["TQDM_DISABLE"] = "1"


def pytest_addoption(parser):
    parser.addoption("--framework", choices=list(FRAMEWORKS), required=True,
                     help="the framework whose notebook is tested")


@pytest.fixture(scope="session")
def framework(request):
    return request.config.getoption("--framework")


@pytest.fixture(scope="session")
def trains(framework):
    """Skip for JAX, whose notebook looks at the layer alone."""
    if framework == "jax":
        pytest.skip("the JAX tab belongs to another edition, with another loop")


@pytest.fixture(scope="session")
def notebook(framework):
    """The namespace of the audit's notebook once its layers are defined."""
    return run_cells(framework, ["setup", "dropout-layer"], topic="d2l")


@pytest.fixture(scope="session")
def loaded(trains, framework, notebook):
    """The same with the textbook's data, of which only one training batch is read."""
    return run_cells(framework, ["data"], dict(notebook), topic="d2l",
                     change=lambda tag, source: source.replace(
                         "list(train_iter)", "[next(iter(train_iter))]"))
