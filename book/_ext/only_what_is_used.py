"""A page loads the scripts and styles that it uses, and no other; scripts do not hold it up.

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
    "sphinx-design": "[class*=sd-]",
    "mystnb": "[class*=cell], [class*=pasted]",
    # For a menu of versions and a search in the page, which this book has not.
    "documentation_options.pagename": None,
    "documentation_options.search_as_you_type": None,
}


def drop_unused(app, pagename, templatename, context, doctree):
    body = BeautifulSoup(context.get("body", ""), "html.parser")

    def is_used(asset):
        name = f"{asset.filename} {asset.attributes.get('body')}".lower()
        return all(selector and body.select_one(selector)
                   for part, selector in RULES.items() if part in name)

    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if is_used(asset)]
    if pagename != "search":        # its own scripts do not wait for those that they need
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
