"""{dictionary}: for every idea the line of each framework, from the notebooks' cells."""

import nbformat
import pytest
from playwright.sync_api import expect

from browsing import parsed
from parallel_notebooks import FRAMEWORKS as ALL
from parallel_notebooks import sources
from sidebyside.showing.dictionary import NotOnePlace, shown

PAGE = "book/dictionary.html"
FIRST, SECOND, *_, LAST = ALL
PHONE = {"width": 390, "height": 844}

CELL = """\
def train(net):
    net.train()                 # dropout on
    for X in data:
        step(net(X),
             X)
    net.eval()
"""


@pytest.mark.parametrize(
    "pattern, text",
    [
        (r"net\.eval", "net.eval()"),
        (r"dropout on$", "net.train()  # dropout on"),
        (r"for X[\s\S]*?X\)$", "for X in data:\n    step(net(X),\n         X)"),
        (r"step\((.*),", "net(X)"),
    ],
)
def test_a_marker_shows_lines_or_its_group(pattern, text):
    assert shown(CELL.strip(), pattern) == text


@pytest.mark.parametrize(
    "pattern, message",
    [
        (r"net\.test", "matches 0 places, not one"),
        (r"net\.", "matches 2 places, not one"),
        (r"net(", "is no regular expression: missing )"),
    ],
)
def test_a_marker_matches_one_place(pattern, message):
    with pytest.raises(NotOnePlace, match=message.replace("(", r"\(").replace(")", r"\)")):
        shown(CELL, pattern)


def notebook(book, framework, markers):
    path = book.notebook(
        f"notebooks/dropout/{framework}.ipynb",
        [("seed", f"seed = {framework!r}  # one"), ("layer", "a = 1\nb = 2\nc = [a,\n     b]")],
    )
    nb = nbformat.read(path, as_version=4)
    nb.metadata["dictionary"] = markers
    nbformat.write(nb, path)


@pytest.fixture
def book(scratch_book):
    book = scratch_book(frameworks=["jax", "numpy"])
    book.configure(execute={"execute_notebooks": "off"})
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/page.md",
        """\
# Page

```{dictionary}
seed: The *seed*
both:
  idea: Both `a` and `b`
  none: {jax pytorch: it has `none`.}
```
""",
    )
    return book


def test_lines_are_taken_from_the_cells(book):
    notebook(book, "jax", {"seed": {"seed": "seed ="}})
    notebook(book, "numpy", {"seed": {"seed": "seed ="}, "both": {"layer": ["c = .*\n.*", "(2)"]}})
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    page = book.html("chapters/page")
    head, *rows = page.select(".dictionary tr")
    assert [each.get_text(strip=True) for each in head.select("th[scope=col]")] == [
        "Idea",
        "JAX",
        "NumPy",
    ]
    assert [each.get_text().strip() for each in page.select(".dictionary th[scope=row]")] == [
        "The seed",
        "Both a and b",
    ]
    found = [
        [[pre.get_text() for pre in cell.find_all("pre")] for cell in row.find_all("td")]
        for row in rows
    ]
    assert found == [
        [["seed = 'jax'  # one\n"], ["seed = 'numpy'  # one\n"]],
        [[], ["c = [a,\n     b]\n", "2\n"]],
    ]
    for row in [head, *rows]:
        cells = row.find_all(attrs={"data-framework": True})
        assert [cell["data-framework"] for cell in cells] == ["jax", "numpy"]
    none = rows[1].td
    assert none.select_one(".dictionary-none").get_text() == "None: it has none."
    assert rows[0].td.pre.select("span.n") and not none.select(".dictionary-place")
    place = rows[0].td.select_one(".dictionary-place a")
    assert place["href"] == "../notebooks/dropout/jax.html#a-notebook"
    assert place.get_text() == "A notebook"


def test_mistakes_are_named(book):
    notebook(book, "jax", {"both": {"layer": "a"}, "gone": {"layer": "a"}, "seed": {"layer": "="}})
    notebook(book, "numpy", {"seed": {"sed": "seed"}})
    run = book.build("-W", "--keep-going")
    assert run.returncode != 0
    for message in [
        "notebooks/dropout/jax, cell 'layer', idea 'seed': '=' matches 3 places, not one",
        "notebooks/dropout/jax marks a line for the idea 'both', of which the page says",
        "notebooks/dropout/jax marks a line for 'gone', which the page does not list",
        "notebooks/dropout/numpy has no cell tagged 'sed', named for the idea 'seed'",
        "notebooks/dropout/numpy marks no line for the idea 'both'",
    ]:
        assert f"page.md:3: WARNING: dictionary: {message}" in run.stdout

    book.page(
        "chapters/page.md",
        """\
# Page

```{dictionary}
seed: The seed
```

```{dictionary}
seed: Again
```

```{dictionary}
both: {idea: Both, none: {torch: a reason}}
```

```{dictionary}
a list
```
""",
    )
    run = book.build("-W", "--keep-going")
    assert run.returncode != 0
    for message in [
        "7: WARNING: dictionary: the idea 'seed' is listed twice",
        "11: ERROR: dictionary: `none` names unknown frameworks: torch; allowed: numpy pytorch",
        "15: ERROR: dictionary: expected are lines `key: words`, or `key:` with `idea: words`",
    ]:
        assert f"page.md:{message}" in run.stdout


