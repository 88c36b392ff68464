"""The answers of the experiments, a row for each question, out of its recorded runs.

    ```{experiments-answers}
    ```

A question whose runs are not all recorded is said to be open, and has no link.
"""

import os
from pathlib import Path

from matplotlib.figure import Figure
from sphinx.util.docutils import SphinxDirective

from dropout_book.experiments import all_questions, answers, figures
from dropout_book.experiments import words as told
from dropout_book.experiments.results import FOLDER
from dropout_book.experiments.statistics import LEVEL
from sidebyside.records import words
from sidebyside.records.speed import book_style
from sidebyside.records.table import table


class ExperimentsAnswers(SphinxDirective):
    def run(self):
        for file in [*FOLDER.glob("*.jsonl"), *FOLDER.parent.rglob("*.py")]:
            self.env.note_dependency(str(file))
        rows = [words.ANSWERS_HEADS, *map(self.row, all_questions())]
        return table(self, rows, classes="answers-table", stub_columns=0)

    def row(self, question):
        if not answers.complete(question.id):
            return [f"{question.title}\\\n    {words.BEING_RUN}", words.NO_FIGURE]
        link = f"{{doc}}`{question.title} </notebooks/experiments/{question.id}>`"
        said, unit = answers.interval(question.id)
        return [
            f"**{link}**\\\n    {answers.headline(question.id)}",
            f"![{self.alt(said, unit)}]({self.picture(question.id)})\\\n"
            f"    {said} {unit}\\\n    {answers.p_text(question.id)}",
        ]

    def alt(self, said, unit):
        return told.EFFECT_ALT.format(interval=said, unit=unit, level=round(100 * LEVEL))

    def picture(self, id):
        path = Path(self.env.doctreedir, "figures", f"effect-{id}.svg")
        path.parent.mkdir(exist_ok=True)
        _, found = answers.primary(id)
        with book_style():
            figure = Figure(figsize=(1.9, 0.3))
            figures.draw_effect(figure.subplots(), found)
            figure.savefig(path, metadata=dict.fromkeys(["Date", "Creator", "Format", "Type"]))
        return "/" + Path(os.path.relpath(path, self.env.srcdir)).as_posix()


def setup(app):
    app.add_directive("experiments-answers", ExperimentsAnswers)
