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

from frameworks import parallel_notebooks, why_unavailable, write_again_with
from tabs import panel, tab_set

LOGGER = getLogger(__name__)

CODE, OUTPUT = "cell_code_source", "cell_code_output"  # MyST-NB's names


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
            raise self.error("side-by-side: choose :code-only: or :output-only:, not both")
        parts = {CODE, OUTPUT}
        if "code-only" in self.options:
            parts.remove(OUTPUT)
        if "output-only" in self.options:
            parts.remove(CODE)
        frameworks = self.options.get("frameworks", " ".join(self.config.frameworks)).split()
        if unknown := set(frameworks) - set(self.config.frameworks):
            raise self.error(
                f"side-by-side: unknown frameworks: {' '.join(sorted(unknown))}; "
                f"allowed: {' '.join(self.config.frameworks)}"
            )
        placeholder = side_by_side(
            tag=self.arguments[0],
            parts=parts,
            topic=self.options.get("topic", "dropout"),
            frameworks=frameworks,
        )
        self.set_source_info(placeholder)
        for framework, _, docname in parallel_notebooks(self.env, placeholder["topic"]):
            if framework in frameworks:
                write_again_with(self.env, docname)
        return [placeholder]


class SideBySideTransform(SphinxPostTransform):
    default_priority = 3  # before MyST-NB picks, at 4, one of an output's forms

    def run(self, **kwargs):
        for number, placeholder in enumerate(list(self.document.findall(side_by_side))):
            placeholder.replace_self(self.tab_set(placeholder, number))

    def tab_set(self, placeholder, number):
        return tab_set(
            "",
            *(
                panel(framework, label, self.content(placeholder, docname))
                for framework, label, docname in parallel_notebooks(self.env, placeholder["topic"])
                if framework in placeholder["frameworks"]
            ),
            number=number,
        )

    def content(self, placeholder, docname):
        """What the notebook has to show, under the reason if it could not run."""
        tag = placeholder["tag"]
        if docname not in self.env.found_docs:
            self.warn(
                placeholder,
                f"no notebook {docname} to take {tag!r} from: write it, and list it in _toc.yml",
            )
            return []
        reason = why_unavailable(self.env, docname)
        parts = placeholder["parts"] - {OUTPUT} if reason else placeholder["parts"]
        cells = list(self.cells(docname, tag, parts))
        if parts and not cells:
            self.warn(placeholder, f"{docname} has no cell tagged {tag!r} to show")
        if reason:
            cells.insert(0, nodes.note("", nodes.paragraph("", reason)))
        return cells

    def cells(self, docname, tag, parts):
        """Copies of these parts of the notebook's cells with that tag."""
        for cell in self.env.get_doctree(docname).findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and tag in cell["cell_metadata"].get(
                "tags", []
            ):
                copy = cell.deepcopy()
                copy.children = [part for part in copy if part["nb_element"] in parts]
                self.renew_ids(copy)
                if copy.children:
                    yield copy

    def renew_ids(self, cell):
        """An id was unique in the notebook: take one that is unique on this page."""
        for element in cell.findall(nodes.Element):
            if element["ids"]:
                element["ids"] = []
                self.document.set_id(element)

    def warn(self, placeholder, message):
        LOGGER.warning(f"side-by-side: {message}", location=placeholder, type="side_by_side")


def setup(app):
    app.setup_extension("tabs")
    app.add_directive("side-by-side", SideBySideDirective)
    app.add_post_transform(SideBySideTransform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
