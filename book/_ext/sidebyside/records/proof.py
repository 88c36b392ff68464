"""What `make mutants` found, out of the record it left.

    ```{equivalence-table} ../tests/mutants/record.json
    ```

shows how far the six networks came apart at most, with equal weights, minibatches and
masks, and how far they may; and

    ```{mutants-table} ../tests/mutants/record.json
    ```

the mistakes that were made on purpose, and the tests that noticed them. The record is
given relative to the page. Whether it is up to date, tests/notebooks/test_mutants.py
says.
"""

import datetime
import json
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from dropout_book.frameworks import FRAMEWORKS

PARTS = {  # the last cell that a mistake changes: the part of the notebook
    "dropout-layer": "`dropout_layer`",
    "data": "The data",
    "mlp-scratch": "The network from scratch",
    "mlp-concise": "The concise network",
    "training-loop": "The training loop",
    "train-concise": "The seeds",
}
PUBLISHED = {"textbook": "in the textbook", "elsewhere": "elsewhere"}
COMPARED = {  # a test, and the model in its parameters: what it compares
    (
        "test_one_pass_gives_the_references_logits_loss_and_gradients",
        "",
    ): "One training pass: logits, loss and six gradients",
    (
        "test_training_takes_the_references_road",
        "scratch",
    ): "Twenty steps of the training loop, from scratch: loss and parameters",
    (
        "test_training_takes_the_references_road",
        "concise",
    ): "Twenty steps of the training loop, concise: loss and parameters",
    (
        "test_evaluation_gives_the_references_logits",
        "scratch",
    ): "Evaluation of the model from scratch: logits",
    (
        "test_evaluation_gives_the_references_logits",
        "concise",
    ): "Evaluation of the concise model: logits",
}
PRECISIONS = ["float64", "float32"]


class RecordTable(SphinxDirective):
    """A table made of the record that the argument names."""

    required_arguments = 1

    def run(self):
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            record = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.error(f"{self.name}: {error}. Run: make mutants") from error
        return self.parse_text_to_nodes(self.table(record))

    def list_table(self, caption, widths, rows):
        items = ["* - " + "\n  - ".join(row) for row in rows]
        return "\n".join(
            [
                "~~~{list-table} " + caption,
                ":header-rows: 1",
                ":stub-columns: 1",
                f":widths: {widths}",
                ":class: proof-table",
                "",
                *items,
                "~~~",
            ]
        )

    def label(self, framework):
        return FRAMEWORKS[framework].label


class EquivalenceTable(RecordTable):
    def table(self, record):
        rows = [
            [
                "Compared with NumPy in float64",
                *(
                    f"{head}, {precision}"
                    for precision in PRECISIONS
                    for head in ("Largest error", "Allowed")
                ),
            ]
        ]
        for (test, model), what in COMPARED.items():
            row = [what]
            for precision in PRECISIONS:
                name = f"{test}[{'-'.join(filter(None, [precision, model]))}]"
                found = {
                    framework: part["unchanged"]["errors"][name]
                    for framework, part in record.items()
                    if framework != "numpy" or precision == "float32" or model == "concise"
                }
                worst = max(found, key=lambda each: found[each]["largest_error"])
                row += [
                    f"{power_of_ten(found[worst]['largest_error'])} ({self.label(worst)})",
                    power_of_ten(found[worst]["tolerance"]),
                ]
            rows.append(row)
        return self.list_table(
            "Errors are relative to the largest element of an array. In brackets: the "
            "library that is farthest away.",
            "40 15 15 15 15",
            rows,
        )


class MutantsTable(RecordTable):
    def table(self, record):
        mistakes = {}  # number: its entry, and {framework: the test that noticed it}
        for framework, part in record.items():
            for each in part["mutants"]:
                mistakes.setdefault(each["number"], (each, {}))[1][framework] = each["noticed_by"]
        parts = {part: [] for part in PARTS}
        for _, (each, noticed_by) in sorted(mistakes.items()):
            mistake = each["mistake"][0].upper() + each["mistake"][1:]
            if each["published"]:
                mistake += f" *(published {PUBLISHED[each['published']]})*"
            parts[each["cell"]].append(
                [mistake, self.made_in(noticed_by), self.noticed_by(noticed_by)]
            )
        return "\n\n".join(
            [
                self.summary(record, len(mistakes)),
                *(
                    self.list_table(
                        PARTS[part], "45 20 35", [["Mistake", "Made in", "Noticed by"], *rows]
                    )
                    for part, rows in parts.items()
                    if rows
                ),
            ]
        )

    def summary(self, record, kinds):
        noticed_by = [each["noticed_by"] for part in record.values() for each in part["mutants"]]
        date = datetime.date.fromisoformat(max(part["date"] for part in record.values()))
        return (
            f"**{len(noticed_by)} mistakes of {kinds} kinds, of which "
            f"{noticed_by.count(None) or 'none'} went unnoticed**: "
            f"the run of {date.day} {date:%B %Y}."
        )

    def made_in(self, caught):
        if len(caught) == len(self.config.frameworks):
            return "all"
        return ", ".join(self.label(framework) for framework in caught)

    def noticed_by(self, caught):
        """The tests, each once, linked to their files in the repository."""
        options = self.config.html_theme_options
        folder = f"{options['repository_url']}/blob/{options['repository_branch']}/tests"
        links = {}
        for test in caught.values():
            file, _, name = (test or "::nobody").partition("::")
            name = name.partition("[")[0].removeprefix("test_").replace("_", " ")
            parent = "derivation" if file == "test_reference.py" else "dropout"
            links[f"[{name}]({folder}/{parent}/{file})" if file else name] = None
        return "; ".join(links)


def power_of_ten(x):
    """1.2e-07 as `1.2 × 10⁻⁷`."""
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.1e}".split("e")
    exponent = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{exponent}".replace("1.0 × ", "")


def setup(app):
    app.add_directive("equivalence-table", EquivalenceTable)
    app.add_directive("mutants-table", MutantsTable)
