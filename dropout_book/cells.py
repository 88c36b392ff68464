"""The cells of a notebook, by tag, and the one way to run them outside Jupyter."""

import json
import linecache
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager


def sources(path):
    """`{tag: source}` of the tagged code cells of the notebook at `path`, in order."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return {
        tag: "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        for tag in cell["metadata"].get("tags", [])
    }


def run(path, tags, namespace=None, change=lambda tag, source: source):
    """Run the cells with these tags, in this order; return the namespace they leave.

    They run in `namespace`, or in a new one. `change(tag, source)` may return other
    source for a cell. Raises KeyError if no cell has such a tag.
    """
    path, cells = Path(path), sources(path)
    namespace = {"__name__": "__main__"} if namespace is None else namespace
    for tag in tags:
        code = TransformerManager().transform_cell(change(tag, cells[tag]))
        name = f"<{path.parent.name}/{path.name}, cell {tag}>"
        # Tracebacks quote the cell, and tf.function reads the source it compiles.
        linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
        exec(compile(code, name, "exec"), namespace)
    return namespace
