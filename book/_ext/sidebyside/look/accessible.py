"""Sources are a list for everyone, and what folds is called what one reads on it.

The rest of what makes the pages accessible is in `static/accessible.css`, which serves the
keyboard, in `static/scrolling.js`, which lets it reach what scrolls, and in `templates`.
"""

from docutils import nodes

from sidebyside.insides import myst_nb


def visit_citation(self, node):
    """As docutils writes it, but the role: doc-biblioentry is deprecated (DPUB-ARIA 1.1)."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation", ROLE="listitem"))


def depart_citation(self, node):
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")


def setup(app):
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    myst_nb.name_folded_cells_by_what_they_say(app)
