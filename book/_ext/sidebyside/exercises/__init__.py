"""Exercises: a place to guess, before a hint and the answer unfold.

    ```{guess}
    - larger
    - smaller
    ```

is a group of radio buttons, which need no script, and which nobody reads. The hint and the
answer are dropdowns of sphinx-design; on paper, all are unfolded.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.exercises import words
from sidebyside.insides import sphinx


class guess(nodes.bullet_list):
    """Of choices; other builders write it as the list that it is."""


class choice(nodes.list_item):
    """`name`, of its group, and `number` in it."""


class choice_text(nodes.paragraph):
    """The label of a button."""


class GuessDirective(SphinxDirective):
    has_content = True

    def run(self):
        parsed = self.parse_content_to_nodes()
        if not (
            len(parsed) == 1
            and isinstance(parsed[0], nodes.bullet_list)
            and len(parsed[0]) > 1
            and all(len(item) == 1 and isinstance(item[0], nodes.paragraph) for item in parsed[0])
        ):
            raise self.error(words.NO_CHOICES)
        name = f"guess-{self.env.new_serialno('guess') + 1}"
        choices = [
            choice("", choice_text("", "", *item[0].children), name=name, number=number)
            for number, item in enumerate(parsed[0], start=1)
        ]
        return [guess("", *choices)]


def identity(node):
    return f"{node['name']}-{node['number']}"


def visit_guess(self, node):
    self.body.append(f'<fieldset class="guess">\n<legend>{words.YOUR_GUESS}</legend>\n')


def depart_guess(self, node):
    self.body.append("</fieldset>\n")


def visit_choice(self, node):
    self.body.append(
        f'<div class="choice"><input type="radio" name="{node["name"]}" id="{identity(node)}">\n'
    )


def depart_choice(self, node):
    self.body.append("</div>\n")


def visit_text(self, node):
    self.body.append(f'<label for="{identity(node.parent)}">')


def depart_text(self, node):
    self.body.append("</label>")


def setup(app):
    app.add_node(guess, html=(visit_guess, depart_guess))
    app.add_node(choice, html=(visit_choice, depart_choice))
    app.add_node(choice_text, html=(visit_text, depart_text))
    app.add_directive("guess", GuessDirective)
    sphinx.add_static(app, Path(__file__).parent / "static", styles=["exercises.css"])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
