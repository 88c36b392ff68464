"""{side-by-side}: one cell of the parallel notebooks, a tab for each framework."""

from collections import Counter

import nbformat
import pytest
import yaml
from playwright.sync_api import expect

from browsing import served

FRAMEWORKS = {"pytorch": "PyTorch", "numpy": "NumPy", "mxnet": "MXNet"}

FIGURE = """\
%matplotlib inline
%config InlineBackend.figure_formats = ["{format}"]
import matplotlib.pyplot as plt
plt.plot([1, 2, 3]);"""


def configure(book, frameworks=FRAMEWORKS, mode="cache", **extensions):
    """Set the list of frameworks, in this order, and add extensions given as code."""
    config = yaml.safe_load((book.folder / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"]["frameworks"] = list(frameworks)
    config["execute"]["execute_notebooks"] = mode
    for name, code in extensions.items():
        book.write(f"extensions/{name}.py", code)
        config["sphinx"].setdefault("local_extensions", {})[name] = str(book.folder / "extensions")
    book.write("_config.yml", yaml.safe_dump(config, sort_keys=False))


def caption_figures(path):
    """Give the figures in a notebook a caption, and so an id."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("tags") == ["figure"]:
            cell.metadata["mystnb"] = {"figure": {"caption": "A line."}}
    nbformat.write(notebook, path)


def tab_sets(page):
    """For each set of tabs: its tabs, and its panels by framework."""
    for tab_set in page.find_all(class_="tab-set"):
        tabs = tab_set.select(":scope > .tab-row > [role=tablist] > [role=tab]")
        panels = tab_set.select(":scope > [role=tabpanel]")
        assert [tab["aria-controls"] for tab in tabs] == [panel["id"] for panel in panels]
        assert [panel["aria-labelledby"] for panel in panels] == [tab["id"] for tab in tabs]
        assert tab_set["data-frameworks"].split() == [tab["data-framework"] for tab in tabs]
        yield tabs, {panel["data-framework"]: panel for panel in panels}


def blocks(content):
    """What a tab shows: the text of its code blocks and outputs, in order."""
    return [block.get_text().strip() for block in content.find_all("pre")]


def sources(content):
    return [image["src"] for image in content.find_all("img")]


def test_cells_as_they_ran(scratch_book, page):
    book = scratch_book()
    reason = "MXNet is not installed here: it has no wheel for Linux on aarch64."
    configure(
        book,
        fake_execution=f"""
def setup(app):
    app.connect("env-before-read-docs", lambda app, *_: setattr(
        app.env, "unavailable_notebooks", {{"notebooks/dropout/mxnet": {reason!r}}}))
""",
    )
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/deep/page.md",
        """\
# A page in another folder

```{table} A table, so that the page has ids of its own
| a |
|---|
| b |
```

```{side-by-side} layer
```

```{side-by-side} figure
```

```{side-by-side} figure
:output-only:
```

```{side-by-side} layer
:code-only:
```

```{side-by-side} layer
:frameworks: numpy pytorch
```
""",
    )
    for framework in FRAMEWORKS:
        path = book.notebook(
            f"notebooks/dropout/{framework}.ipynb",
            [
                ("setup", f"name = '{framework}'"),
                ("layer", "print('first', name)"),
                ("other", "print('not shown')"),
                ("layer", "print('second', name)"),
                ("figure", FIGURE.format(format="svg" if framework == "numpy" else "png")),
            ],
        )
        caption_figures(path)
    run = book.build("-W")
    assert run.returncode == 0, run.stdout

    soup = book.html("chapters/deep/page")
    layer, figure, output_only, code_only, some = tab_sets(soup)

    # tabs in the order of the list, that switch together
    for labels, _ in (layer, figure, output_only, code_only):
        assert [label.get_text().strip() for label in labels] == ["PyTorch", "NumPy", "MXNet"]
        assert [label["data-framework"] for label in labels] == ["pytorch", "numpy", "mxnet"]
        assert [label["aria-selected"] for label in labels] == ["true", "false", "false"]

    # each under its name, for readers without tabs
    for label, panel in zip(layer[0], layer[1].values()):
        assert panel.select_one(":scope > .tab-name:first-child").get_text() == label.get_text()

    # all cells with the tag, in order, code and output, highlighted
    _, tabs = layer
    for framework in ("pytorch", "numpy"):
        assert blocks(tabs[framework]) == [
            "print('first', name)",
            f"first {framework}",
            "print('second', name)",
            f"second {framework}",
        ]
        assert tabs[framework].find(class_="cell_input").select(".highlight span.nb")

    # figures, at addresses that are right from this page
    _, tabs = figure
    folder = book.folder / "_build" / "html" / "chapters" / "deep"
    for framework, suffix in (("pytorch", ".png"), ("numpy", ".svg")):
        assert blocks(tabs[framework])[0].startswith("%matplotlib inline")
        (source,) = sources(tabs[framework])
        assert source.endswith(suffix)
        assert (folder / source).stat().st_size > 1000

    # only the one or the other
    assert not blocks(output_only[1]["numpy"]) and sources(output_only[1]["numpy"])
    for tab in code_only[1].values():
        assert blocks(tab) == ["print('first', name)", "print('second', name)"]

    # only some, in the order of the list
    assert [label["data-framework"] for label in some[0]] == ["pytorch", "numpy"]
    assert blocks(some[1]["numpy"]) == blocks(layer[1]["numpy"])

    # a notebook that could not run here: the reason, and the code alone
    tab = layer[1]["mxnet"]
    assert reason in tab.select_one(":scope > .tab-name + .admonition").get_text()
    assert blocks(tab) == ["print('first', name)", "print('second', name)"]
    assert reason in output_only[1]["mxnet"].get_text()
    assert not sources(figure[1]["mxnet"]) and not sources(output_only[1]["mxnet"])
    for tab in (layer[1]["numpy"], layer[1]["pytorch"]):
        assert not tab.find(class_="admonition")

    # ids, of figures with a caption too, are unique
    assert figure[1]["numpy"].find("figure")["id"]
    ids = Counter(element["id"] for element in soup.find_all(id=True))
    assert [id for id, times in ids.items() if times > 1] == []

    # compared with it, the reason stands beside the other's cells
    with served(site=book.folder / "_build" / "html") as address:
        page.goto(f"{address}/chapters/deep/page.html?framework=numpy&with=mxnet")
        beside = page.locator(".tab-set").first.locator(".tab-panel:visible")
        assert [each.get_attribute("data-framework") for each in beside.all()] == [
            "numpy",
            "mxnet",
        ]
        expect(beside.nth(1)).to_contain_text(reason)
        expect(beside.nth(1)).to_contain_text("print('second', name)")


def test_a_page_follows_its_notebooks(scratch_book):
    """After an edit, after a re-execution without one, when there are more or fewer."""
    book = scratch_book()
    frameworks = {"pytorch": "PyTorch", "numpy": "NumPy"}
    execution = {
        "fake_execution": """
import os
def setup(app):
    app.connect("env-get-outdated", lambda *args: os.environ["OUTDATED"].split())
"""
    }
    configure(book, frameworks, mode="force", **execution)
    book.page("index.md", "# Front page\n")
    book.page("page.md", "# Page\n\n```{side-by-side} layer\n```\n")
    book.page("other.md", "# Other\n")
    code = "import os; print(os.environ['STAMP'])"
    for framework in frameworks:
        book.notebook(f"notebooks/dropout/{framework}.ipynb", [("layer", code)])

    def shown():
        ((_, tabs),) = tab_sets(book.html("page"))
        return {framework: blocks(tab) for framework, tab in tabs.items()}

    run = book.build("-W", STAMP="one", OUTDATED="")
    assert run.returncode == 0, run.stdout
    assert shown() == {"pytorch": [code, "one"], "numpy": [code, "one"]}

    def last_read(docname):
        return (book.folder / "_build" / ".doctrees" / f"{docname}.doctree").stat().st_mtime_ns

    before = last_read("other")
    edited = code + "  # edited"
    book.notebook("notebooks/dropout/pytorch.ipynb", [("layer", edited)])
    run = book.build("-W", STAMP="two", OUTDATED="notebooks/dropout/numpy")
    assert run.returncode == 0, run.stdout
    assert shown() == {"pytorch": [edited, "two"], "numpy": [code, "two"]}
    assert last_read("other") == before

    # another framework is one line in the list and a notebook
    configure(book, {**frameworks, "jax": "JAX"}, mode="force", **execution)
    book.notebook("notebooks/dropout/jax.ipynb", [("layer", code)])
    run = book.build("-W", STAMP="three", OUTDATED="")
    assert run.returncode == 0, run.stdout
    assert shown() == {
        "pytorch": [edited, "three"],
        "numpy": [code, "three"],
        "jax": [code, "three"],
    }

    # a notebook that went away is missed
    book.folder.joinpath("notebooks/dropout/jax.ipynb").unlink()
    toc = yaml.safe_load((book.folder / "_toc.yml").read_text(encoding="utf-8"))
    toc["chapters"].remove({"file": "notebooks/dropout/jax"})
    book.write("_toc.yml", yaml.safe_dump(toc))
    run = book.build("-W", STAMP="four", OUTDATED="")
    assert run.returncode != 0
    assert "no notebook notebooks/dropout/jax" in run.stdout


def test_what_is_missing_fails_every_build_until_it_is_there(scratch_book):
    book = scratch_book()
    configure(book, {"numpy": "NumPy", "jax": "JAX"})
    book.page("index.md", "# Front page\n")
    book.page("page.md", "# Page\n\n```{side-by-side} layer\n:topic: noise\n```\n")
    book.notebook("notebooks/noise/numpy.ipynb", [("other", "print('numpy')")])
    no_cell = "side-by-side: notebooks/noise/numpy has no cell tagged 'layer'"
    no_notebook = "side-by-side: no notebook notebooks/noise/jax to take 'layer' from"

    assert book.build().returncode == 0  # Sphinx takes no offence without -W
    for _ in range(2):  # and nothing changes in between
        run = book.build("-W")
        assert run.returncode != 0
        assert "page.md:3:" + no_cell in run.stdout
    for _ in range(2):
        run = book.build("-W", "--keep-going")
        assert run.returncode != 0
        assert "page.md:3: WARNING: " + no_cell in run.stdout
        assert "page.md:3: WARNING: " + no_notebook in run.stdout

    book.notebook("notebooks/noise/numpy.ipynb", [("layer", "print('numpy')")])
    book.notebook("notebooks/noise/jax.ipynb", [("layer", "print('jax')")])
    run = book.build("-W", "--keep-going")
    assert run.returncode == 0, run.stdout
    ((_, tabs),) = tab_sets(book.html("page"))
    assert [blocks(tab)[-1] for tab in tabs.values()] == ["numpy", "jax"]


@pytest.mark.parametrize(
    "frameworks, page, message",
    [
        ({}, "", "The list of frameworks is empty: leave it out of _config.yml"),
        (
            FRAMEWORKS,
            "```{side-by-side} layer\n:code-only:\n:output-only:\n```\n",
            "page.md:3:side-by-side: choose :code-only: or :output-only:, not both",
        ),
        (
            FRAMEWORKS,
            "```{side-by-side} layer\n:frameworks: numpy torch\n```\n",
            "page.md:3:side-by-side: unknown frameworks: torch; allowed: pytorch numpy mxnet",
        ),
    ],
    ids=["no frameworks", "both options", "unknown framework"],
)
def test_mistakes_are_named(scratch_book, frameworks, page, message):
    book = scratch_book()
    configure(book, frameworks)
    book.page("index.md", "# Front page\n")
    book.page("page.md", "# Page\n\n" + page)
    run = book.build("-W")
    assert run.returncode != 0
    assert message in run.stdout
