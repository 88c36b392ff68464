"""The table of what each framework reached, out of the notebooks' own glue.

    ```{results-table}
    :models: scratch concise
    :columns: train_loss train_acc test_acc seconds
    :caption: After ten epochs on Fashion-MNIST
    ```

The figure in a cell is what `notebooks/dropout/<framework>.ipynb` glued as
`<model>_<column>`. Options: `:topic:`, the folder below `notebooks/` (default
`dropout`); `:models:` and `:columns:` (default: all); `:caption:`.

The table is written as MyST and MyST-NB fills in the figures. Only when the
page is written is it known which notebooks ran and what they glued.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from frameworks import mark, parallel_notebooks, why_unavailable, write_again_with

LOGGER = getLogger(__name__)

MODELS = {"scratch": "from scratch", "concise": "concise"}
COLUMNS = {  # key: (head, number format)
    "train_loss": ("Train loss", ".3f"),
    "train_acc": ("Train accuracy", ".3f"),
    "test_acc": ("Test accuracy", ".3f"),
    "seconds": ("Seconds per epoch", ".2f"),
}


def some_of(allowed):
    """An option that lists keys of `allowed`."""

    def names(argument):
        given = (argument or "").split()
        unknown = [name for name in given if name not in allowed]
        if unknown or not given:
            raise ValueError(
                f"unknown: {' '.join(unknown) or 'nothing given'}; allowed: {' '.join(allowed)}"
            )
        return given

    return names


class results_table(nodes.General, nodes.Element):
    """Holds the table until it is known which notebooks ran."""


class ResultsTableDirective(SphinxDirective):
    option_spec = {
        "topic": directives.unchanged_required,
        "models": some_of(MODELS),
        "columns": some_of(COLUMNS),
        "caption": directives.unchanged_required,
    }

    def run(self):
        columns = self.options.get("columns", COLUMNS)
        rows = [["Framework", "Model", *(COLUMNS[column][0] for column in columns)]]
        topic = self.options.get("topic", "dropout")
        named = []
        for framework, label, docname in parallel_notebooks(self.env, topic):
            write_again_with(self.env, docname)
            for model in self.options.get("models", MODELS):
                named.append(framework)
                rows.append(
                    [
                        f"{{doc}}`{label} </{docname}>`",
                        MODELS[model],
                        *(
                            f"{{glue:text}}`/{docname}.ipynb::{model}_{column}:{COLUMNS[column][1]}`"
                            for column in columns
                        ),
                    ]
                )
        table = results_table("", *self.parse_text_to_nodes(self.list_table(rows)))
        for row, framework in zip(next(table.findall(nodes.tbody)), named):
            mark(row[0], framework)
        self.set_source_info(table)
        return [table]

    def list_table(self, rows):
        items = ["* - " + "\n  - ".join(row) for row in rows]
        return "\n".join(
            [
                "~~~{list-table} " + self.options.get("caption", ""),
                ":header-rows: 1",
                ":stub-columns: 2",
                ":class: results-table",
                "",
                *items,
                "~~~",
            ]
        )


class ResultsTableTransform(SphinxPostTransform):
    default_priority = 4  # before MyST-NB fills in the figures, at 5

    def run(self, **kwargs):
        for table in list(self.document.findall(results_table)):
            reasons = []
            for figure in list(table.findall(PendingGlueReference)):
                if reason := why_unavailable(self.env, figure.refdoc):
                    figure.replace_self(nodes.Text("–"))
                    if reason not in reasons:
                        reasons.append(reason)
                elif figure.key not in self.glued(figure.refdoc):
                    LOGGER.warning(
                        f"results-table: {figure.refdoc} has not glued {figure.key!r}",
                        location=table,
                        type="results_table",
                    )
                    figure.replace_self(nodes.Text("?"))
            if reasons:
                table += nodes.paragraph("", " ".join(reasons))
            table.replace_self(table.children)

    def glued(self, docname):
        """The keys of now: MyST-NB keeps the file of a notebook that glues no more."""
        return self.env.nb_metadata.get(docname, {}).get("glue", [])


def setup(app):
    app.setup_extension("frameworks")
    app.add_directive("results-table", ResultsTableDirective)
    app.add_post_transform(ResultsTableTransform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
