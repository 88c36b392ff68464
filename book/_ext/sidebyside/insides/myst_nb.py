"""MyST-NB: what it makes of a notebook, and how it keeps what a notebook glued.

A page of the book shows cells of notebooks that it is not, and figures that they glued.
MyST-NB offers neither by an interface: the cells are taken from the notebook's doctree by
the names that MyST-NB gives their parts, and the figures from its records.
"""

import ast
import json
import re

from docutils import nodes
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.ext.glue.utils import PendingGlueReference
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput

CODE, OUTPUT = "cell_code_source", "cell_code_output"
# Post-transforms of ours that deal in cells, before MyST-NB picks, at 4, one of an output's
# forms; and those that deal in glued figures, before it fills them in, at 5.
BEFORE_OUTPUTS, BEFORE_FIGURES = 3, 4


def shows_cached_outputs(config):
    return config.nb_execution_mode == "cache"


def execute_nothing(config):
    config.nb_execution_mode = "off"


def visit_folded_cell(self, node):
    """As MyST-NB writes it, but called what one reads on it, and not "Toggle hidden content";
    and without paragraphs, which HTML does not allow there."""
    before = len(self.body)
    visit_HideCellInput(self, node)
    html = re.sub(r' aria-label="[^"]*"', "", "".join(self.body[before:]))
    self.body[before:] = [re.sub(r"(</?)p\b", r"\1span", html)]


def name_folded_cells_by_what_they_say(app):
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_HideCellInput))


def cells(doctree, tag, parts):
    """Copies of these parts (CODE, OUTPUT) of a notebook's code cells with that tag."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and tag in cell["cell_metadata"].get("tags", []):
            copy = cell.deepcopy()
            copy.children = [part for part in copy if part["nb_element"] in parts]
            if copy.children:
                yield copy


def sources(node):
    """`(tags, the source as a node)` of each code cell below a node, in order."""
    for cell in node.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            for part in cell:
                if part["nb_element"] == CODE:
                    yield cell["cell_metadata"].get("tags", []), part[0]


def metadata(env, docname, key):
    """What stands under a key of a notebook's own metadata, or None.

    MyST-NB takes them for the top matter of the page, and MyST keeps there as JSON what is
    no plain text.
    """
    found = env.metadata[docname].get(key)
    return found and json.loads(found)


def glued_keys(env, docname):
    """The keys of now: MyST-NB keeps the file of a notebook that glues no more."""
    return env.nb_metadata.get(docname, {}).get("glue", [])


def glued_value(env, docname, key):
    """What a notebook glued as text under a key, or None."""
    if key not in glued_keys(env, docname):
        return None
    record = read_glue_cache(env.mystnb_config.output_folder, docname)[key]
    return ast.literal_eval(record["data"]["text/plain"])


def glued_figures(node):
    """The nodes below `node` that MyST-NB will fill in: `(node, docname, key)`."""
    return [(each, each.refdoc, each.key) for each in node.findall(PendingGlueReference)]
