"""A glued figure of a notebook that could not run on this machine is a dash.

Without MXNet the book is built without that notebook's outputs; a page that quotes a
figure from it, by MyST-NB's `glue`, would make the build fail.
"""

from docutils import nodes
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.transforms.post_transforms import SphinxPostTransform

from frameworks import why_unavailable


class MissingFigures(SphinxPostTransform):
    default_priority = 4  # before MyST-NB fills in the figures, at 5

    def run(self, **kwargs):
        for figure in list(self.document.findall(PendingGlueReference)):
            if why_unavailable(self.env, figure.refdoc):
                figure.replace_self(nodes.Text("–"))


def setup(app):
    # Its own transform, of the same priority, gives the reason, and so must come first.
    app.setup_extension("results_table")
    app.add_post_transform(MissingFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
