"""Figures that the build draws, in the style and the dress of the notebooks' own."""

import os
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from docutils import nodes

from dropout_book.plots import use_book_style


@contextmanager
def book_style():
    """The style of the notebooks' figures, for a while."""
    with matplotlib.rc_context():
        use_book_style()
        yield


def saved(env, name, figure):
    """Save a figure under this name; return where pages find it."""
    path = Path(env.doctreedir, "figures", f"{name}.svg")
    path.parent.mkdir(exist_ok=True)
    with book_style():
        figure.savefig(path, metadata=dict.fromkeys(["Date", "Creator", "Format", "Type"]))
    return "/" + Path(os.path.relpath(path, env.srcdir)).as_posix()


def shown(env, name, figure, alt):
    """The figure with its description, as nodes of a page."""
    image = nodes.image(uri=saved(env, name, figure), alt=alt)
    return [nodes.container("", image, classes=["cell_output", "drawn"])]
