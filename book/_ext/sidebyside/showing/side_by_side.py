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
from sphinx.util.docutils import SphinxDirective

from dropout_book.frameworks import FRAMEWORKS
from sidebyside.insides import myst_nb, sphinx
from sidebyside.showing import alignment, words
from sidebyside.showing.cells import PARTS, ShowsCells, parts_of
from sidebyside.showing.frameworks import parallel_notebooks
from sidebyside.showing.tabs import panel, tab_set


class side_by_side(nodes.General, nodes.Element):
    """The placeholder."""


class SideBySideDirective(SphinxDirective):
    required_arguments = 1  # the tag
    option_spec = {
        "topic": directives.unchanged_required,
        "frameworks": directives.unchanged_required,
        **PARTS,
    }

    def run(self):
        known = self.config.frameworks
        chosen = self.options.get("frameworks", " ".join(known)).split()
        if unknown := set(chosen) - set(known):
            raise self.error(
                words.NOT_HERE.format(unknown=" ".join(sorted(unknown)), all=" ".join(known))
            )
        topic = self.options.get("topic", "dropout")
        placeholder = side_by_side(
            directive=self.name,
            tag=self.arguments[0],
            parts=parts_of(self),
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


class SideBySideTransform(ShowsCells):
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


def code_of(node):
    return [source.astext() for _, source in myst_nb.sources(node)]


def setup(app):
    app.add_directive("side-by-side", SideBySideDirective)
    app.add_post_transform(SideBySideTransform)
