"""{likeness}: the share of lines that two libraries' notebooks have alike."""

import nbformat
import pytest

from sidebyside.showing.likeness import draw, shares

ONE = {
    "setup": "import one as o\nfrom one import nn",
    "layer": "def layer(X):\n    return o.zeros(X)\n\nlayer(X)",
    "train": "for X in data:\n    step(X)  # now",
}
OTHER = {
    "setup": "import other",
    "layer": "def layer(X):\n    return other.core.zeros(X)\n\nprint(layer)",
    "train": "for X in data:\n    net = step(X, net)\n    log(net)",
}


@pytest.fixture
def notebook(tmp_path):
    def notebook(name, sources):
        nb = nbformat.v4.new_notebook()
        nb.cells = [
            nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})
            for tag, source in sources.items()
        ]
        nbformat.write(nb, tmp_path / name)
        return tmp_path / name

    return notebook


def test_lines_are_alike_but_for_the_name_of_the_library(notebook):
    """Of two `def` and two `return` lines, level, and of `for` all agree; `layer(X)` and
    `print(layer)` differ, and so do `step(X)` and its other, and one line has none."""
    paths = {"one": notebook("one.ipynb", ONE), "other": notebook("other.ipynb", OTHER)}
    assert shares(paths) == {("one", "other"): 3 / 6}


def test_a_notebook_is_like_itself(notebook):
    paths = {name: notebook(f"{name}.ipynb", ONE) for name in ("one", "again")}
    assert shares(paths) == {("one", "again"): 1}


def test_each_pair_is_a_square_where_its_names_cross():
    found = {("A", "B"): 0.2, ("A", "C"): 0.66, ("B", "C"): 0.4}
    (axes,) = draw(["A", "B", "C"], found).axes
    columns = [label.get_text() for label in axes.get_xticklabels()]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    seen = {}
    for square, text in zip(axes.patches, axes.texts, strict=True):
        pair = columns[int(text.get_position()[0])], rows[int(text.get_position()[1])]
        assert square.get_xy() == (columns.index(pair[0]), rows.index(pair[1]))
        seen[pair] = text.get_text(), square.get_alpha()
    assert seen == {pair: (f"{share:.0%}", share) for pair, share in found.items()}
