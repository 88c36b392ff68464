"""The pages' sources, as tests read them."""

import re

from parallel_notebooks import ROOT

TERM = re.compile(r"\{term\}`([^`<]+?)(?: <[^`]*>)?`")


def text_of(page):
    """The source of a page in book/; words that lead to the glossary are the words alone."""
    return TERM.sub(r"\1", (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))
