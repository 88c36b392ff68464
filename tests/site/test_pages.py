"""Every page: complete, described, and narrow enough."""

import re
from html import unescape
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import nbformat
import pytest
import yaml

import address as address_tool
from browsing import html, lay_out_all, links, parsed
from installed import INSTALLED
from parallel_notebooks import ROOT, SITE
from single_notebooks import SINGLE
from visits import FOLLOWED


def test_links_lead_to_every_page(pages):
    files = {
        path.relative_to(SITE).as_posix()
        for path in SITE.rglob("*.html")
        if "_static" not in path.parts
    }
    # The one leads to the front page by itself; the other is for addresses that have no page.
    assert set(pages) == files - {"index.html", "404.html"}


def test_every_document_of_the_contents_is_a_page(pages):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = [
        toc["root"],
        *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"]),
    ]
    assert {f"{docname}.html" for docname in listed} <= set(pages)


ID = re.compile(r'<[^>]*\sid="([^"]*)"')


def test_every_internal_link_and_anchor_leads_somewhere(pages):
    anchors = {path: set(map(unescape, ID.findall(html(path)))) for path in pages}
    broken = []
    for path in pages:
        for link in links(path):
            target, anchor = urldefrag(urljoin(f"http://site/{path}", link))
            parts = urlsplit(target)
            if parts.netloc != "site":
                continue
            file = unquote(parts.path).lstrip("/") or "index.html"
            if not (SITE / file).is_file():
                broken.append(f"{path}: {link}")
            elif anchor and file in anchors and anchor not in anchors[file]:
                broken.append(f"{path}: no #{anchor} in {file}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("place", [FOLLOWED], indirect=True)
def test_links_within_a_page_lead_to_the_top_of_the_screen(visited):
    """Also past sections that are laid out only when they come near."""
    assert not visited.astray, "\n".join(visited.astray)
    assert visited.followed > 100


def test_every_figure_is_there_and_described(visited, pages):
    figures = 0
    for path in pages:
        for said, natural in visited.figures[path]:
            assert len(said.get("alt") or "") > 40, f"{path}: {said}"
            assert said.get("loading") == "lazy", f"{path}: {said}"
            both = zip(natural, (int(said["width"]), int(said["height"])))
            assert all(abs(a - b) <= 1 for a, b in both), f"{path}: {said}, {natural}"
            figures += 1
    # Three in each notebook, one in the audits of the textbook's four tabs, and the same
    # in tabs in the chapters, where one of the three is shown twice.
    tabs = {"pytorch", "tensorflow", "mxnet", "paddle"} & set(INSTALLED)
    folders = tuple(f"notebooks/{topic}/" for topic in [*SINGLE, "at-work"])
    single = [path for path in pages if path.startswith(folders)]
    drawn = {path: drawings((ROOT / path).with_suffix(".ipynb")) for path in single}
    asked = [path for path in single if "/experiments/" in path]
    # And in the chapters those that they show and those that the build draws, and in the table
    # of answers, and in the exercises, an interval for each question.
    expected = (2 * 3 + 1) * len(INSTALLED) + 2 * len(tabs) + 2 * len(asked)
    assert figures == expected + sum(map(len, drawn.values())) + sum(
        map(shown, ROOT.glob("book/*.md"))
    )


def drawings(path):
    """Tags of the cells of a notebook that draw."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.metadata.tags[0] for cell in cells if "image" in cell.metadata.get("mystnb", {})]


def shown(page):
    """How many drawings a page shows of single notebooks, and of the build."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"\{cell\} \.\./(\S+)\n:tag: (\S+)\n(:code-only:)?", text)
    built = re.findall(r"\{(?:(?:speed|mutants)-figure|likeness|experiments-plan\} images)", text)
    cells = sum(tag in drawings(ROOT / file) for file, tag, code_only in found if not code_only)
    return cells + len(built)


def test_every_notebook_page_opens_that_notebook_in_colab_and_studio_lab(pages):
    url, branch = address_tool.repository(ROOT)
    repository = url.partition("github.com/")[2]
    notebooks = [path for path in pages if path.startswith("notebooks/")]
    assert notebooks
    for path in notebooks:
        links = {link["href"] for link in parsed(path).find_all("a", href=True)}
        notebook = path.replace(".html", ".ipynb")
        tail = f"/github/{repository}/blob/{branch}/{notebook}"
        assert f"https://colab.research.google.com{tail}" in links
        assert f"https://studiolab.sagemaker.aws/import{tail}" in links


def test_mathematics_needs_no_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/book/derivation.html")
    written = page.locator(".math").count()
    assert written > 30
    assert page.locator(".math mjx-container").count() == written
    for formula in page.locator("article p .math mjx-math").all():
        assert formula.bounding_box()["width"] > 0
    context.close()


def test_a_screen_reader_is_told_every_formula(page, address):
    page.goto(f"{address}/book/derivation.html")
    # As MathML; the glyphs are hidden from it.
    article = page.locator("article")
    assert article.get_by_role("math").count() == article.locator(".math").count() > 30
    assert page.locator('.math mjx-math:not([aria-hidden="true"])').count() == 0
    tree = page.locator("#equation-eq-mean").aria_snapshot()
    assert re.search(r"\(\d+\)", tree) and "math" in tree


def test_equations_are_referred_to_by_their_numbers(page, address):
    page.goto(f"{address}/book/derivation.html")
    lay_out_all(page)
    references = page.locator('article a[href^="#equation-"]:not(.headerlink)')
    assert references.count() > 3
    for reference in references.all():
        equation = page.locator(reference.get_attribute("href"))
        assert equation.locator(".eqno").inner_text().startswith(reference.inner_text())


def test_a_long_formula_scrolls_in_itself(browser, address):
    context = browser.new_context(viewport={"width": 320, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/book/derivation.html")
    hidden = page.locator("div.math").evaluate_all(
        """formulas => formulas.filter(formula => formula.scrollWidth > formula.clientWidth
            && getComputedStyle(formula).overflowX != "auto").map(formula => formula.id)"""
    )
    assert hidden == []
    context.close()


def test_nothing_is_cut_off_and_no_page_scrolls_sideways(visited):
    assert not visited.too_wide, "\n".join(visited.too_wide)
