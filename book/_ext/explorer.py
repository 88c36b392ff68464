"""The explorer: dropout on one unit, to be tried out in the page.

    ```{dropout-explorer}
    ```

puts `book/explorer/explorer.html` into the page, where it is a still picture until
`explorer.js` wakes it. Its script is loaded by the pages that hold it, and by no other:
Jupyter Book would add a script from `_static/` to every page.
"""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

FOLDER = Path(__file__).resolve().parents[1] / "explorer"
MARKUP, STYLE, SCRIPT = (FOLDER / f"explorer.{kind}" for kind in ("html", "css", "js"))


class dropout_explorer(nodes.raw):
    """The markup, for HTML alone."""


class DropoutExplorerDirective(SphinxDirective):
    def run(self):
        # A changed asset has another address: the page is written again with it.
        for file in (MARKUP, STYLE, SCRIPT):
            self.env.note_dependency(str(file))
        return [dropout_explorer("", MARKUP.read_text(encoding="utf-8"), format="html")]


def copy_assets(app):
    """Before pages are written, which name a file together with its checksum."""
    if app.builder.format == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        for file in (STYLE, SCRIPT):
            shutil.copyfile(file, static / file.name)


def load_script(app, pagename, templatename, context, doctree):
    if doctree and next(doctree.findall(dropout_explorer), None):
        app.add_js_file(SCRIPT.name, loading_method="defer")


def setup(app):
    app.add_css_file(STYLE.name)
    app.add_directive("dropout-explorer", DropoutExplorerDirective)
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
