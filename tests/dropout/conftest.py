"""These tests run in one process per framework: `pytest tests/dropout --framework=jax`.

TensorFlow and PaddlePaddle crash when both are imported into one process.
"""

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
def notebook(framework):
    """The namespace of the notebook before any training."""
    return run_cells(framework, ["setup", "dropout-layer", "data", "mlp-scratch",
                                 "training-loop", "mlp-concise"])


@pytest.fixture(scope="session")
def library(framework, notebook):
    """The framework's own way to say what every test needs to say."""
    from adapters import ADAPTERS
    return ADAPTERS[framework](notebook)
