"""The frameworks of this book, and what every extension asks about their notebooks.

They are declared in `dropout_book.frameworks`. A book that shows only some of them, or in
another order, names their ids: `frameworks: [pytorch, numpy]`.
"""

from docutils import nodes
from sphinx.errors import ConfigError

from dropout_book.frameworks import FRAMEWORKS
from sidebyside.insides import sphinx
from sidebyside.showing import words


def shown(config):
    """The frameworks of this book, in the order of the tabs."""
    return [FRAMEWORKS[name] for name in config.frameworks]


def parallel_notebooks(env, topic):
    """`(framework, docname of its notebook)`, in the order of the tabs."""
    return [(each, f"notebooks/{topic}/{each.id}") for each in shown(env.config)]


def why_unavailable(env, docname):
    """The sentence that says why a notebook could not run here, or None."""
    return getattr(env, "unavailable_notebooks", {}).get(docname)


def reasons(env, docnames):
    """A paragraph for those of the notebooks that could not run here, in a list."""
    texts = dict.fromkeys(filter(None, (why_unavailable(env, docname) for docname in docnames)))
    return [nodes.paragraph("", " ".join(texts))] if texts else []


def check(app, config):
    if not config.frameworks:
        raise ConfigError(words.NO_FRAMEWORKS)
    if unknown := [name for name in config.frameworks if name not in FRAMEWORKS]:
        raise ConfigError(
            words.NOT_DECLARED.format(unknown=", ".join(unknown), all=", ".join(FRAMEWORKS))
        )


def setup(app):
    app.add_config_value("frameworks", list(FRAMEWORKS), "env", types=[list])
    app.connect("config-inited", check)
    app.connect("env-get-outdated", sphinx.pages_showing_removed)
