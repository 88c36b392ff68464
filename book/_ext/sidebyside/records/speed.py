"""What `make bench` measured, out of the record it left.

    ```{speed-table} ../benchmarks/results.json
    :show: ratios
    ```

`:show:` is `conditions` (a sentence), `ratios`, `wall`, `cpu`, `memory` or `masks`; or, of
build.json, which benchmarks/build.py leaves, `builds`. And

    ```{speed-figure} ../benchmarks/results.json
    :show: epochs
    ```

draws the seconds of each loop (`epochs`) or how they grow (`growth`). The record is given
relative to the page. A median stands before the lowest and the highest measurement.
"""

import datetime
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from sphinx.util.docutils import SphinxDirective

from dropout_book.frameworks import FRAMEWORKS
from dropout_book.plots import use_book_style
from sidebyside.showing.frameworks import mark

sys.path.append(str(Path(__file__).resolve().parents[4]))
from benchmarks import summary, tasks  # noqa: E402 (needs the path)

MARKERS = {
    "floor": "|",
    "expert": "D",
    "concise": "s",
    "scratch": "o",
    "without dropout": "^",
    "textbook": "X",
}
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))]
AXES = {
    "width": "width of the hidden layers",
    "batch size": "examples in a minibatch",
    "examples": "training examples",
}


class Recorded(SphinxDirective):
    """Something made of the record that the argument names."""

    required_arguments = 1

    def run(self):
        name, path = self.env.relfn2path(self.arguments[0])
        for dependency in name, summary.__file__, tasks.__file__:
            self.env.note_dependency(dependency)
        try:
            record = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.error(
                f"{self.name}: {error}. Run: make bench, or, for build.json, benchmarks/build.py"
            ) from error
        self.labels = {
            framework: FRAMEWORKS[framework].label for framework in record.get("tasks", ())
        }
        return getattr(self, self.options["show"])(record)


def one_of(*names):
    return lambda argument: directives.choice(argument, names)


class SpeedTable(Recorded):
    option_spec = {
        "show": one_of("conditions", "ratios", "wall", "cpu", "memory", "masks", "builds")
    }

    def conditions(self, record):
        date = datetime.date.fromisoformat(record["date"])
        versions = ", ".join(
            f"{self.labels[framework]} {version}"
            for framework, version in record["versions"].items()
        )
        return self.parse_text_to_nodes(
            f"Measured on {date.day} {date:%B %Y} in one run of {record['minutes']:.0f} minutes, "
            f"on {record['cores']} cores of {record['processor']}, {record['system']}, with "
            f"Python {record['python']}, {versions} and d2l {record['textbook']['version']}."
        )

    def ratios(self, record):
        rows = []
        for of in summary.RATIOS:
            row = [of.title]
            for framework in self.labels:
                measured = summary.ratio(record, framework, of)
                cell = on_two_lines(measured)
                if measured and (verdict := summary.verdict(framework, of, measured)):
                    cell += f"\\\n    {summary.target(framework, of)}: {verdict}"
                row.append(cell)
            rows.append(row)
        return self.of_libraries("What is divided by what, and the target", rows)

    def wall(self, record):
        return self.loops(record, "wall", "Wall seconds per epoch")

    def cpu(self, record):
        return self.loops(record, "cpu", "CPU seconds per epoch, of all cores and processes")

    def memory(self, record):
        return self.loops(record, "memory", "Resident memory at its peak, in gigabytes", 1e9)

    def loops(self, record, what, head, unit=1):
        return self.of_libraries(
            head,
            [
                [
                    label[0].upper() + label[1:],
                    *(
                        on_two_lines(spread and spread / unit)
                        for spread in (
                            summary.used(record, framework, task, what)
                            for framework in self.labels
                        )
                    ),
                ]
                for task, label in summary.LABELS.items()
            ],
        )

    def masks(self, record):
        return self.of_libraries(
            "Nanoseconds per element",
            [
                [
                    label,
                    *(
                        on_two_lines(summary.nanoseconds_per_element(record, framework, task))
                        for framework in self.labels
                    ),
                ]
                for label, task in [
                    ("Our `dropout_layer`", "mask"),
                    ("The library's own dropout", "library mask"),
                ]
            ],
        )

    def builds(self, record):
        date = datetime.date.fromisoformat(record["date"])
        ours, plain = record["builds"].values()
        rows = [["Built", *record["builds"], "ratio"]]
        for step in ours:
            rows.append(
                [
                    step,
                    *(
                        f"{build[step]['wall']:.0f} s\\\n    CPU {build[step]['cpu']:.0f} s, "
                        f"{build[step]['executed']} executed"
                        for build in (ours, plain)
                    ),
                    f"{plain[step]['wall'] / ours[step]['wall']:.2g}",
                ]
            )
        return [
            *self.table(*rows),
            *self.parse_text_to_nodes(
                f"Measured on {date.day} {date:%B %Y}, once, on {record['cores']} cores of "
                f'{record["processor"]}; "executed" counts notebooks.'
            ),
        ]

    def of_libraries(self, head, rows):
        """A column for each library, marked with its colour."""
        tables = self.table([head, *self.labels.values()], *rows)
        for framework, cell in zip(self.labels, next(tables[0].findall(nodes.thead))[0][1:]):
            mark(cell, FRAMEWORKS[framework])
        return tables

    def table(self, *rows):
        items = ["* - " + "\n  - ".join(row) for row in rows]
        return self.parse_text_to_nodes(
            "\n".join(
                [
                    "~~~{list-table}",
                    ":header-rows: 1",
                    ":stub-columns: 1",
                    ":class: speed-table",
                    "",
                    *items,
                    "~~~",
                ]
            )
        )


