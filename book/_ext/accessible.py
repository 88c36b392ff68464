"""What scrolls can be reached with the keyboard: `book/accessible/scrolling.js`.

The rest of what makes the pages accessible is in `book/_static/accessible.css` and in
`book/_templates`. The script is not in `_static` because Jupyter Book would load it from
there a second time, before the page.
"""

import shutil
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "accessible" / "scrolling.js"


def copy_script(app):
    """Before pages are written, which name a file together with its checksum."""
    if app.builder.format == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SCRIPT, static / SCRIPT.name)


def setup(app):
    app.connect("builder-inited", copy_script)
    app.add_js_file(SCRIPT.name, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
