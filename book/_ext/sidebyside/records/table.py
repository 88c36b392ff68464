"""The one builder of tables: rows of MyST become a table, as a page's author would write it."""

from docutils import nodes
from sphinx.util.docutils import SphinxRole


class framework_mark(nodes.Inline, nodes.Element):
    """Says that its cell names a framework."""


class FrameworkRole(SphinxRole):
    def run(self):
        return [framework_mark("", framework=self.text)], []


def named(framework):
    """MyST that gives a table's cell, in which it stands, the colour of a framework."""
    return f"{{marked-framework}}`{framework.id}`"


def table(directive, rows, caption="", classes="", stub_columns=1, widths=""):
    """The nodes of a table whose first row is its head.

    `rows` are lists of MyST; the further lines of a cell are indented by four blanks.
    """
    options = {
        "header-rows": 1,
        "stub-columns": stub_columns,
        "widths": widths,
        "class": classes,
    }
    content = directive.parse_text_to_nodes(
        "\n".join(
            [
                "~~~{list-table} " + caption,
                *(f":{name}: {value}" for name, value in options.items() if value),
                "",
                *("* - " + "\n  - ".join(row) for row in rows),
                "~~~",
            ]
        )
    )
    for part in content:
        for mark in list(part.findall(framework_mark)):
            cell = next(each for each in parents(mark) if isinstance(each, nodes.entry))
            cell["classes"] += ["swatch", f"framework-{mark['framework']}"]
            mark.parent.remove(mark)
    return content


def parents(node):
    while node := node.parent:
        yield node


def setup(app):
    app.add_role("marked-framework", FrameworkRole())
