"""What `make bench` measured, out of the record it left.

    ```{speed-table} ../benchmarks/results.json
    :show: ratios
    ```

`:show:` is `conditions` (a sentence), `ratios`, `wall`, `cpu`, `memory` or `masks`. And

    ```{speed-figure} ../benchmarks/results.json
    :show: epochs
    ```

draws the seconds of each loop (`epochs`) or how they grow (`growth`). A median stands
before the lowest and the highest measurement.
"""

from docutils.parsers.rst import directives
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records import speed
from sidebyside import drawn
from sidebyside.records import words
from sidebyside.records.recorded import Recorded
from sidebyside.records.table import named, table

MARKERS = {
    "floor": "|",
    "expert": "D",
    "concise": "s",
    "scratch": "o",
    "without dropout": "^",
    "textbook": "X",
}
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))]
GIGA = 1e9


def one_of(*names):
    return lambda argument: directives.choice(argument, names)


class SpeedTable(Recorded):
    made_by = "make bench"
    option_spec = {"show": one_of("conditions", "ratios", "wall", "cpu", "memory", "masks")}

    def run(self):
        self.env.note_dependency(speed.__file__)
        record, show = self.records()[""], self.options["show"]
        if show in words.USED:
            return self.loops(record["data"], show)
        return getattr(self, show)(record["data"], record["made"])

    def conditions(self, data, made):
        versions = ", ".join(
            f"{FRAMEWORKS[framework].label} {version}"
            for framework, version in data["versions"].items()
        )
        said = {**made, "date": words.date(made["date"]), "textbook": data["textbook"]["version"]}
        return self.parse_text_to_nodes(words.CONDITIONS.format(versions=versions, **said))

    def ratios(self, data, made):
        def cell(framework, of):
            return on_two_lines(speed.ratio(data, framework, of))

        rows = {words.RATIOS[of.name]: of for of in speed.RATIOS}
        return self.of_libraries(data, words.RATIO_HEAD, rows, cell)

    def loops(self, data, what):
        def cell(framework, task):
            used = speed.used(data, framework, task, what)
            return on_two_lines(used and used / (GIGA if what == "memory" else 1))

        rows = {words.LOOPS[task][0].upper() + words.LOOPS[task][1:]: task for task in speed.LOOPS}
        return self.of_libraries(data, words.USED[what], rows, cell)

    def masks(self, data, made):
        def cell(framework, task):
            return on_two_lines(speed.nanoseconds_per_element(data, framework, task))

        rows = {label: task for task, label in words.MASKS.items()}
        return self.of_libraries(data, words.MASK_HEAD, rows, cell)

    def of_libraries(self, data, head, rows, cell):
        """A column for each library; `rows` are what `cell` is asked for, by label."""
        libraries = [FRAMEWORKS[framework] for framework in data["tasks"]]
        heads = [head, *(named(each) + each.label for each in libraries)]
        cells = [[label, *(cell(each.id, of) for each in libraries)] for label, of in rows.items()]
        return table(self, [heads, *cells], classes="speed-table")


def on_two_lines(spread):
    """The median, and below it the lowest and the highest; a dash if there is none."""
    median, _, ends = str(spread or words.NO_FIGURE).partition(" ")
    return f"{median}\\\n    {ends.strip('()')}" if ends else median


class SpeedFigure(Recorded):
    made_by = "make bench"
    option_spec = {"show": one_of("epochs", "growth")}

    def run(self):
        self.env.note_dependency(speed.__file__)
        return getattr(self, self.options["show"])(self.data())

    def epochs(self, data):
        with drawn.book_style():
            figure = Figure(figsize=(7, 3.8))
            axes = figure.subplots()
            said, labels = [], []
            for row, framework in enumerate(data["tasks"]):
                declared = FRAMEWORKS[framework]
                loops = {
                    task: spread
                    for task in MARKERS
                    if (spread := speed.used(data, framework, task))
                }
                for task, each in loops.items():
                    axes.plot([each.lowest, each.highest], [row, row], color=declared.color)
                    axes.plot(
                        each.median,
                        row,
                        MARKERS[task],
                        color=declared.color,
                        markersize=14 if task == "floor" else 7,
                        markerfacecolor="none",
                    )
                labels.append(declared.label)
                medians = [
                    f"{words.LOOPS[task]} {each.median:.2g}" for task, each in loops.items()
                ]
                said.append(f"{declared.label}: {', '.join(medians)}")
            for task, marker in MARKERS.items():
                style = {"color": "#555555", "markerfacecolor": "none"}
                axes.plot([], [], marker, label=words.LOOPS[task], **style)
            axes.set(
                xscale="log",
                xlabel=words.SECONDS_AXIS,
                yticks=range(len(labels)),
                yticklabels=labels,
            )
            axes.xaxis.set_major_locator(LogLocator(base=4))
            axes.xaxis.set_major_formatter("{x:g}")
            axes.minorticks_off()
            axes.invert_yaxis()
            figure.legend(loc="outside upper center", ncols=2)
        return self.image(figure, words.EPOCHS_ALT.format(said="; ".join(said)))

    def growth(self, data):
        with drawn.book_style():
            figure = Figure(figsize=(7, 3.6))
            panels = figure.subplots(1, len(words.GROWTH_AXES), sharey=True)
            said = []
            for axes, (axis, title) in zip(panels, words.GROWTH_AXES.items()):
                for line, framework in zip(LINES, data["tasks"]):
                    declared = FRAMEWORKS[framework]
                    grown = speed.growth(data, framework, axis)
                    axes.plot(
                        list(grown),
                        [each.median for each in grown.values()],
                        color=declared.color,
                        linestyle=line,
                        marker="o",
                        markersize=4,
                        label=declared.label if axis == "width" else None,
                    )
                    first, *_, last = grown.values()
                    said.append(
                        words.GROWN.format(
                            title=title,
                            smallest=min(grown),
                            largest=max(grown),
                            label=declared.label,
                            first=first.median,
                            last=last.median,
                        )
                    )
                axes.set(xscale="log", yscale="log", xlabel=title)
                ticks = list(grown)[::2] if axis != "examples" else [min(grown), max(grown)]
                axes.set_xticks(ticks, [f"{n:,}" for n in ticks])
                axes.minorticks_off()
                axes.xaxis.label.set_size(10)
            panels[0].set_ylabel(words.SECONDS_AXIS)
            panels[0].yaxis.set_major_formatter("{x:g}")
            figure.legend(loc="outside upper center", ncols=3)
        return self.image(figure, words.GROWTH_ALT.format(said="; ".join(said)))

    def image(self, figure, alt):
        name = f"speed-{self.options['show']}"
        return drawn.shown(self.env, name, figure, alt)


def setup(app):
    app.add_directive("speed-table", SpeedTable)
    app.add_directive("speed-figure", SpeedFigure)
