"""The table of what each library's own dropout does, as its notebook measured it.

    ```{semantics-table} semantics.yml
    ```

The file, given relative to the page, lists the forms of dropout, the questions,
which answers are expected, and advice for all others: see book/semantics.yml.
The answers are what `notebooks/<topic>/<framework>.ipynb` glued as `semantics`,
with `dropout_book.probes.report_answers`. Options: `:topic:` (default
`semantics`); `:caption:`.

An answer that is not expected is bold, and the number behind it leads to its
advice below the table. A question without an answer, a surprise without advice
and advice for what no longer happens are warnings.

Where a reader compares two libraries, `static/semantics_table.js` shows these two: each
cell and each advice has the classes `of-framework` and `of-<framework>`. Without scripts
all are shown.

The page is written as MyST; only when it is written is it known which notebooks
ran and what they answered.
"""

import re
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.logging import getLogger

from sidebyside.insides import myst_nb, sphinx
from sidebyside.records import words
from sidebyside.records.table import named, table
from sidebyside.showing.frameworks import parallel_notebooks, reasons, shown, why_unavailable
from sidebyside.showing.tabs import as_json

LOGGER = getLogger(__name__)


class semantics_table(nodes.General, nodes.Element):
    """Holds legend, table and advice until it is known what the notebooks answered."""


class semantics_answer(nodes.Inline, nodes.Element):
    """The place of an answer: `docname`, `framework`, `form`, `question`, `expected`."""


class semantics_advice(nodes.list_item):
    """What to do about some answers: `advises`, a list of (question, framework, answer)."""


class AnswerRole(SphinxRole):
    """An answer's place, for the directive alone, which gives it the rest of its names."""

    def run(self):
        framework, form, question = self.text.split("::")
        return [semantics_answer("", framework=framework, form=form, question=question)], []


class SemanticsTableDirective(SphinxDirective):
    required_arguments = 1  # the file of questions
    option_spec = {
        "topic": directives.unchanged_required,
        "caption": directives.unchanged_required,
    }

    def run(self):
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            spec = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise self.error(f"semantics-table: {error}") from error
        questions = {each["key"]: each for each in spec["questions"]}
        topic = self.options.get("topic", "semantics")
        columns = [
            (framework, docname, form, url)
            for framework, docname in parallel_notebooks(self.env, topic)
            for form, url in spec["columns"].get(framework.id, {}).items()
        ]
        advice = [
            semantics_advice(
                "",
                *self.parse_text_to_nodes(each["text"]),
                advises=[(key, framework, str(each["answer"])) for framework in each["in"]],
            )
            for key, question in questions.items()
            for each in question.get("advice", [])
        ]
        holder = semantics_table("", *self.table(columns, questions.values()))
        holder["excuses"] = spec.get("excuses", [])
        if advice:
            holder.insert(0, self.parse_text_to_nodes(words.LEGEND))
            holder += nodes.enumerated_list("", *advice, enumtype="arabic", suffix=".")
        self.set_source_info(holder)
        docnames = {framework.id: docname for framework, docname, _, _ in columns}
        for docname in docnames.values():
            sphinx.write_again_with(self.env, docname)
        for answer in holder.findall(semantics_answer):
            answer["docname"] = docnames[answer["framework"]]
            answer["expected"] = questions[answer["question"]].get("expected")
        for head in holder.findall(nodes.entry):
            for framework in docnames:
                if f"framework-{framework}" in head["classes"]:
                    head["classes"] += of(framework)
        return [holder]

    def table(self, columns, questions):
        head = [words.QUESTION] + [
            f"{named(framework)}{{doc}}`{framework.label} </{docname}>`\n\n    [`{form}`]({url})"
            for framework, docname, form, url in columns
        ]
        rows = [
            [question["ask"]]
            + [
                f"{{semantics-answer}}`{framework.id}::{form}::{question['key']}`"
                for framework, _, form, _ in columns
            ]
            for question in questions
        ]
        caption = self.options.get("caption", "")
        return table(self, [head, *rows], caption, "semantics-table")


