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

The page is written as MyST; only when it is written is it known which notebooks
ran and what they answered.
"""

import ast
import re
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.ext.glue.crossref import read_glue_cache
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from frameworks import mark, parallel_notebooks, why_unavailable, write_again_with

LOGGER = getLogger(__name__)

MIME_TYPE = "text/plain"
LEGEND = """\
An answer in bold, followed by a number in square brackets, is not the expected one.
The sentence with that number, below the table, says what to do about it."""


class semantics_table(nodes.General, nodes.Element):
    """Holds legend, table and advice until it is known what the notebooks answered."""


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
        questions = spec["questions"]
        topic = self.options.get("topic", "semantics")
        columns = [
            (framework, label, docname, form, url)
            for framework, label, docname in parallel_notebooks(self.env, topic)
            for form, url in spec["columns"].get(framework, {}).items()
        ]
        advice = [
            (question["key"], each)
            for question in questions
            for each in question.get("advice", [])
        ]

        holder = semantics_table(
            "",
            *self.parse_text_to_nodes(
                "\n\n".join(
                    [
                        LEGEND if advice else "",
                        self.list_table(columns, questions),
                        "\n".join(f"1. {each['text']}" for _, each in advice),
                    ]
                )
            ),
        )
        self.set_source_info(holder)
        for *_, docname, _, _ in columns:
            write_again_with(self.env, docname)

        head = next(holder.findall(nodes.thead))[0]
        for (framework, *_), cell in zip(columns, head[1:]):
            mark(cell, framework)
        body = next(holder.findall(nodes.tbody))
        for question, row in zip(questions, body.children):
            for (framework, _, docname, form, _), cell in zip(columns, row.children[1:]):
                cell["asks"] = {
                    "framework": framework,
                    "docname": docname,
                    "form": form,
                    "question": question["key"],
                    "expected": question.get("expected"),
                }
        for item, (question, each) in zip(holder.findall(nodes.list_item), advice):
            item["advises"] = [
                (question, framework, str(each["answer"])) for framework in each["in"]
            ]
        return [holder]

    def list_table(self, columns, questions):
        head = [
            "Question",
            *(
                f"{{doc}}`{label} </{docname}>`\n\n    [`{form}`]({url})"
                for _, label, docname, form, url in columns
            ),
        ]
        rows = [head, *([question["ask"]] + ["?"] * len(columns) for question in questions)]
        items = ["* - " + "\n  - ".join(row) for row in rows]
        return "\n".join(
            [
                "~~~{list-table} " + self.options.get("caption", ""),
                ":header-rows: 1",
                ":stub-columns: 1",
                ":class: semantics-table",
                "",
                *items,
                "~~~",
            ]
        )


class SemanticsTableTransform(SphinxPostTransform):
    default_priority = 4  # with {results-table}, before references are resolved

    def run(self, **kwargs):
        for holder in list(self.document.findall(semantics_table)):
            self.fill(holder)
            holder.replace_self(holder.children)

    def fill(self, holder):
        cells = [cell for cell in holder.findall(nodes.entry) if "asks" in cell]
        records, reasons = {}, []
        for docname in dict.fromkeys(cell["asks"]["docname"] for cell in cells):
            reason = why_unavailable(self.env, docname)
            if reason is None:
                records[docname] = self.record(docname)
            elif reason not in reasons:
                reasons.append(reason)
        surprises = {}  # (question, framework, answer): the cells that give it
        for cell in cells:
            asks = cell["asks"]
            answer = self.answer(holder, asks, records)
            cell[:] = [nodes.paragraph("", "", *inline(answer))]
            if asks["expected"] and answer not in (*asks["expected"], "–", "?"):
                key = asks["question"], asks["framework"], answer
                surprises.setdefault(key, []).append(cell)
        self.advise(
            holder,
            surprises,
            {cell["asks"]["framework"] for cell in cells if cell["asks"]["docname"] in records},
        )
        if versions := [record["versions"] for record in records.values() if record]:
            holder += nodes.paragraph("", f"Measured with {', '.join(versions)}.")
        if reasons:
            holder += nodes.paragraph("", " ".join(reasons))

    def answer(self, holder, asks, records):
        docname, form, question = asks["docname"], asks["form"], asks["question"]
        if docname not in records:
            return "–"
        answer = records[docname].get("answers", {}).get(form, {}).get(question)
        if answer is None or answer.startswith("unknown"):
            self.warn(
                holder,
                f"{docname} has not answered {question!r} for {form}"
                + (f": {answer}" if answer else ""),
            )
            return "?"
        return answer

    def advise(self, holder, surprises, ran):
        """Mark each surprise with the number of its advice; drop advice on what did not run."""
        number, advised = 0, set()
        for item in list(holder.findall(nodes.list_item)):
            given = [key for key in item.get("advises", []) if key[1] in ran]
            for question, framework, answer in set(given) - set(surprises):
                self.warn(
                    holder,
                    f"advice on {question!r} for what no form of dropout in "
                    f"{framework} does: {answer}",
                )
            if not given:
                if "advises" in item:
                    item.parent.remove(item)
                continue
            number += 1
            advised |= set(given)
            self.document.set_id(item)
            for cell in (cell for key in given for cell in surprises.get(key, [])):
                paragraph = cell[0]
                paragraph[:] = [
                    nodes.strong("", "", *paragraph),
                    nodes.Text("\N{NO-BREAK SPACE}"),
                    nodes.reference("", f"[{number}]", internal=True, refid=item["ids"][0]),
                ]
                cell["classes"].append("surprise")
        for advice in list(holder.findall(nodes.enumerated_list)):
            if not advice.children:
                advice.parent.remove(advice)
        for question, framework, answer in sorted(set(surprises) - advised):
            self.warn(holder, f"no advice on {question!r} where {framework} answers: {answer}")

    def record(self, docname):
        """What the notebook glued. MyST-NB keeps the file of one that glues no more."""
        if "semantics" not in self.env.nb_metadata.get(docname, {}).get("glue", []):
            return {}
        glued = read_glue_cache(self.env.mystnb_config.output_folder, docname)
        return ast.literal_eval(glued["semantics"]["data"][MIME_TYPE])

    def warn(self, holder, message):
        LOGGER.warning(f"semantics-table: {message}", location=holder, type="semantics_table")


def inline(answer):
    """The answer as nodes: what stands in backticks is code."""
    return [
        nodes.literal("", part) if n % 2 else nodes.Text(part)
        for n, part in enumerate(re.split("`", answer))
        if part
    ]


def setup(app):
    app.setup_extension("frameworks")
    app.add_directive("semantics-table", SemanticsTableDirective)
    app.add_post_transform(SemanticsTableTransform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