@pytest.mark.built
def test_every_line_on_the_page_stands_in_a_cell_of_the_notebook_it_leads_to():
    blocks = 0
    for cell in parsed(PAGE).select(".dictionary td"):
        framework = cell["data-framework"]
        code = "\n".join(sources(framework).values())
        lines = {" ".join(line.split()) for line in code.splitlines()}
        for pre in cell.find_all("pre"):
            blocks += 1
            text = pre.get_text().rstrip("\n")
            if "\n" in text:
                assert {" ".join(line.split()) for line in text.splitlines()} <= lines
            else:
                assert any(" ".join(text.split()) in line for line in lines), text
        links = [link["href"].partition("#")[0] for link in cell.select(".dictionary-place a")]
        assert set(links) <= {f"../notebooks/dropout/{framework}.html"}
        assert bool(links) == bool(cell.pre) != bool(cell.select(".dictionary-none"))
    assert blocks > 100


def columns(page, scope=".dictionary td"):
    """The frameworks of the cells that are seen."""
    return set(
        page.eval_on_selector_all(
            f"{scope}[data-framework]",
            "all => all.filter(each => each.checkVisibility({contentVisibilityAuto: false}))"
            ".map(each => each.dataset.framework)",
        )
    )


def compare(page, framework):
    page.evaluate("name => document.documentElement.dataset.with = name", framework)


def test_all_columns_are_seen_or_the_pair(page, address):
    page.goto(f"{address}/{PAGE}?framework={SECOND}")
    assert columns(page) == columns(page, ".dictionary th") == set(ALL)
    everything = page.locator(".dictionary-all input").first
    expect(everything).to_be_hidden()
    compare(page, LAST)
    assert columns(page) == columns(page, ".dictionary th") == {SECOND, LAST}
    # No line is wrapped, and the pair fits without scrolling the table.
    table = page.locator(".dictionary").first
    assert table.locator(".pst-scrollable-table-container").evaluate(
        "box => box.scrollWidth <= box.clientWidth"
    )
    assert table.locator("pre").first.evaluate("pre => getComputedStyle(pre).whiteSpace") == "pre"
    everything.check()
    scope = ".dictionary:has(:checked) td"
    assert columns(page, scope) == set(ALL)


def test_on_a_phone_an_idea_is_a_block_with_the_chosen_line(page, address):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/{PAGE}?framework={LAST}")
    assert columns(page) == {LAST}
    row = page.locator(".dictionary tbody tr").first
    head, cell = row.locator("th"), row.locator(f"td[data-framework={LAST}]")
    assert head.bounding_box()["y"] + head.bounding_box()["height"] <= cell.bounding_box()["y"]
    expect(cell.locator(".dictionary-name")).to_have_text(ALL[LAST])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    compare(page, FIRST)
    assert columns(page) == {FIRST, LAST}
    page.locator(".dictionary-all").first.click()
    assert columns(page, ".dictionary:has(:checked) td") == set(ALL)


def test_on_paper_the_chosen_line_is_seen(page, address):
    page.goto(f"{address}/{PAGE}?framework={SECOND}")
    page.emulate_media(media="print")
    assert columns(page) == {SECOND}
    expect(page.locator(".dictionary-all").first).to_be_hidden()


def test_without_scripts_all_is_there(browser, address):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    seen = page.locator(".dictionary tbody tr").first.locator("td:visible")
    assert seen.count() == len(ALL)
    expect(page.locator(".dictionary-all").first).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_scrolls_is_a_stop_of_the_keyboard(page, address, width):
    """And what does not scroll is none, also after a pair was chosen."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/{PAGE}?framework={FIRST}")
    for chosen in (None, LAST):
        if chosen:
            compare(page, chosen)
        page.wait_for_function(
            """() => [...document.querySelectorAll(
                ".dictionary :is(pre, .pst-scrollable-table-container)")].every(each =>
                (each.scrollWidth > each.clientWidth) == (each.tabIndex == 0))"""
        )
