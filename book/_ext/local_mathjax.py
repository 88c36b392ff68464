"""MathJax from the site itself: a page needs nothing from another host.

The package sphinx-mathjax-offline carries MathJax 3.2.2 in all its variants, 24 MB.
Its own extension would copy them all; a page loads one script and its fonts.
"""

import sysconfig
from pathlib import Path

from sphinx.util.fileutil import copy_asset

PACKAGE = Path(sysconfig.get_path("purelib"), "sphinx-mathjax-offline", "static", "mathjax")
SCRIPT = "tex-chtml.js"
FONTS = "output/chtml/fonts/woff-v2"


def copy_mathjax(app, exception):
    if exception is None and app.builder.format == "html":
        target = Path(app.outdir, "_static", "mathjax")
        copy_asset(PACKAGE / SCRIPT, target)
        copy_asset(PACKAGE / FONTS, target / FONTS)


def setup(app):
    app.config.mathjax_path = f"mathjax/{SCRIPT}"
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
