"""The search finds what the pages say, show and printed, and shows where."""

import re

import pytest
from playwright.sync_api import expect

from browsing import PATIENCE, parsed
from installed import INSTALLED
from parallel_notebooks import FRAMEWORKS, sources

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def search(page, address, words):
    """`{page: excerpt}`, the best first."""
    page.goto(f"{address}/search.html?q={words}")
    return results(page)


def results(page, kind=".excerpt"):
    expect(page.locator(".search-summary[role=status]")).to_contain_text(
        re.compile("found|did not match")
    )
    return {
        item.locator("a").get_attribute("href").split("#")[0]: "".join(
            item.locator(kind).all_inner_texts()
        )
        for item in page.locator("#search-results li").all()
    }


def test_prose_is_found(page, address):
    search(page, address, "vanilla")
    found = {path: excerpt for path, excerpt in results(page, "p.excerpt").items() if excerpt}
    assert "book/derivation.html" in found
    for path, excerpt in found.items():
        text = parsed(path).get_text()
        assert "vanilla" in excerpt.lower() and 60 < len(excerpt) < 260
        # Word for word what the page says, mathematics aside.
        assert re.sub(r"\W", "", excerpt) in re.sub(r"\W", "", text)


def test_where_a_sentence_and_a_formula_hold_it_the_sentence_is_shown(page, address):
    excerpt = search(page, address, "inverted")["book/derivation.html"]
    assert "invert" in excerpt and "\\" not in excerpt


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_code_is_found(page, address, framework):
    path = f"notebooks/dropout/{framework}.html"
    code = sources(framework)
    for _cell, word in [("dropout-layer", "dropout_layer"), ("training-loop", "train_iter")]:
        found = search(page, address, word)
        assert {path, "book/implementation.html"} <= found.keys()
        excerpt = found[path]
        assert word in excerpt and len(excerpt.splitlines()) <= 5
        assert any(excerpt in source for source in code.values())


@pytest.mark.parametrize("framework", INSTALLED)
def test_what_a_cell_printed_is_found(page, address, framework):
    path = f"notebooks/dropout/{framework}.html"
    soup = parsed(path)
    printed = [output.get_text() for output in soup.select(".cell_output pre, .cell_output tr")]
    figures = re.findall(r"\d\.\d{3,}", " ".join(printed))
    assert len(figures) > 3
    for figure in (figures[0], figures[-1]):
        excerpt = search(page, address, figure)[path]
        assert figure in excerpt
        assert any(re.sub(r"\W", "", excerpt) in re.sub(r"\W", "", text) for text in printed)


def test_what_is_nowhere_is_not_found(page, address):
    assert search(page, address, "brontosaurus") == {}
    assert search(page, address, "0.123456789") == {}


def by_keyboard(page):
    page.keyboard.press("Control+k")


def by_sidebar(page):
    page.locator(".bd-sidebar-primary .search-button-field").click()


def by_icon(page):
    page.locator(".bd-header-article .search-button").tap()


@pytest.mark.parametrize("start, options", [(by_keyboard, {}), (by_sidebar, {}), (by_icon, PHONE)])
def test_it_starts_anywhere(browser, address, start, options):
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/notebooks/dropout/numpy.html")
    start(page)
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.type("co-adaptation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=co-adaptation*")
    found = results(page)
    assert found
    path = next(iter(found))
    result = page.locator("#search-results li").first
    assert result.bounding_box()["width"] <= page.viewport_size["width"]
    result.locator("a").click()
    page.wait_for_url(f"**/{path}*")
    context.close()
