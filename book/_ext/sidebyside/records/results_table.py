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
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from sidebyside.insides import myst_nb, sphinx
from sidebyside.records import words
from sidebyside.records.table import named, table
from sidebyside.showing.frameworks import parallel_notebooks, reasons, why_unavailable

LOGGER = getLogger(__name__)

FORMATS = {"train_loss": ".3f", "train_acc": ".3f", "test_acc": ".3f", "seconds": ".2f"}


def some_of(allowed):
    """An option that lists keys of `allowed`."""

    def names(argument):
        given = (argument or "").split()
        unknown = [name for name in given if name not in allowed]
        if unknown or not given:
            raise ValueError(
                words.UNKNOWN_NAMES.format(
                    unknown=" ".join(unknown) or words.NOTHING_GIVEN, allowed=" ".join(allowed)
                )
            )
        return given

    return names


class results_table(nodes.General, nodes.Element):
    """Holds the table until it is known which notebooks ran."""


class ResultsTableDirective(SphinxDirective):
    option_spec = {
        "topic": directives.unchanged_required,
        "models": some_of(words.MODELS),
        "columns": some_of(FORMATS),
        "caption": directives.unchanged_required,
    }

    def run(self):
        columns = self.options.get("columns", FORMATS)
        rows = [[words.FRAMEWORK, words.MODEL, *(words.FIGURES[column] for column in columns)]]
        notebooks = parallel_notebooks(self.env, self.options.get("topic", "dropout"))
        for framework, docname in notebooks:
            sphinx.write_again_with(self.env, docname)
            for model in self.options.get("models", words.MODELS):
                figures = [
                    f"{{glue:text}}`/{docname}.ipynb::{model}_{column}:{FORMATS[column]}`"
                    for column in columns
                ]
                name = f"{named(framework)}{{doc}}`{framework.label} </{docname}>`"
                rows.append([name, words.MODELS[model], *figures])
        caption = self.options.get("caption", "")
        holder = results_table("", *table(self, rows, caption, "results-table", stub_columns=2))
        holder["docnames"] = [docname for _, docname in notebooks]
        self.set_source_info(holder)
        return [holder]


class ResultsTableTransform(SphinxPostTransform):
    default_priority = myst_nb.BEFORE_FIGURES

    def run(self, **kwargs):
        for holder in list(self.document.findall(results_table)):
            for figure, docname, key in myst_nb.glued_figures(holder):
                if why_unavailable(self.env, docname):
                    figure.replace_self(nodes.Text(words.NO_FIGURE))
                elif key not in myst_nb.glued_keys(self.env, docname):
                    LOGGER.warning(
                        words.NOT_GLUED.format(docname=docname, key=key),
                        location=holder,
                        type="results_table",
                    )
                    figure.replace_self(nodes.Text(words.UNKNOWN_FIGURE))
            holder += reasons(self.env, holder["docnames"])
            holder.replace_self(holder.children)


def setup(app):
    app.add_directive("results-table", ResultsTableDirective)
    app.add_post_transform(ResultsTableTransform)
