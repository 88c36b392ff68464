"""The live training: a network learns in the page, with and without dropout.

    ```{live-training}
    ```

puts `training.html` into the page, with the words of `words.py`, where it is a still picture
of a run until `training.js` wakes it. Its scripts are loaded by the pages that hold it, and
the images only when a reader presses the button; they are made of Fashion-MNIST when the page
is written.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.insides import sphinx
from sidebyside.showing.tabs import as_json
from sidebyside.training import words

FOLDER = Path(__file__).parent
SCRIPTS = ["training_network.js", "training.js"]
# The run whose charts stand in training.html, as training.js writes its numbers; a test
# trains it again and compares.
P, STEPS = "0.5", "1,500"
RECORDED = {
    "without": {"p": "0.0", "train": "0.04", "validation": "0.89", "gap": "0.84"},
    "with": {"p": P, "train": "0.23", "validation": "0.67", "gap": "0.44"},
}


class live_training(nodes.raw):
    """The markup, for HTML alone."""


class LiveTrainingDirective(SphinxDirective):
    def run(self):
        return [live_training("", markup(), format="html")]


def markup():
    """`training.html` with its words, which tell of the recorded run."""
    from sidebyside.training import images

    said, megabytes = words.OF_SCRIPT, f"{len(images.script()) / 1e6:.1f}"
    given = {key: text.format(p=P, megabytes=megabytes) for key, text in words.OF_MARKUP.items()}
    given["step"] = said["step"].format(step=STEPS, steps=STEPS)
    for name, end in RECORDED.items():
        title = words.HEARD[name].format(p=P)
        given |= {
            f"weights_{name}": words.WEIGHTS[name],
            f"chart_{name}": said["chart"].format(title=title, step=STEPS, **end),
            f"gap_{name}": said["gap"].format(gap=end["gap"]),
            f"train_{name}": said["training"].format(loss=end["train"]),
            f"validation_{name}": said["validation"].format(loss=end["validation"]),
        }
    ends = " ".join(said["end"].format(**end) for end in RECORDED.values())
    given["ends"] = said["ends"].format(ends=ends)
    html = (FOLDER / "training.html").read_text(encoding="utf-8")
    return html.format(images=images.address(), words=as_json(said), **given)


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
