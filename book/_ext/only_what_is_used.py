"""A page loads the scripts and styles that it uses, and no other.

Extensions add theirs to every page. Here each has a rule: what a page holds (a CSS
selector) that needs it. Thebe has none: it would run cells in the page on another
host's machines; this book launches notebooks in Colab and Studio Lab instead.
"""

from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes

CODE = "div.highlight pre"
RULES = {               # part of a file's name, or of an inline script: selector
    "thebe": None,
    "toggle": ".toggle, .admonition.dropdown",
    "clipboard": CODE,
    "copybutton": CODE,
    "design-tabs": ".sd-tab-set",
}


def drop_unused(app, pagename, templatename, context, doctree):
    body = BeautifulSoup(context.get("body", ""), "html.parser")

    def is_used(asset):
        name = f"{asset.filename} {asset.attributes.get('body')}".lower()
        return all(selector and body.select_one(selector)
                   for part, selector in RULES.items() if part in name)

    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if is_used(asset)]


def drop_thebe_settings(app, doctree, docname):
    """Two scripts that sphinx-thebe writes at the end of every page."""
    for node in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in node.astext() or "kernelName =" in node.astext():
            node.parent.remove(node)


def drop_source_maps(app, exception):
    """Of the theme's minified files, for its developers: 3 MB."""
    if exception is None and app.builder.format == "html":
        for file in Path(app.outdir, "_static").rglob("*.map"):
            file.unlink()


def setup(app):
    # Each after all that add.
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("doctree-resolved", drop_thebe_settings, priority=900)
    app.connect("build-finished", drop_source_maps)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
