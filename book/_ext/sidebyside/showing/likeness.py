"""How alike the code of two libraries is.

    ```{likeness}
    ```

draws a square for each pair: the share of lines that are the same but for the name of the
library, when the cells of two notebooks are set level as the comparison sets them.
`:topic:` is the folder below `notebooks/` (default `dropout`). The cell that sets up is not
counted: it imports, and says no more of a library than its name.
"""

from itertools import combinations
from pathlib import Path

from docutils.parsers.rst import directives
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sphinx.util.docutils import SphinxDirective

from dropout_book import cells
from dropout_book.plots import BLUE, INK, WIDTH
from sidebyside import drawn
from sidebyside.showing import alignment, words
from sidebyside.showing.frameworks import parallel_notebooks

SETUP = "setup"


def blocks(path):
    """`{tag: Block}` of a notebook's cells."""
    sources = cells.sources(path)
    modules = alignment.modules("\n".join(sources.values()))
    return {
        tag: alignment.Block(source.splitlines(), modules)
        for tag, source in sources.items()
        if tag != SETUP
    }


def tokens(block, at):
    """Of a line, what it is compared by; of none, nothing."""
    return [] if at is None else alignment.TOKEN.findall(block.modules.sub("", block.lines[at]))


def share(one, other):
    """Of the lines of two notebooks' cells, level, the share that is the same in both."""
    found = [
        (tokens(one[tag], i), tokens(other[tag], j))
        for tag in one.keys() & other.keys()
        for i, j in alignment.level(one[tag], other[tag])
    ]
    lines = [pair for pair in found if any(pair)]
    return sum(first == second for first, second in lines) / len(lines)


def shares(paths):
    """`{(name, name): share}` of each pair of the notebooks `{name: path}`."""
    read = {name: blocks(path) for name, path in paths.items()}
    return {(one, other): share(read[one], read[other]) for one, other in combinations(read, 2)}


def draw(labels, found):
    """A square for each pair of labels, the darker the more alike."""
    columns, rows = labels[:-1], labels[1:]
    with drawn.book_style():
        figure = Figure(figsize=(WIDTH, 3.2))
        axes = figure.subplots()
        for (one, other), share in found.items():
            place = columns.index(one), rows.index(other)
            axes.add_patch(Rectangle(place, 1, 1, color=BLUE, alpha=share, linewidth=0))
            axes.text(
                place[0] + 0.5,
                place[1] + 0.5,
                f"{share:.0%}",
                ha="center",
                va="center",
                color="white" if share > 0.55 else INK,
            )
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
        axes.set_xticks([x + 0.5 for x in range(len(columns))], columns, fontsize=9)
        axes.set_yticks([y + 0.5 for y in range(len(rows))], rows)
        axes.tick_params(length=0)
        axes.grid(False)
        axes.spines[:].set_visible(False)
    return figure


class Likeness(SphinxDirective):
    option_spec = {"topic": directives.unchanged_required}

    def run(self):
        paths = {}
        for framework, docname in parallel_notebooks(
            self.env, self.options.get("topic", "dropout")
        ):
            paths[framework.label] = Path(self.env.srcdir, f"{docname}.ipynb")
            self.env.note_dependency(str(paths[framework.label]))
        found = shares(paths)
        said = "; ".join(
            words.LIKE.format(one=one, other=other, share=share)
            for (one, other), share in found.items()
        )
        return drawn.shown(
            self.env, "likeness", draw(list(paths), found), words.LIKENESS_ALT + said + "."
        )


def setup(app):
    app.add_directive("likeness", Likeness)
