"""Cards on which a reader chooses a framework.

    ```{choose-framework}
    :page: implementation
    ```

A card for each framework leads to the page, beside this one, with that framework's
tabs chosen, through the address: `implementation.html?framework=jax`.
"""

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from frameworks import parallel_notebooks

CARD = """\
:::{{grid-item-card}} {label}
:link: {page}.html?framework={framework}
:link-type: url
:class-card: framework-card framework-{framework}
:::
"""


class ChooseFrameworkDirective(SphinxDirective):
    option_spec = {"page": directives.unchanged_required}

    def run(self):
        cards = [CARD.format(label=label, framework=framework, page=self.options["page"])
                 for framework, label, _ in parallel_notebooks(self.env, "dropout")]
        return self.parse_text_to_nodes(
            "::::{grid} 2 3 3 3\n:gutter: 2\n\n" + "\n".join(cards) + "::::\n")


def setup(app):
    app.setup_extension("frameworks")
    app.add_directive("choose-framework", ChooseFrameworkDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
