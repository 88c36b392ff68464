"""A search that finds figures, too, and shows where on its page a result is.

Sphinx's search splits 0.871 at its point and leaves out words that are only digits;
here a number is one word. And for each result it fetches the whole page and shows 240
letters of it, menus included, which a page that is opened from disk may not. Here the
search page loads the texts of all pages instead, block by block, and
`static/excerpts.js` shows the block that holds what was searched for.
"""

import json
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes

from sidebyside.insides import sphinx

TEXTS = "search_texts.js"
BLOCKS = (nodes.paragraph, nodes.literal_block, nodes.caption, nodes.term, nodes.row)
WHOLE = (nodes.row, nodes.definition_list_item)  # blocks that are not taken apart


def blocks(doctree):
    """`(id of the section, text, whether it is code)` of what a reader meets, in order.

    A block is a paragraph, a row of a table, a word of the glossary with its definition, a
    cell's code or what it printed.
    """
    for node in doctree.findall(is_block):
        section = ancestor(node, nodes.section)
        if text := text_of(node):
            yield section["ids"][0] if section else "", text, is_code(node)


def is_block(node):
    if isinstance(node, nodes.raw):
        return "html" in node["format"].split() and not ancestor(node, nodes.TextElement)
    if isinstance(node, nodes.title):
        return isinstance(node.parent, nodes.table)
    if isinstance(node, nodes.definition_list_item):
        return is_of_glossary(node)
    around = ancestor(node, WHOLE)
    return isinstance(node, BLOCKS) and not (around and is_block(around))


def is_of_glossary(node):
    return isinstance(node.parent.parent, addnodes.glossary)


def is_code(node):
    return isinstance(node, nodes.literal_block)


def ancestor(node, kind):
    while node := node.parent:
        if isinstance(node, kind):
            return node


def text_of(node):
    if is_code(node):
        return node.astext().strip("\n")
    if isinstance(node, nodes.raw):
        text = BeautifulSoup(node.astext(), "html.parser").get_text(" ")
    elif isinstance(node, WHOLE):
        text = " · ".join(map(words_of, node))
    else:
        text = words_of(node)
    return " ".join(text.split())


def words_of(node):
    """What is raw, such as the break of a line, stands between words."""
    return "".join(
        " " if isinstance(part.parent, nodes.raw) else part for part in node.findall(nodes.Text)
    )


def file_of(app, docname):
    """Where a page's texts wait for the next build, beside the page as Sphinx read it."""
    return Path(app.doctreedir, f"{docname}.texts.json")


def keep_texts(app, pagename, templatename, context, doctree):
    if doctree:
        file_of(app, pagename).write_text(json.dumps(list(blocks(doctree))), encoding="utf-8")


def load_texts(app, pagename, templatename, context, doctree):
    """On the search page, which is written after all others."""
    if pagename != "search":
        return
    texts = {
        docname: json.loads(file_of(app, docname).read_text(encoding="utf-8"))
        for docname in sorted(app.env.found_docs)
    }
    static = Path(app.outdir, "_static")
    (static / TEXTS).write_text(
        f"const searchTexts = {json.dumps(texts, ensure_ascii=False)};\n", encoding="utf-8"
    )
    for name in (TEXTS, "excerpts.js"):
        app.add_js_file(name, loading_method="defer")


def leave_out_sphinx_summaries(app, config):
    config.html_show_search_summary = False


def setup(app):
    app.add_search_language(sphinx.SearchWithNumbers)
    app.connect("config-inited", leave_out_sphinx_summaries)
    app.connect("html-page-context", keep_texts)
    app.connect("html-page-context", load_texts)