class SemanticsTableTransform(SphinxPostTransform):
    default_priority = myst_nb.BEFORE_FIGURES  # and before references are resolved

    def run(self, **kwargs):
        for holder in list(self.document.findall(semantics_table)):
            self.fill(holder)
            holder.replace_self(nodes.container("", *holder.children, classes=["semantics"]))

    def fill(self, holder):
        places = list(holder.findall(semantics_answer))
        docnames = list(dict.fromkeys(place["docname"] for place in places))
        records = {
            docname: myst_nb.glued_value(self.env, docname, "semantics") or {}
            for docname in docnames
            if why_unavailable(self.env, docname) is None
        }
        excused = set()  # (question, framework) that this machine could not ask
        surprises = {}  # (question, framework, answer): the places of those who give it
        for place in places:
            answer = self.answer(holder, place, records)
            paragraph = place.parent
            paragraph[:] = inline(answer)
            paragraph.parent["classes"] += of(place["framework"])
            if answer in holder["excuses"]:
                excused.add((place["question"], place["framework"]))
            unmarked = words.NO_FIGURE, words.UNKNOWN_FIGURE, *holder["excuses"]
            if place["expected"] and answer not in (*place["expected"], *unmarked):
                key = place["question"], place["framework"], answer
                surprises.setdefault(key, []).append(paragraph)
        ran = {place["framework"] for place in places if place["docname"] in records}
        self.advise(holder, surprises, ran, excused)
        if versions := [record["versions"] for record in records.values() if record]:
            text = words.MEASURED_WITH.format(versions=", ".join(versions))
            holder += nodes.paragraph("", text)
        holder += reasons(self.env, docnames)
        holder += nodes.raw("", self.script(places), format="html")

    def script(self, places):
        """What semantics_table.js is given."""
        given = {
            "labels": {each.id: each.label for each in shown(self.config)},
            "columns": list(dict.fromkeys(place["framework"] for place in places)),
            "words": words.SHOWN,
        }
        return f'<script type="application/json">{as_json(given)}</script>'

    def answer(self, holder, place, records):
        docname, form, question = place["docname"], place["form"], place["question"]
        if docname not in records:
            return words.NO_FIGURE
        answer = records[docname].get("answers", {}).get(form, {}).get(question)
        if answer is None or answer.startswith("unknown"):
            said = words.UNANSWERED if answer is None else words.NO_WORDS
            self.warn(
                holder, said.format(docname=docname, question=question, form=form, answer=answer)
            )
            return words.UNKNOWN_FIGURE
        return answer

    def advise(self, holder, surprises, ran, excused):
        """Mark each surprise with the number of its advice; drop advice on what did not run."""
        number, advised = 0, set()
        for item in list(holder.findall(semantics_advice)):
            given = [
                key
                for key in item["advises"]
                if key[1] in ran and (key in surprises or key[:2] not in excused)
            ]
            for question, framework, answer in set(given) - set(surprises):
                self.warn(
                    holder,
                    words.USELESS_ADVICE.format(
                        question=question, framework=framework, answer=answer
                    ),
                )
            if not given:
                item.parent.remove(item)
                continue
            number += 1
            advised |= set(given)
            advice = nodes.list_item("", *item.children, classes=["advice"])
            advice["classes"] += of(*dict.fromkeys(framework for _, framework, _ in given))
            item.replace_self(advice)
            self.document.set_id(advice)
            for paragraph in (each for key in given for each in surprises.get(key, [])):
                paragraph[:] = [
                    nodes.strong("", "", *paragraph),
                    nodes.Text("\N{NO-BREAK SPACE}"),
                    nodes.reference("", f"[{number}]", internal=True, refid=advice["ids"][0]),
                ]
                paragraph.parent["classes"].append("surprise")
        for advice in list(holder.findall(nodes.enumerated_list)):
            if not advice.children:
                advice.parent.remove(advice)
        for question, framework, answer in sorted(set(surprises) - advised):
            self.warn(
                holder,
                words.NO_ADVICE.format(question=question, framework=framework, answer=answer),
            )

    def warn(self, holder, message):
        LOGGER.warning(message, location=holder, type="semantics_table")


def of(*frameworks):
    """The classes of what belongs to these frameworks alone."""
    return ["of-framework", *(f"of-{framework}" for framework in frameworks)]


def load_script(app, pagename, templatename, context, doctree):
    """Where the table is, its script."""
    if doctree and any(
        "semantics-table" in each["classes"] for each in doctree.findall(nodes.table)
    ):
        app.add_js_file("semantics_table.js", loading_method="defer")


def inline(answer):
    """The answer as nodes: what stands in backticks is code."""
    return [
        nodes.literal("", part) if n % 2 else nodes.Text(part)
        for n, part in enumerate(re.split("`", answer))
        if part
    ]


def setup(app):
    app.add_role("semantics-answer", AnswerRole())
    app.add_directive("semantics-table", SemanticsTableDirective)
    app.add_post_transform(SemanticsTableTransform)
    app.connect("html-page-context", load_script)
