"""The plan of the experiments, out of the declarations that the sweeps are made of.

    ```{experiments-plan} primaries
    ```

shows the primary contrast of each question, and `designs` the arms, in groups that share
what their heads say.
"""

from pathlib import Path

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from dropout_book.experiments import questions
from dropout_book.experiments.cost import cost
from sidebyside.records import words
from sidebyside.records.table import table


class ExperimentsPlan(SphinxDirective):
    required_arguments = 1

    def run(self):
        show = directives.choice(self.arguments[0], ("primaries", "designs"))
        for file in Path(questions.__file__).parents[1].rglob("*.py"):
            self.env.note_dependency(str(file))
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
