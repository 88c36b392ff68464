"""Words in Chinese, which a screen reader reads as such and a browser sets in its letters.

{zh}`暂退法`
"""

from docutils import nodes
from sphinx.util.docutils import SphinxRole

LANGUAGE = "zh-Hans"


class chinese(nodes.inline):
    """Other builders write the text alone."""


class ChineseRole(SphinxRole):
    def run(self):
        return [chinese(self.rawtext, self.text)], []


def visit(self, node):
    self.body.append(self.starttag(node, "span", "", lang=LANGUAGE))


def depart(self, node):
    self.body.append("</span>")


def setup(app):
    app.add_node(chinese, html=(visit, depart))
    app.add_role("zh", ChineseRole())
