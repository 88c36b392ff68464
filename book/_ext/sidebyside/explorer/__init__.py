"""The explorer: dropout on one unit, to be tried out in the page.

    ```{dropout-explorer}
    ```

puts `explorer.html` into the page, where it is a still picture until `explorer.js` wakes
it. Its script is loaded by the pages that hold it, and by no other.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.insides import sphinx

FOLDER = Path(__file__).parent


class dropout_explorer(nodes.raw):
    """The markup, for HTML alone."""


class DropoutExplorerDirective(SphinxDirective):
    def run(self):
        markup = (FOLDER / "explorer.html").read_text(encoding="utf-8")
        return [dropout_explorer("", markup, format="html")]


def load_script(app, pagename, templatename, context, doctree):
    if doctree and next(doctree.findall(dropout_explorer), None):
        app.add_js_file("explorer.js", loading_method="defer")


def setup(app):
    sphinx.add_static(app, FOLDER / "static", styles=["explorer.css"])
    app.add_directive("dropout-explorer", DropoutExplorerDirective)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
