"""What scrolls can be reached with the keyboard, and sources are a list for everyone.

The rest of what makes the pages accessible is in `book/_static/accessible.css` and in
`book/_templates`. The script, `book/accessible/scrolling.js`, is not in `_static` because
Jupyter Book would load it from there a second time, before the page.
"""

import shutil
from pathlib import Path

from docutils import nodes

SCRIPT = Path(__file__).resolve().parents[1] / "accessible" / "scrolling.js"


def copy_script(app):
    """Before pages are written, which name a file together with its checksum."""
    if app.builder.format == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SCRIPT, static / SCRIPT.name)


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
    app.connect("builder-inited", copy_script)
    app.add_js_file(SCRIPT.name, loading_method="defer")
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
