"""A library chosen once stays chosen: on every page, and after a reload."""

import pytest
from playwright.sync_api import expect

from parallel_notebooks import FRAMEWORKS, TAGS, sources

TABBED = ["book/implementation.html", "book/derivation.html", "book/comparison.html"]


def chosen(page):
    """The sync ids of the chosen tabs, one for each set of tabs on the page."""
    return page.eval_on_selector_all(
        ".sd-tab-set > input:checked",
        "inputs => inputs.map(input => input.nextElementSibling.dataset.syncId)")


def tab(page, framework, number=0):
    return page.locator(f'.sd-tab-set label[data-sync-id="{framework}"]').nth(number)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_one_click_chooses_on_every_page_and_for_good(page, address, framework):
    page.goto(f"{address}/{TABBED[0]}")
    tab(page, framework, number=3).click()
    for path in TABBED:
        page.goto(f"{address}/{path}")
        page.reload()
        tab_sets = page.locator(".sd-tab-set").count()
        assert tab_sets > 0 and chosen(page) == [framework] * tab_sets
        for panel in page.locator(".sd-tab-set > input:checked + label + .sd-tab-content").all():
            expect(panel).to_be_visible()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_address_can_choose(page, address, framework):
    page.goto(f"{address}/{TABBED[0]}?framework={framework}")
    assert set(chosen(page)) == {framework}
    page.goto(f"{address}/{TABBED[1]}")
    assert set(chosen(page)) == {framework}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_front_page_can_choose(page, address, framework):
    page.goto(f"{address}/book/index.html")
    page.locator(f".framework-{framework}").click()
    page.wait_for_url("**/implementation.html*")
    assert set(chosen(page)) == {framework}


def test_the_keyboard_can_choose(page, address):
    page.goto(f"{address}/{TABBED[0]}")
    page.locator(".sd-tab-set > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert set(chosen(page)) == {list(FRAMEWORKS)[1]}


def test_the_first_library_is_chosen_for_a_new_reader(page, address):
    page.goto(f"{address}/{TABBED[0]}")
    assert set(chosen(page)) == {next(iter(FRAMEWORKS))}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_chapters_show_every_cell_as_it_is_in_the_notebook(page, address, framework):
    shown = []
    for path in TABBED[:2]:
        page.goto(f"{address}/{path}?framework={framework}")
        shown += page.locator(".sd-tab-content:visible .cell_input pre").all_inner_texts()
    cells = sources(framework)
    assert [tag for tag in TAGS if cells[tag].rstrip() not in
            [code.rstrip() for code in shown]] == []
