"""missing_figures: a dash for the figure of a notebook that could not run here."""

GLUE = """\
display({"application/papermill.record/text/plain": "0.87654"}, raw=True,
        metadata={"scrapbook": {"name": "acc",
                                "mime_prefix": "application/papermill.record/"}})
"""


def book_without(scratch_book, docname):
    """A page that quotes one figure, `docname` being a notebook that could not run."""
    book = scratch_book(frameworks={"jax": "JAX", "mxnet": "MXNet"})
    book.write(
        "extensions/fake_execution.py",
        f"""
def setup(app):
    app.connect("env-before-read-docs", lambda app, *_: setattr(
        app.env, "unavailable_notebooks", {{{docname!r}: "No wheel."}}))
""",
    )
    book.configure(
        sphinx={"local_extensions": {"fake_execution": str(book.folder / "extensions")}}
    )
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/page.md",
        "# Page\n\nJAX {glue:text}`../notebooks/jax.ipynb::acc:.3f`, "
        "MXNet {glue:text}`../notebooks/mxnet.ipynb::acc:.3f`.\n",
    )
    book.notebook("notebooks/jax.ipynb", [("results", GLUE)])
    book.notebook("notebooks/mxnet.ipynb", [("results", "pass")])
    return book


def test_a_notebook_that_could_not_run_leaves_a_dash(scratch_book):
    book = book_without(scratch_book, "notebooks/mxnet")
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    assert "JAX 0.877, MXNet –." in book.html("chapters/page").get_text()


def test_a_figure_that_a_notebook_forgot_is_still_a_failure(scratch_book):
    run = book_without(scratch_book, "notebooks/other").build("-W", "--keep-going")
    assert run.returncode != 0
    assert "acc" in run.stdout
