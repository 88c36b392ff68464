"""The list of frameworks, and what every extension asks about their notebooks.

`_config.yml` names each framework once, in the order of the tabs:

    sphinx:
      config:
        frameworks: {numpy: NumPy, pytorch: PyTorch}

A key is the file name of the framework's notebooks and the sync id of its
tabs; its value is the label that a reader sees.
"""

from sphinx.errors import ConfigError


def parallel_notebooks(env, topic):
    """`(framework, label, docname of its notebook)`, in the order of the tabs."""
    return [
        (framework, label, f"notebooks/{topic}/{framework}")
        for framework, label in env.config.frameworks.items()
    ]


def mark(cell, framework):
    """Give a table's cell that names a framework its colour."""
    cell["classes"] += ["swatch", f"framework-{framework}"]


def why_unavailable(env, docname):
    """The sentence that says why a notebook could not run here, or None."""
    return getattr(env, "unavailable_notebooks", {}).get(docname)


def write_again_with(env, docname):
    """Have the page being read written again whenever that document is.

    Sphinx keeps this record for the pages that hold a table of contents, and
    forgets or merges it with the page.
    """
    env.files_to_rebuild.setdefault(docname, set()).add(env.docname)


def pages_showing_removed(app, env, added, changed, removed):
    """A removed notebook is not written again, so its pages are read again."""
    return {page for docname in removed for page in env.files_to_rebuild.get(docname, ())}


def check_frameworks(app, config):
    if not config.frameworks:
        raise ConfigError(
            "The list of frameworks is empty: write it in _config.yml, as "
            "sphinx: config: frameworks: {file name of the notebooks: label}."
        )


def setup(app):
    app.add_config_value("frameworks", {}, "env", types=[dict])
    app.connect("config-inited", check_frameworks)
    app.connect("env-get-outdated", pages_showing_removed)
    app.setup_extension("fail_again")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
