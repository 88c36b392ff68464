"""The notebooks' cells on pages: the same thing in each framework, in tabs."""

from pathlib import Path

from sidebyside.insides import sphinx
from sidebyside.showing import (
    cells,
    colors,
    dictionary,
    figures,
    frameworks,
    likeness,
    side_by_side,
    tabs,
)


def setup(app):
    for part in frameworks, colors, tabs, cells, side_by_side, dictionary, figures, likeness:
        part.setup(app)
    sphinx.add_static(
        app, Path(__file__).parent / "static", styles=["comparison.css", "dictionary.css"]
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
