"""The live training: a network learns in the page, with and without dropout.

    ```{live-training}
    ```

puts `training.html` into the page, where it is a still picture of a run until `training.js`
wakes it. Its scripts are loaded by the pages that hold it, and the images only when a reader
presses the button; they are made of Fashion-MNIST when the page is written.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.insides import sphinx

FOLDER = Path(__file__).parent
SCRIPTS = ["training_network.js", "training.js"]


class live_training(nodes.raw):
    """The markup, for HTML alone."""


class LiveTrainingDirective(SphinxDirective):
    def run(self):
        from sidebyside.training import images

        markup = (FOLDER / "training.html").read_text(encoding="utf-8")
        markup = markup.replace("{images}", images.address())
        return [live_training("", markup, format="html")]


def add_scripts(app, pagename, templatename, context, doctree):
    if not (doctree and next(doctree.findall(live_training), None)):
        return
    from sidebyside.training import images

    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / images.NAME).write_text(images.script(), encoding="utf-8")


def setup(app):
    sphinx.add_static(app, FOLDER / "static", styles=["training.css"])
    app.add_directive("live-training", LiveTrainingDirective)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
