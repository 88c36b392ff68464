"""{semantics-table}: what each library's own dropout does, with advice on surprises."""

import pytest
import yaml

FRAMEWORKS = {"numpy": "NumPy", "jax": "JAX", "mxnet": "MXNet"}
REASON = "MXNet is not installed here: it has no wheel for Linux on aarch64."

SPEC = {
    "columns": {
        "jax": {"nnx.Dropout": "https://flax.example/dropout"},
        "mxnet": {
            "npx.dropout": "https://mxnet.example/npx",
            "nn.Dropout": "https://mxnet.example/nn",
        },
    },
    "questions": [
        {
            "key": "p = 1",
            "ask": "*At* one",
            "expected": ["zeros"],
            "advice": [{"in": ["mxnet"], "answer": "NaN", "text": "Beware of NaN."}],
        },
        {
            "key": "p = 1.1",
            "ask": "Above",
            "expected": ["ValueError"],
            "advice": [{"in": ["jax", "mxnet"], "answer": "zeros", "text": "Check `p`."}],
        },
        {"key": "switch", "ask": "Switch"},
    ],
}
JAX = {"nnx.Dropout": {"p = 1": "zeros", "p = 1.1": "zeros", "switch": "`deterministic=`"}}
MXNET = {
    "npx.dropout": {"p = 1": "NaN", "p = 1.1": "zeros", "switch": "a `with` block"},
    "nn.Dropout": {"p = 1": "NaN", "p = 1.1": "ValueError", "switch": "none"},
}

GLUE = """\
record = {{"versions": {versions!r}, "answers": {answers!r}}}
display({{"application/papermill.record/text/plain": repr(record)}}, raw=True,
        metadata={{"scrapbook": {{"name": "semantics",
                                  "mime_prefix": "application/papermill.record/"}}}})
"""


def notebook(book, framework, answers):
    book.notebook(
        f"notebooks/semantics/{framework}.ipynb",
        [("results", GLUE.format(versions=f"{FRAMEWORKS[framework]} 1.2.3", answers=answers))],
    )


def write_spec(book, spec):
    book.write("chapters/questions.yml", yaml.safe_dump(spec, sort_keys=False))


@pytest.fixture
def book(scratch_book):
    book = scratch_book(frameworks=FRAMEWORKS)
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/page.md",
        """\
# Page

```{semantics-table} questions.yml
:caption: What they do
```
""",
    )
    write_spec(book, SPEC)
    notebook(book, "jax", JAX)
    notebook(book, "mxnet", MXNET)
    return book


def rows(page):
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page.find("table").find_all("tr")
    ]


def test_answers_marks_and_advice(book):
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    page = book.html("chapters/page")
    assert rows(page) == [
        ["Question", "JAX nnx.Dropout", "MXNet npx.dropout", "MXNet nn.Dropout"],
        ["At one", "zeros", "NaN [1]", "NaN [1]"],
        ["Above", "zeros [2]", "zeros [2]", "ValueError"],
        ["Switch", "deterministic=", "a with block", "none"],
    ]
    table = page.find("table")
    assert [link["href"] for link in table.thead.find_all("a")] == [
        "../notebooks/semantics/jax.html",
        "https://flax.example/dropout",
        "../notebooks/semantics/mxnet.html",
        "https://mxnet.example/npx",
        "../notebooks/semantics/mxnet.html",
        "https://mxnet.example/nn",
    ]
    assert "with" in [code.get_text() for code in table.find_all("code")]

    # a mark is bold and a number, and leads to its sentence
    surprises = table.find_all("td", class_="surprise")
    assert [cell.strong.get_text() for cell in surprises] == ["NaN", "NaN", "zeros", "zeros"]
    for cell, text in zip(surprises, ["Beware of NaN."] * 2 + ["Check p."] * 2):
        assert page.find(id=cell.a["href"].removeprefix("#")).get_text().strip() == text
    assert len(page.find("ol").find_all("li")) == 2
    article = page.find("article").get_text()
    assert "An answer in bold, followed by a number in square brackets" in article
    assert "Measured with JAX 1.2.3, MXNet 1.2.3." in article

    # the table follows its notebooks and its questions
    notebook(book, "mxnet", {**MXNET, "nn.Dropout": {**MXNET["nn.Dropout"], "switch": "new"}})
    write_spec(book, {**SPEC, "questions": [{"key": "switch", "ask": "The switch"}]})
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    page = book.html("chapters/page")
    assert rows(page)[1:] == [["The switch", "deterministic=", "a with block", "new"]]
    assert "square brackets" not in page.find("article").get_text()
    assert not page.find("article").find("ol")


def test_a_library_that_cannot_run_is_excused(book):
    book.write(
        "extensions/fake_execution.py",
        f"""
def setup(app):
    app.connect("env-before-read-docs", lambda app, *_: setattr(
        app.env, "unavailable_notebooks", {{"notebooks/semantics/mxnet": {REASON!r}}}))
""",
    )
    book.configure(
        sphinx={"local_extensions": {"fake_execution": str(book.folder / "extensions")}}
    )
    notebook(book, "mxnet", {})
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    page = book.html("chapters/page")
    assert rows(page)[1:] == [
        ["At one", "zeros", "–", "–"],
        ["Above", "zeros [1]", "–", "–"],
        ["Switch", "deterministic=", "–", "–"],
    ]
    assert page.find("article").get_text().count(REASON) == 1
    # advice on what did not run here is not given
    assert [item.get_text().strip() for item in page.find("ol").find_all("li")] == ["Check p."]


@pytest.mark.parametrize(
    "answers, problem",
    [
        (
            {"p = 1": "zeros", "p = 1.1": "zeros"},
            "notebooks/semantics/jax has not answered 'switch' for nnx.Dropout",
        ),
        (
            {**JAX["nnx.Dropout"], "switch": "unknown: 7"},
            "notebooks/semantics/jax has not answered 'switch' for nnx.Dropout: unknown: 7",
        ),
        ({**JAX["nnx.Dropout"], "p = 1": "NaN"}, "no advice on 'p = 1' where jax answers: NaN"),
        (
            {**JAX["nnx.Dropout"], "p = 1.1": "ValueError"},
            "advice on 'p = 1.1' for what no form of dropout in jax does: zeros",
        ),
    ],
)
def test_what_does_not_fit_fails_every_build(book, answers, problem):
    notebook(book, "jax", {"nnx.Dropout": answers})
    for _ in range(2):
        run = book.build("-W", "--keep-going")
        assert run.returncode != 0
        warnings = [line for line in run.stdout.splitlines() if "WARNING: semantics" in line]
        assert len(warnings) == 1
        assert f"page.md:3: WARNING: semantics-table: {problem}" in warnings[0]


def test_a_notebook_that_glues_no_more_fails_the_build(book):
    assert book.build("-W").returncode == 0
    book.notebook("notebooks/semantics/jax.ipynb", [("results", "1 + 1")])
    run = book.build("-W")
    assert run.returncode != 0
    assert "notebooks/semantics/jax has not answered" in run.stdout


def test_a_missing_file_is_named(scratch_book):
    book = scratch_book(frameworks=FRAMEWORKS)
    book.page("index.md", "# Front page\n\n```{semantics-table} nowhere.yml\n```\n")
    run = book.build("-W")
    assert run.returncode != 0
    assert "nowhere.yml" in run.stdout and "semantics-table" in run.stdout
