"""{semantics-table}: what each library's own dropout does, with advice on surprises."""

import pytest
import yaml

from browsing import served

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


def test_what_this_machine_lacks_surprises_nobody(book):
    """Nor is advice given on what would have been answered elsewhere."""
    write_spec(book, {**SPEC, "excuses": ["no compiler"]})
    notebook(book, "jax", {"nnx.Dropout": {**JAX["nnx.Dropout"], "p = 1.1": "no compiler"}})
    notebook(
        book, "mxnet", {**MXNET, "npx.dropout": {**MXNET["npx.dropout"], "p = 1.1": "ValueError"}}
    )
    run = book.build("-W", "--keep-going")
    assert run.returncode != 0  # MXNet has a compiler, and advice on what it does not do
    assert "advice on 'p = 1.1' for what no form of dropout in mxnet does" in run.stdout
    assert "in jax does" not in run.stdout

    notebook(book, "mxnet", MXNET)
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    assert rows(book.html("chapters/page"))[2] == [
        "Above",
        "no compiler",
        "zeros [2]",
        "ValueError",
    ]


# --- with a pair chosen


def choose(page, framework, other):
    page.evaluate(
        """([framework, other]) => {
            const {dataset} = document.documentElement;
            dataset.framework = framework;
            if (other) dataset.with = other; else delete dataset.with;
            document.dispatchEvent(new Event("frameworkschange"));
        }""",
        [framework, other],
    )


def visible(page, selector):
    return [
        " ".join(element.inner_text().split())
        for element in page.locator(f".semantics {selector}").all()
        if element.is_visible()
    ]


def test_a_pair_shows_its_columns_and_all_are_a_click_away(scratch_book, page):
    frameworks = {**FRAMEWORKS, "paddle": "PaddlePaddle"}
    columns = {**SPEC["columns"], "paddle": {"F.dropout": "https://paddle.example"}}
    book = scratch_book(frameworks=frameworks)
    book.page("index.md", "# Front page\n")
    book.page("chapters/page.md", "# Page\n\n```{semantics-table} questions.yml\n```\n")
    write_spec(book, {**SPEC, "columns": columns})
    notebook(book, "jax", JAX)
    notebook(book, "mxnet", MXNET)
    book.notebook(
        "notebooks/semantics/paddle.ipynb",
        [
            (
                "results",
                GLUE.format(
                    versions="PaddlePaddle 1.2.3",
                    answers={
                        "F.dropout": {"p = 1": "zeros", "p = 1.1": "ValueError", "switch": "s"}
                    },
                ),
            )
        ],
    )
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    everything = ["Question", "JAX nnx.Dropout", "MXNet npx.dropout", "MXNet nn.Dropout"]
    everything.append("PaddlePaddle F.dropout")
    with served(site=book.folder / "_build" / "html") as address:
        page.goto(f"{address}/chapters/page.html")
        assert visible(page, "thead th") == everything
        assert visible(page, ".semantics-shown") == []
        assert visible(page, "li") == ["Beware of NaN.", "Check p."]

        # advice is numbered for what is shown
        choose(page, "jax", "paddle")
        assert visible(page, "thead th") == ["Question", everything[1], everything[4]]
        assert visible(page, "tbody tr:nth-child(2) td") == ["zeros [1]", "ValueError"]
        assert visible(page, "li") == ["Check p."]
        assert visible(page, "[role=status]") == ["Shown: JAX and PaddlePaddle."]

        # a library without a column says so; the other's is shown
        choose(page, "mxnet", "numpy")
        assert visible(page, "thead th") == ["Question", *everything[2:4]]
        assert visible(page, "tbody tr:nth-child(2) td") == ["zeros [2]", "ValueError"]
        (said,) = visible(page, "[role=status]")
        assert said.endswith("NumPy has no dropout of its own, and so no column.")

        # all, by the keyboard, and back
        page.locator(".semantics-shown button").press("Enter")
        assert visible(page, "thead th") == everything
        assert visible(page, "button") == ["Show MXNet and NumPy only"]
        page.locator(".semantics-shown button").press("Enter")
        assert visible(page, "thead th") == ["Question", *everything[2:4]]

        # no pair, one twice, one unknown: all
        for other in (None, "mxnet", "keras"):
            choose(page, "mxnet", other)
            assert visible(page, "thead th") == everything
            assert visible(page, "button") == []


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