def on_two_lines(spread):
    """The median, and below it the lowest and the highest; a dash if there is none."""
    median, _, ends = str(spread or "–").partition(" ")
    return f"{median}\\\n    {ends.strip('()')}" if ends else median


class SpeedFigure(Recorded):
    option_spec = {"show": one_of("epochs", "growth")}

    def epochs(self, record):
        with book_style():
            figure = Figure(figsize=(7, 3.8))
            axes = figure.subplots()
            said = []
            for row, (framework, label) in enumerate(self.labels.items()):
                loops = {
                    task: spread
                    for task in MARKERS
                    if (spread := summary.used(record, framework, task))
                }
                for task, each in loops.items():
                    axes.plot(
                        [each.lowest, each.highest], [row, row], color=FRAMEWORKS[framework].color
                    )
                    axes.plot(
                        each.median,
                        row,
                        MARKERS[task],
                        color=FRAMEWORKS[framework].color,
                        markersize=14 if task == "floor" else 7,
                        markerfacecolor="none",
                    )
                said.append(
                    f"{label}: "
                    + ", ".join(
                        f"{summary.LABELS[task]} {each.median:.2g}" for task, each in loops.items()
                    )
                )
            for task, marker in MARKERS.items():
                axes.plot(
                    [],
                    [],
                    marker,
                    color="#555555",
                    markerfacecolor="none",
                    label=summary.LABELS[task],
                )
            axes.set(
                xscale="log",
                xlabel="wall seconds per epoch",
                yticks=range(len(self.labels)),
                yticklabels=self.labels.values(),
            )
            axes.xaxis.set_major_locator(LogLocator(base=4))
            axes.xaxis.set_major_formatter("{x:g}")
            axes.minorticks_off()
            axes.invert_yaxis()
            figure.legend(loc="outside upper center", ncols=2)
        return self.image(
            figure,
            "Wall seconds per epoch on a logarithmic axis, a line for each "
            f"library, a mark for each loop. {'; '.join(said)}.",
        )

    def growth(self, record):
        with book_style():
            figure = Figure(figsize=(7, 3.6))
            panels = figure.subplots(1, len(AXES), sharey=True)
            said = []
            for axes, (axis, title) in zip(panels, AXES.items()):
                for line, (framework, label) in zip(LINES, self.labels.items()):
                    grown = summary.growth(record, framework, axis)
                    axes.plot(
                        list(grown),
                        [each.median for each in grown.values()],
                        color=FRAMEWORKS[framework].color,
                        linestyle=line,
                        marker="o",
                        markersize=4,
                        label=label if axis == "width" else None,
                    )
                    first, *_, last = grown.values()
                    said.append(
                        f"{title} from {min(grown):,} to {max(grown):,}, {label}: "
                        f"from {first.median:.2g} to {last.median:.2g} seconds"
                    )
                axes.set(xscale="log", yscale="log", xlabel=title)
                ticks = list(grown)[::2] if axis != "examples" else [min(grown), max(grown)]
                axes.set_xticks(ticks, [f"{n:,}" for n in ticks])
                axes.minorticks_off()
                axes.xaxis.label.set_size(10)
            panels[0].set_ylabel("wall seconds per epoch")
            panels[0].yaxis.set_major_formatter("{x:g}")
            figure.legend(loc="outside upper center", ncols=3)
        return self.image(
            figure,
            "Wall seconds per epoch, both axes logarithmic, in three "
            f"panels, a line for each library. {'; '.join(said)}.",
        )

    def image(self, figure, alt):
        path = Path(self.env.doctreedir, "figures", f"speed-{self.options['show']}.svg")
        path.parent.mkdir(exist_ok=True)
        with book_style():
            figure.savefig(path, metadata=dict.fromkeys(["Date", "Creator", "Format", "Type"]))
        uri = "/" + Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        # Dressed as the figures of notebooks are.
        return [
            nodes.container(
                "", nodes.image(uri=uri, alt=alt), classes=["cell_output", "speed-figure"]
            )
        ]


@contextmanager
def book_style():
    """The style of the notebooks' figures, for a while."""
    with matplotlib.rc_context():
        use_book_style()
        yield


def setup(app):
    app.add_directive("speed-table", SpeedTable)
    app.add_directive("speed-figure", SpeedFigure)
