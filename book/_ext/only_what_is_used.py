"""A page loads the scripts that it uses, and no other; scripts do not hold it up.

Extensions add theirs to every page. Here each has a rule: what a page holds (a CSS
selector) that needs it. Thebe has none: it would run cells in the page on another
host's machines; this book launches notebooks in Colab and Studio Lab instead.

Of styles, style_sheet.py keeps what is used.
"""

from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes

CODE = "div.highlight pre"
RULES = {  # part of a file's name, or of an inline script: selector
    "thebe": None,
    "toggle": ".toggle, .admonition.dropdown",
    "clipboard": CODE,
    "copybutton": CODE,
    "design-tabs": ".sd-tab-set",
    # For a menu of versions and a search in the page, which this book has not.
    "documentation_options.pagename": None,
    "documentation_options.search_as_you_type": None,
}


def drop_unused(app, pagename, templatename, context, doctree):
    body = BeautifulSoup(context.get("body", ""), "html.parser")

    def is_used(script):
        name = f"{script.filename} {script.attributes.get('body')}".lower()
        return all(
            selector and body.select_one(selector)
            for part, selector in RULES.items()
            if part in name
        )

    context["script_files"] = list(filter(is_used, context["script_files"]))
    if pagename != "search":  # its own scripts do not wait for those that they need
        context["script_files"] = list(map(deferred, context["script_files"]))


def deferred(script):
    """The page is shown before the script is there; scripts still run in their order."""
    if not script.filename:
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def drop_thebe_settings(app, doctree, docname):
    """Two scripts that sphinx-thebe writes at the end of every page."""
    for node in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in node.astext() or "kernelName =" in node.astext():
            node.parent.remove(node)


def drop_sources(app, exception):
    """Source maps, 3 MB, and templates, that the theme carries beside what it serves."""
    if exception is None and app.builder.format == "html":
        for kind in ("*.map", "*-macros.html"):
            for file in Path(app.outdir, "_static").rglob(kind):
                file.unlink()


def setup(app):
    # Each after all that add.
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("doctree-resolved", drop_thebe_settings, priority=900)
    app.connect("build-finished", drop_sources)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
