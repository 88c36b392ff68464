"""The answers of the experiments, a row for each question, out of its recorded runs.

    ```{experiments-answers}
    ```

    ```{experiments-answer} which-rates
    ```

shows one of them without a table. A question whose runs are not all recorded is said to be
open, and has no link.
"""

from docutils import nodes
from matplotlib.figure import Figure
from sphinx.util.docutils import SphinxDirective

from dropout_book.experiments import all_questions, answers, figures, question
from dropout_book.experiments import words as told
from dropout_book.experiments.results import FOLDER
from dropout_book.experiments.statistics import LEVEL
from sidebyside import drawn
from sidebyside.records import words
from sidebyside.records.table import table


class Answering(SphinxDirective):
    """What a directive needs that shows answers."""

    def note_dependencies(self):
        for file in [*FOLDER.glob("*.jsonl"), *FOLDER.parent.rglob("*.py")]:
            self.env.note_dependency(str(file))

    def link(self, question):
        return f"{{doc}}`{question.title} </notebooks/experiments/{question.id}>`"

    def effect(self, id):
        """The lines of MyST that show the effect: a picture, in numbers, the p."""
        said, unit = answers.interval(id)
        return (
            f"![{self.alt(said, unit)}]({self.picture(id)})\\",
            f"{said} {unit}\\",
            answers.p_text(id),
        )

    def alt(self, said, unit):
        return told.EFFECT_ALT.format(interval=said, unit=unit, level=round(100 * LEVEL))

    def picture(self, id):
        _, found = answers.primary(id)
        with drawn.book_style():
            figure = Figure(figsize=(1.9, 0.3))
            figures.draw_effect(figure.subplots(), found)
        return drawn.saved(self.env, f"effect-{id}", figure)


class ExperimentsAnswers(Answering):
    def run(self):
        self.note_dependencies()
        rows = [words.ANSWERS_HEADS, *map(self.row, all_questions())]
        return table(self, rows, classes="answers-table", stub_columns=0)

    def row(self, question):
        if not answers.complete(question.id):
            return [f"{question.title}\\\n    {words.BEING_RUN}", words.NO_FIGURE]
        return [
            f"**{self.link(question)}**\\\n    {answers.headline(question.id)}",
            "\n    ".join(self.effect(question.id)),
        ]


class ExperimentsAnswer(Answering):
    required_arguments = 1  # the question's id

    def run(self):
        self.note_dependencies()
        try:
            asked = question(self.arguments[0])
        except ValueError as error:
            raise self.error(f"{self.name}: {error}") from error
        shown = nodes.container(classes=["experiments-answer"])
        shown += self.parse_text_to_nodes(self.text(asked))
        return [shown]

    def text(self, asked):
        if not answers.complete(asked.id):
            return f"{asked.title}\\\n{words.BEING_RUN}"
        return "\n\n".join(
            [
                f"**{answers.headline(asked.id)}**",
                "\n".join(self.effect(asked.id)),
                words.ALL_RUNS.format(link=self.link(asked)),
            ]
        )


def setup(app):
    app.add_directive("experiments-answers", ExperimentsAnswers)
    app.add_directive("experiments-answer", ExperimentsAnswer)
