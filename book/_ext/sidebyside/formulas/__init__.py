"""Mathematics set when the book is built, by MathJax, so that no page needs it.

MathJax would be 260 KB of script on each page. It runs here instead, in V8 (mini-racer),
once for all formulas of the book, and leaves on the page what it would have written there:
glyphs, and MathML for screen readers. The glyphs' style sheet holds what the book uses.
"""

import html
import json
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.util.logging import getLogger
from sphinx.util.math import get_node_equation_number

from sidebyside.insides import mathjax

LOGGER = getLogger(__name__)
PARTS = [
    "core",
    "adaptors/liteDOM",
    "input/tex-base",
    "input/tex/extensions/ams",
    "output/chtml",
    "output/chtml/fonts/tex",
    "a11y/assistive-mml",
]
STYLE = "mathematics.css"
FONTS = "mathematics"  # a folder beside the style sheet

# What MathJax cannot read is an error, where in a browser it would be shown in red.
SETTINGS = """
var global = globalThis;
var MathJax = {
    loader: {load: []},
    tex: {packages: ["base", "ams"], formatError(jax, error) { throw Error(error.message); }},
    chtml: {fontURL: %s, adaptiveCSS: true},
    startup: {typeset: false},
};
"""
FUNCTIONS = """
const set = (tex, display) =>
    MathJax.startup.adaptor.outerHTML(MathJax.tex2chtml(tex, {display}));
const style = () => MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet());
"""


def is_formula(node):
    return isinstance(node, (nodes.math, nodes.math_block))


def key(node):
    return node.astext().strip(), isinstance(node, nodes.math_block)


@contextmanager
def typesetter():
    """V8 with MathJax in it, and with FUNCTIONS."""
    with MiniRacer() as javascript:  # left open, its threads would outlive the build
        javascript.eval(SETTINGS % json.dumps(FONTS))
        javascript.eval((mathjax.FOLDER / "startup.js").read_text(encoding="utf-8"))
        javascript.eval(f"MathJax.loader.preLoad('startup', ...{json.dumps(PARTS)})")
        for part in PARTS:
            javascript.eval((mathjax.FOLDER / f"{part}.js").read_text(encoding="utf-8"))
        javascript.eval("MathJax.config.startup.ready()")
        javascript.eval(FUNCTIONS)
        yield javascript


def set_formulas(app, env):
    """When all pages are read, and before any is written."""
    env.set_formulas = {}
    if app.builder.format != "html":
        return
    with typesetter() as javascript:
        for docname in sorted(env.found_docs):
            for node in env.get_doctree(docname).findall(is_formula):
                if key(node) not in env.set_formulas:
                    env.set_formulas[key(node)] = set_formula(javascript, node)
        write_style(Path(app.outdir, "_static"), javascript.eval("style()"))


def set_formula(javascript, node):
    try:
        return javascript.eval(f"set({', '.join(map(json.dumps, key(node)))})")
    except JSEvalException as error:
        reason = re.search(r"Error: (.*)", str(error))[1]
        LOGGER.warning(
            f"mathematics: {reason} in {node.astext().strip()!r}",
            location=node,
            type="mathematics",
        )
        return html.escape(node.astext())


def write_style(static, css):
    static.mkdir(parents=True, exist_ok=True)
    (static / STYLE).write_text(css, encoding="utf-8")
    shutil.copytree(mathjax.FONT_FILES, static / FONTS, dirs_exist_ok=True)


def visit_math(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(self.builder.env.set_formulas[key(node)] + "</span>")
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(self.builder.env.set_formulas[key(node)] + "</div>")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathematics", (visit_math, None), (visit_displaymath, None))
    app.connect("env-updated", set_formulas)
    app.add_css_file(STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
