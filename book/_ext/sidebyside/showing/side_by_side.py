"""One cell of the parallel notebooks, a tab for each framework.

    ```{side-by-side} dropout-layer
    ```

shows, from each `notebooks/dropout/<framework>.ipynb`, the code cells tagged
`dropout-layer` as they ran: code, outputs and figures. Options: `:topic:`, the
folder below `notebooks/` (default `dropout`); `:code-only:`; `:output-only:`;
`:frameworks:`, those that have such a notebook (default: all).

A notebook may be read after the page that shows it, so the directive leaves a
placeholder, which becomes a set of tabs when the page is written.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from dropout_book.frameworks import FRAMEWORKS
from sidebyside.insides import myst_nb, sphinx
from sidebyside.insides.myst_nb import CODE, OUTPUT
from sidebyside.showing import alignment, words
from sidebyside.showing.frameworks import parallel_notebooks, why_unavailable
from sidebyside.showing.tabs import panel, tab_set

LOGGER = getLogger(__name__)


class side_by_side(nodes.General, nodes.Element):
    """The placeholder."""


class SideBySideDirective(SphinxDirective):
    required_arguments = 1  # the tag
    option_spec = {
        "topic": directives.unchanged_required,
        "code-only": directives.flag,
        "output-only": directives.flag,
        "frameworks": directives.unchanged_required,
    }

    def run(self):
        if "code-only" in self.options and "output-only" in self.options:
            raise self.error(words.EITHER)
        parts = {CODE, OUTPUT}
        if "code-only" in self.options:
            parts.remove(OUTPUT)
        if "output-only" in self.options:
            parts.remove(CODE)
        known = self.config.frameworks
        chosen = self.options.get("frameworks", " ".join(known)).split()
        if unknown := set(chosen) - set(known):
            raise self.error(
                words.NOT_HERE.format(unknown=" ".join(sorted(unknown)), all=" ".join(known))
            )
        topic = self.options.get("topic", "dropout")
        placeholder = side_by_side(
            tag=self.arguments[0],
            parts=parts,
            number=self.env.new_serialno("tab-set"),
            notebooks=[
                (framework.id, docname)
                for framework, docname in parallel_notebooks(self.env, topic)
                if framework.id in chosen
            ],
        )
        self.set_source_info(placeholder)
        for _, docname in placeholder["notebooks"]:
            sphinx.write_again_with(self.env, docname)
        return [placeholder]


class SideBySideTransform(SphinxPostTransform):
    default_priority = myst_nb.BEFORE_OUTPUTS

    def run(self, **kwargs):
        for placeholder in list(self.document.findall(side_by_side)):
            panels = [
                panel(FRAMEWORKS[framework], self.content(placeholder, docname))
                for framework, docname in placeholder["notebooks"]
            ]
            aligned = alignment.of_panels(
                {
                    each["framework"]: self.blocks(each, docname)
                    for each, (_, docname) in zip(panels, placeholder["notebooks"])
                }
            )
            placeholder.replace_self(
                tab_set("", *panels, number=placeholder["number"], alignment=aligned)
            )

    def blocks(self, panel, docname):
        """A panel's code, to be aligned with that of others."""
        if not (codes := code_of(panel)):
            return []
        modules = alignment.modules("\n".join(code_of(self.env.get_doctree(docname))))
        return [alignment.Block(code.rstrip("\n").split("\n"), modules) for code in codes]

    def content(self, placeholder, docname):
        """What the notebook has to show, under the reason if it could not run."""
        tag, parts = placeholder["tag"], placeholder["parts"]
        if docname not in self.env.found_docs:
            self.warn(placeholder, words.NO_NOTEBOOK.format(docname=docname, tag=tag))
            return []
        reason = why_unavailable(self.env, docname)
        if reason:
            parts = parts - {OUTPUT}
        cells = list(myst_nb.cells(self.env.get_doctree(docname), tag, parts))
        if parts and not cells:
            self.warn(placeholder, words.NO_CELL.format(docname=docname, tag=tag))
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

    def warn(self, placeholder, message):
        LOGGER.warning(message, location=placeholder, type="side_by_side")


def code_of(node):
    return [source.astext() for _, source in myst_nb.sources(node)]


def setup(app):
    app.add_directive("side-by-side", SideBySideDirective)
    app.add_post_transform(SideBySideTransform)
