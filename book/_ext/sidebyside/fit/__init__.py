"""The fit to play with: a curve through twenty points, fitted in the page.

    ```{live-fit}
    ```

puts `fit.html` into the page, with the words of `words.py`. It is a sentence until `fit.js`
wakes it; what a reader without scripts would see in it is the notebook's figure, above it.
Its network is the live training's.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.fit import words
from sidebyside.insides import sphinx
from sidebyside.showing.tabs import as_json

FOLDER = Path(__file__).parent
SCRIPTS = ["training_network.js", "fit.js"]


class live_fit(nodes.raw):
    """The markup, for HTML alone."""


class LiveFitDirective(SphinxDirective):
    def run(self):
        html = (FOLDER / "fit.html").read_text(encoding="utf-8")
        untrained = words.OF_SCRIPT["untrained"]
        given = {**words.OF_MARKUP, "words": as_json(words.OF_SCRIPT), "untrained": untrained}
        return [live_fit("", html.format(**given), format="html")]


def add_scripts(app, pagename, templatename, context, doctree):
    if doctree and next(doctree.findall(live_fit), None):
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app):
    sphinx.add_static(app, FOLDER / "static", styles=["fit.css"])
    app.add_directive("live-fit", LiveFitDirective)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
