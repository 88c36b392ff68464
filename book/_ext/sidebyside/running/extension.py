"""The running of notebooks, for Sphinx: which builders execute, and what pages show.

The builders of the website execute what is stale; any other only reads what is there, and
stops where something is stale. MyST-NB executes nothing: it is given each notebook with
its outputs.
"""

import json
from pathlib import Path

import nbformat
from sphinx.errors import SphinxError

from sidebyside.insides import myst_nb, sphinx
from sidebyside.running import words
from sidebyside.running.lock import hold
from sidebyside.running.notebooks import Book, NotebookFailure, console, load

EXECUTING_BUILDERS = {"html", "dirhtml"}


class Failure(SphinxError):
    category = words.FAILURE


class Outputs:
    """What the notebooks of one build show."""

    def __init__(self):
        self.book, self.shown = None, {}

    def take_over(self, app, config):
        """Where Jupyter Book is to show outputs from the cache, it is done here."""
        self.wanted = config.execution_is_ours and myst_nb.shows_cached_outputs(config)
        if self.wanted:
            myst_nb.execute_nothing(config)

    def find(self, app):
        app.env.unavailable_notebooks = {}
        if not self.wanted:
            return
        try:
            self.book = Book(app.srcdir)
            if app.builder.name in EXECUTING_BUILDERS:
                survey = self.book.execute(console(app.quiet))
            else:
                survey = self.book.survey()
                refuse_stale(survey)
        except NotebookFailure as failure:
            raise Failure(str(failure)) from failure
        app.env.unavailable_notebooks = survey.unavailable
        for docname, notebook in self.book.notebooks.items():
            self.shown[docname] = (
                survey.unavailable.get(docname)
                or self.book.cache.find(notebook.nb).created.isoformat()
            )

    def put_in(self, app, docname, source):
        """The outputs, in the place of those that may be stored in the notebook."""
        if docname not in self.shown:
            return
        nb = nbformat.reads(source[0], as_version=4)
        if docname in app.env.unavailable_notebooks:
            # Without this, which a kernel would tell, a magic is wrong Python: a warning.
            nb.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = []
        else:
            nb = self.book.cache.with_outputs(nb)
        source[0] = nbformat.writes(nb)

    def pages_to_read_again(self, app, env, added, changed, removed):
        """The notebooks whose pages show other outputs than those in the cache."""
        before = load(shown_file(app))
        return {
            docname for docname, outputs in self.shown.items() if before.get(docname) != outputs
        } - added

    def remember(self, app, exception):
        """Not in Sphinx's environment, which is saved after a page is read: an interrupted
        build has not written it. (After an exception, Sphinx reads every page again.)
        """
        shown_file(app).write_text(json.dumps(self.shown))


def refuse_stale(survey):
    stale = [
        words.STALE.format(docname=docname, reason=reason)
        for docname, reason in survey.stale.items()
    ]
    if stale or survey.failures:
        raise NotebookFailure("\n".join([*survey.failures, *stale, words.RUN_FIRST]))


def shown_file(app):
    return Path(app.doctreedir, f"notebooks-{app.builder.name}.json")


def setup(app):
    lock, outputs = hold(Path(app.srcdir)), Outputs()
    # False leaves it to MyST-NB: benchmarks/build.py measures what that costs.
    app.add_config_value("execution_is_ours", True, "", (bool,))
    app.add_config_value("execution_jobs", None, "", (int, type(None)))
    app.add_config_value("execution_depends", {}, "", (dict,))
    app.add_config_value("optional_libraries", None, "", (dict, type(None)))
    app.connect("config-inited", outputs.take_over)
    app.connect("builder-inited", outputs.find)
    app.connect("source-read", outputs.put_in)
    app.connect("env-get-outdated", outputs.pages_to_read_again)
    app.connect("build-finished", outputs.remember)
    app.connect("build-finished", sphinx.forget_after_warnings)
    app.connect("build-finished", lambda *_: lock.release(), priority=1000)  # after all others
    return {"parallel_read_safe": True, "parallel_write_safe": True}
