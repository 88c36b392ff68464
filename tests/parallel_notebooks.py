"""The notebooks as tests see them: cells by tag, run as a reader runs them."""

import ast
import linecache
import os
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache

from dropout_book.frameworks import FRAMEWORKS as DECLARED

ROOT = Path(__file__).resolve().parents[1]
# Elsewhere when tests/mutants/run.py puts notebooks with a mistake before the tests.
NOTEBOOKS = Path(os.environ.get("NOTEBOOKS", ROOT / "notebooks"))
SITE = ROOT / "_build" / "html"
FRAMEWORKS = {each.id: each.label for each in DECLARED.values()}
TAGS = [
    "setup",
    "dropout-layer",
    "dropout-demo",
    "unbiased",
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
    return {
        cell.metadata.tags[0]: cell.source
        for cell in read(framework, topic).cells
        if cell.cell_type == "code"
    }


def run_cells(framework, tags, namespace=None, change=lambda tag, source: source, topic="dropout"):
    """Run the cells with these tags in order; return the namespace they leave.

    `change(tag, source)` may return other source for a cell.
    """
    namespace = {"__name__": "__main__"} if namespace is None else namespace
    cells = sources(framework, topic)
    for tag in tags:
        code = TransformerManager().transform_cell(change(tag, cells[tag]))
        name = f"<{framework}.ipynb, cell {tag}>"
        # Tracebacks quote the cell, and tf.function reads the source it compiles.
        linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
        exec(compile(code, name, "exec"), namespace)
    return namespace


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
