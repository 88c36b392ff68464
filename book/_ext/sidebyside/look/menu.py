"""The menu of pages, folded where it is not being read.

A group of pages can be opened by its caption; of the groups after the first, that which holds
the page is open, and one of a single page is not worth folding.
"""

from bs4 import BeautifulSoup

from sidebyside.insides import theme


def folded(html):
    """The menu's lists, each under its caption in a `<details>`."""
    menu = BeautifulSoup(html, "html.parser")
    for place, caption in enumerate(menu.select("p.caption")):
        pages = caption.find_next_sibling("ul")
        if place == 0 or len(pages.find_all("li")) < 2:
            continue
        group = menu.new_tag("details")
        if pages.select_one(".current"):
            group["open"] = ""
        caption.insert_before(group)
        caption.name = "span"
        summary = menu.new_tag("summary")
        summary.append(caption.extract())
        group.extend([summary, pages.extract()])
    return str(menu)


def fold(app, pagename, templatename, context, doctree):
    theme.change_menu(context, folded)


def setup(app):
    app.connect("html-page-context", fold, priority=theme.AFTER_ITS_BUTTONS)
