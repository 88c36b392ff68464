"""A glued figure of a notebook that could not run on this machine is a dash.

Without MXNet the book is built without that notebook's outputs; a page that quotes a
figure from it, by MyST-NB's `glue`, would make the build fail.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sidebyside.insides import myst_nb
from sidebyside.showing import words
from sidebyside.showing.frameworks import why_unavailable


class MissingFigures(SphinxPostTransform):
    default_priority = myst_nb.BEFORE_FIGURES

    def run(self, **kwargs):
        for figure, docname, _ in myst_nb.glued_figures(self.document):
            if why_unavailable(self.env, docname):
                figure.replace_self(nodes.Text(words.NO_FIGURE))


def setup(app):
    app.add_post_transform(MissingFigures)
