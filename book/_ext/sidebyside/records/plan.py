"""The plan of the experiments, out of the declarations that the sweeps are made of.

    ```{experiments-plan} primaries
    ```

shows the primary contrast of each question, `designs` the arms, in groups that share what
their heads say, and `images` draws which images are whose.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from docutils.parsers.rst import directives
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from sphinx.util.docutils import SphinxDirective

from dropout_book.experiments import data, questions
from dropout_book.experiments.cost import cost
from dropout_book.plots import BLUE, GREEN, ORANGE, WIDTH
from sidebyside import drawn
from sidebyside.records import words
from sidebyside.records.table import table

SEEDS = 2  # that are drawn


class ExperimentsPlan(SphinxDirective):
    required_arguments = 1

    def run(self):
        show = directives.choice(self.arguments[0], ("primaries", "designs", "images"))
        for file in Path(questions.__file__).parents[1].rglob("*.py"):
            self.env.note_dependency(str(file))
        if show == "images":
            return self.images()
        if show == "primaries":
            rows = [words.PRIMARIES_HEADS, *map(primary_row, questions.all_questions())]
            return table(self, rows, words.PRIMARIES_CAPTION)
        rows = [words.DESIGNS_HEADS]
        seen = set()
        for question in questions.all_questions():
            rows += design_rows(question, seen)
        total = f"{sum(map(cost, seen)):,.0f}"
        rows.append([f"**{words.TOTAL}**", *[" "] * 6, f"**{total}**"])
        return table(self, rows, words.DESIGNS_CAPTION, widths="19 33 9 8 7 10 6 8")

    def images(self):
        (run, *_) = sorted(
            (arm.run(0) for each in questions.all_questions() for arm in each.arms),
            key=lambda run: run.n,
        )
        held_out, pool = data.held_out()
        numbers = {
            "all": len(held_out) + len(pool),
            "held_out": len(held_out),
            "pool": len(pool),
            "n": run.n,
            "seeds": SEEDS,
            "test": len(data.images()[2]),
        }
        places = [positions(replace(run, seed=seed)) for seed in range(SEEDS)]
        figure = draw_images(places, numbers)
        return drawn.shown(self.env, "images", figure, words.IMAGES_ALT.format(**numbers))


def positions(run):
    """Where the training images of a run lie among those that are not held out."""
    _, pool = data.held_out()
    chosen = np.random.default_rng([run.seed, data.SUBSET]).permutation(pool)[: run.n]
    return np.searchsorted(np.sort(pool), np.sort(chosen))


def draw_images(places, numbers):
    """A row for each seed, a line for each image that it drew; beside them the images that
    all seeds share."""
    pool, held_out, test = numbers["pool"], numbers["held_out"], numbers["test"]
    gap = pool / 30
    shared = [  # begins, is wide, and what it is for
        (pool, held_out, words.CHOOSING.format(n=held_out), to_rgba(ORANGE, 0.8)),
        (pool + held_out + gap, test, words.TESTING.format(n=test), to_rgba(GREEN, 0.35)),
    ]
    with drawn.book_style():
        figure = Figure(figsize=(WIDTH, 2.2))
        axes = figure.subplots()
        for row, place in enumerate(places):
            # As one line with breaks: as many lines of its own would weigh ten times as much.
            x = np.stack([place, place, np.full(len(place), np.nan)], axis=1)
            y = np.broadcast_to([row - 0.35, row + 0.35, np.nan], x.shape)
            axes.plot(x.ravel(), y.ravel(), color=BLUE, linewidth=0.4)
        axes.plot([], [], color=BLUE, label=words.POOL.format(n=numbers["n"], pool=pool))
        for begins, width, label, color in shared:
            axes.barh(
                range(len(places)),
                width,
                left=begins,
                height=0.7,
                color=color,
                label=label,
            )
        axes.set_yticks(
            range(len(places)), [words.SEED.format(seed=seed) for seed in range(len(places))]
        )
        axes.invert_yaxis()
        axes.set(xticks=[], xlim=(0, pool + held_out + gap + test))
        axes.tick_params(length=0)
        axes.grid(False)
        axes.spines[:].set_visible(False)
        figure.legend(loc="outside lower left", fontsize=10)
    return figure


def name(question):
    return rf"{question.number}\. {question.title}"


def primary_row(question):
    return [name(question), question.primary_text, str(max(arm.seeds for arm in question.arms))]


def design_rows(question, seen):
    """A row for the arms that share all but what their names say; `seen` are the runs that
    a question before has already."""
    groups = {}
    for arm in question.arms:
        run = arm.run(0)
        key = run.n, run.steps, run.batch_size, rate(arm), arm.seeds
        groups.setdefault(key, []).append(arm.name)
    new = [run for run in question.planned({}) if run not in seen]
    seen.update(new)
    head, price = name(question), f"{sum(map(cost, new)):,.0f}"
    for (n, steps, batch_size, lr, seeds), names in groups.items():
        yield [
            head,
            "; ".join(names),
            f"{n:,}",
            f"{steps:,}",
            str(batch_size),
            lr,
            str(seeds),
            price,
        ]
        head, price = rf"{question.number}\.", " "  # of each row, for who hears the table


def rate(arm):
    if arm.rates_of:
        return words.RATE_OF.format(arm=arm.rates_of.name)
    return words.TUNED if arm.tuned else f"{arm.run(0).lr:g}"


def setup(app):
    app.add_directive("experiments-plan", ExperimentsPlan)
