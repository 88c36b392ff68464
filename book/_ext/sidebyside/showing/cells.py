"""What notebooks have to show on other pages.

    ```{cell} ../notebooks/<topic>/<name>.ipynb
    :tag: my-figure
    ```

shows the code cells of one notebook that have the tag, as they ran: code, outputs and
figures. Options: `:code-only:`; `:output-only:`.

A notebook may be read after the page that shows it, so the directive leaves a placeholder,
which becomes the cells when the page is written.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from sidebyside.insides import myst_nb, sphinx
from sidebyside.insides.myst_nb import CODE, OUTPUT
from sidebyside.showing import words
from sidebyside.showing.frameworks import why_unavailable

LOGGER = getLogger(__name__)
PARTS = {"code-only": directives.flag, "output-only": directives.flag}


def parts_of(directive):
    """Which parts of cells the options ask for: code, output or both."""
    if PARTS.keys() <= directive.options.keys():
        raise directive.error(words.EITHER.format(name=directive.name))
    if "code-only" in directive.options:
        return {CODE}
    return {OUTPUT} if "output-only" in directive.options else {CODE, OUTPUT}


class ShowsCells(SphinxPostTransform):
    """Placeholders, which hold `tag`, `parts` and the name of their `directive`, become cells."""

    default_priority = myst_nb.BEFORE_OUTPUTS

    def content(self, placeholder, docname):
        """What the notebook has to show, under the reason if it could not run."""
        tag, parts = placeholder["tag"], placeholder["parts"]
        if docname not in self.env.found_docs:
            self.warn(placeholder, words.NO_NOTEBOOK, docname)
            return []
        reason = why_unavailable(self.env, docname)
        if reason:
            parts = parts - {OUTPUT}
        cells = list(myst_nb.cells(self.env.get_doctree(docname), tag, parts))
        if parts and not cells:
            self.warn(placeholder, words.NO_CELL, docname)
        for cell in cells:
            self.renew_ids(cell)
        note = [nodes.note("", nodes.paragraph("", reason))] if reason else []
        return note + cells

    def renew_ids(self, cell):
        """An id was unique in the notebook: take one that is unique on this page."""
        for element in cell.findall(nodes.Element):
            if element["ids"]:
                element["ids"] = []
                self.document.set_id(element)

    def warn(self, placeholder, message, docname):
        name = placeholder["directive"]
        LOGGER.warning(
            message.format(name=name, docname=docname, tag=placeholder["tag"]),
            location=placeholder,
            type=name.replace("-", "_"),
        )


class cell(nodes.General, nodes.Element):
    """The placeholder."""


class CellDirective(SphinxDirective):
    required_arguments = 1  # the notebook's path from this page
    option_spec = {"tag": directives.unchanged_required, **PARTS}

    def run(self):
        if "tag" not in self.options:
            raise self.error(words.NO_TAG)
        name, _ = self.env.relfn2path(self.arguments[0])
        placeholder = cell(
            directive=self.name,
            tag=self.options["tag"],
            parts=parts_of(self),
            docname=name.removesuffix(".ipynb"),
        )
        self.set_source_info(placeholder)
        sphinx.write_again_with(self.env, placeholder["docname"])
        return [placeholder]


class CellTransform(ShowsCells):
    def run(self, **kwargs):
        for placeholder in list(self.document.findall(cell)):
            placeholder.replace_self(self.content(placeholder, placeholder["docname"]))


def setup(app):
    app.add_directive("cell", CellDirective)
    app.add_post_transform(CellTransform)
