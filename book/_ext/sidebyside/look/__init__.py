"""How pages look, are read aloud and are searched: style, templates, search.

The theme's own templates that are changed are in `templates`, the style sheets and scripts
in `static`.
"""

from pathlib import Path

from sidebyside.insides import sphinx
from sidebyside.look import accessible, chinese, menu, search

FOLDER = Path(__file__).parent


def setup(app):
    for part in accessible, chinese, menu, search:
        part.setup(app)
    sphinx.add_static(
        app,
        FOLDER / "static",
        styles=["excerpts.css", "book.css", "widget.css", "accessible.css"],
        scripts=["scrolling.js"],
    )
    app.connect("config-inited", use_templates)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_templates(app, config):
    config.templates_path.insert(0, str(FOLDER / "templates"))
