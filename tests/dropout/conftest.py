"""These tests run in one process per framework: `pytest tests/dropout --framework=jax`."""

import os
import tempfile

import pytest
from hypothesis import settings

from parallel_notebooks import run_cells

# Before any library is imported: no window for a figure, no progress bar.
os.environ["MPLBACKEND"] = "agg"
os.environ["TQDM_DISABLE"] = "1"
# A second device for JAX, so that something can lie elsewhere.
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
# Hypothesis keeps the constants it finds in the source: not in the tree.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", tempfile.gettempdir() + "/hypothesis")

# The same examples in every run, at a library's own speed, and nothing on the disk.
FIXED = settings(derandomize=True, deadline=None, database=None)


def pytest_configure(config):
    # JAX compiles for half a second or more for every new shape and dtype.
    few = config.getoption("--framework") == "jax"
    settings.register_profile("fixed", FIXED, max_examples=12 if few else 150)
    settings.load_profile("fixed")


@pytest.fixture(scope="session")
def notebook(framework):
    """The namespace of the notebook before any training."""
    return run_cells(
        framework,
        ["setup", "dropout-layer", "data", "mlp-scratch", "training-loop", "mlp-concise"],
    )


@pytest.fixture(scope="session")
def library(framework, notebook):
    """The framework's own way to say what every test needs to say."""
    from adapters import ADAPTERS

    return ADAPTERS[framework](notebook)
