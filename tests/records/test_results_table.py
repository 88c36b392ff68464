"""{results-table}: what each framework reached, out of the notebooks' own glue."""

import pytest

FRAMEWORKS = {"jax": "JAX", "mxnet": "MXNet", "numpy": "NumPy"}
REASON = "MXNet is not installed here: it has no wheel for Linux on aarch64."

GLUE = """\
for key, value in {figures}.items():
    display({{"application/papermill.record/text/plain": repr(value)}}, raw=True,
            metadata={{"scrapbook": {{"name": key,
                                      "mime_prefix": "application/papermill.record/"}}}})
"""


def notebook(book, framework, figures):
    """A notebook that glues these figures."""
    book.notebook(
        f"notebooks/dropout/{framework}.ipynb", [("results", GLUE.format(figures=figures))]
    )


def without_mxnet(book):
    """Have the build say that MXNet's notebook could not run."""
    book.write(
        "extensions/fake_execution.py",
        f"""
def setup(app):
    app.connect("env-before-read-docs", lambda app, *_: setattr(
        app.env, "unavailable_notebooks", {{"notebooks/dropout/mxnet": {REASON!r}}}))
""",
    )
    book.configure(
        sphinx={"local_extensions": {"fake_execution": str(book.folder / "extensions")}}
    )


def rows(page):
    return [
        [cell.get_text().strip() for cell in row.find_all(["th", "td"])]
        for row in page.find("table").find_all("tr")
    ]


@pytest.fixture
def book(scratch_book):
    """A page in a folder with a table; MXNet's notebook glues nothing and is excused."""
    book = scratch_book(frameworks=FRAMEWORKS)
    without_mxnet(book)
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/page.md",
        """\
# Page

```{results-table}
:models: concise scratch
:columns: test_acc seconds
:caption: After *ten* epochs
```
""",
    )
    notebook(
        book,
        "jax",
        {
            "concise_test_acc": 0.87654,
            "concise_seconds": 1.0,
            "scratch_test_acc": 0.8,
            "scratch_seconds": 12.3456,
        },
    )
    notebook(book, "mxnet", {})
    notebook(
        book,
        "numpy",
        {
            "concise_test_acc": 0.9,
            "concise_seconds": 2,
            "scratch_test_acc": 0.7,
            "scratch_seconds": 3,
        },
    )
    return book


def test_glued_figures(book):
    run = book.build("-W")
    assert run.returncode == 0, run.stdout

    page = book.html("chapters/page")
    assert rows(page) == [
        ["Framework", "Model", "Test accuracy", "Seconds per epoch"],
        ["JAX", "concise", "0.877", "1.00"],
        ["JAX", "from scratch", "0.800", "12.35"],
        ["MXNet", "concise", "–", "–"],
        ["MXNet", "from scratch", "–", "–"],
        ["NumPy", "concise", "0.900", "2.00"],
        ["NumPy", "from scratch", "0.700", "3.00"],
    ]
    table = page.find("table")
    assert "After ten epochs" in table.caption.get_text()
    assert all(cell.name == "th" for cell in table.thead.find_all(["th", "td"]))
    assert all(row.find(["th", "td"]).name == "th" for row in table.tbody.find_all("tr"))
    assert [link["href"] for link in table.tbody.find_all("a")] == [
        f"../notebooks/dropout/{framework}.html" for framework in FRAMEWORKS for model in range(2)
    ]
    assert page.get_text().count(REASON) == 1
    assert table.find_next("p", string=REASON)

    # the table follows its notebooks
    notebook(
        book,
        "numpy",
        {
            "concise_test_acc": 0.91,
            "concise_seconds": 2,
            "scratch_test_acc": 0.71,
            "scratch_seconds": 3,
        },
    )
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    assert rows(book.html("chapters/page"))[-2:] == [
        ["NumPy", "concise", "0.910", "2.00"],
        ["NumPy", "from scratch", "0.710", "3.00"],
    ]

    # a notebook that glues no more leaves nothing old behind
    notebook(book, "numpy", {})
    for _ in range(2):
        run = book.build("-W")
        assert run.returncode != 0
        assert (
            "page.md:3:results-table: notebooks/dropout/numpy has not glued 'concise_test_acc'"
        ) in run.stdout


def test_a_missing_figure_fails_every_build(book):
    notebook(book, "numpy", {"concise_test_acc": 0.9, "concise_seconds": 2, "scratch_seconds": 3})
    for _ in range(2):
        run = book.build("-W", "--keep-going")
        assert run.returncode != 0
        warnings = [line for line in run.stdout.splitlines() if "WARNING: results" in line]
        assert len(warnings) == 1
        assert (
            "page.md:3: WARNING: results-table: notebooks/dropout/numpy has not glued "
            "'scratch_test_acc'"
        ) in warnings[0]
    assert rows(book.html("chapters/page"))[-1] == ["NumPy", "from scratch", "?", "3.00"]


def test_mistakes_are_named(scratch_book):
    book = scratch_book(frameworks={"numpy": "NumPy"})
    book.page("index.md", "# Front page\n")
    book.page(
        "page.md",
        """\
# Page

```{results-table}
:models: scratch sratch
:columns: test_acc accuracy
```
""",
    )
    run = book.build("-W", "--keep-going")
    assert run.returncode != 0
    assert "unknown: sratch; allowed: scratch concise" in run.stdout
    assert "unknown: accuracy; allowed: train_loss train_acc test_acc seconds" in run.stdout
