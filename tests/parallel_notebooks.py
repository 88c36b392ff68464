"""The notebooks as tests see them: cells by tag, run as a reader runs them."""

import ast
import os
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from dropout_book import cells, frameworks

ROOT = Path(__file__).resolve().parents[1]
# Elsewhere when tests/mutants/run.py puts notebooks with a mistake before the tests.
NOTEBOOKS = Path(os.environ.get("NOTEBOOKS", ROOT / "notebooks"))
SITE = ROOT / "_build" / "html"
FRAMEWORKS = {framework.id: framework.label for framework in frameworks.FRAMEWORKS.values()}
TAGS = [
    "setup",
    "dropout-layer",
    "dropout-demo",
    "unbiased",
    "gradient-check",
    "data",
    "mlp-scratch",
    "training-loop",
    "train-scratch",
    "mlp-concise",
    "train-concise",
    "inference",
    "results",
]


def path_of(framework, topic="dropout"):
    return NOTEBOOKS / topic / f"{framework}.ipynb"


def read(framework, topic="dropout"):
    return nbformat.read(path_of(framework, topic), as_version=4)


def sources(framework, topic="dropout"):
    """`{tag: source}` of a notebook's code cells, in order."""
    return cells.sources(path_of(framework, topic))


def run_cells(framework, tags, namespace=None, change=lambda tag, source: source, topic="dropout"):
    """The namespace that `cells.run` leaves of a framework's notebook."""
    return cells.run(path_of(framework, topic), tags, namespace, change)


def executed(framework, topic="dropout"):
    """The notebook with the outputs of the last build, as the pages show it."""
    cache = get_cache(ROOT / "_build" / ".jupyter_cache")
    return cache.merge_match_into_notebook(read(framework, topic))[1]


def glued(nb):
    """The figures that an executed notebook left for the pages, by key."""
    prefix = "application/papermill.record/"
    return {
        output.metadata.scrapbook.name: ast.literal_eval(output.data[f"{prefix}text/plain"])
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if "scrapbook" in output.get("metadata", {})
    }
