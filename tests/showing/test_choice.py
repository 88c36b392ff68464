"""A library chosen once stays chosen: on every page, and after a reload."""

from itertools import cycle

import pytest
from playwright.sync_api import expect

from browsing import lay_out_all
from parallel_notebooks import FRAMEWORKS, TAGS, sources

TABBED = ["book/implementation.html", "book/derivation.html", "book/comparison.html"]
FRONT = "book/index.html"  # the lightest page with tabs, which are one set
FIRST, SECOND, *_, LAST = FRAMEWORKS


def chosen(page):
    """The frameworks of the tabs that are selected, one for each set on the page."""
    return page.eval_on_selector_all(
        '[role="tab"][aria-selected="true"]', "tabs => tabs.map(tab => tab.dataset.framework)"
    )


def seen(page):
    """The frameworks of the panels that are seen."""
    return page.eval_on_selector_all(
        '[role="tabpanel"]',
        """panels => panels.filter(panel => panel.lastElementChild.checkVisibility())
                                                .map(panel => panel.dataset.framework)""",
    )


def tab(page, framework, number=0):
    return page.locator(f'[role="tab"][data-framework="{framework}"]').nth(number)


def test_one_click_chooses_on_every_page_and_for_good(page, address):
    """On each page two libraries are clicked; the other pages, and this one anew, follow."""
    page.goto(f"{address}/{TABBED[0]}")
    for number, framework in enumerate([*FRAMEWORKS][::-1]):
        tab(page, framework, number=-1).click()
        page.reload()
        for turn in range(len(TABBED)):
            if turn:
                page.goto(f"{address}/{TABBED[(number + turn) % len(TABBED)]}")
            tab_sets = page.locator(".tab-set").count()
            assert tab_sets > 0 and chosen(page) == seen(page) == [framework] * tab_sets
        page.goto(f"{address}/{TABBED[(number + 1) % len(TABBED)]}")


def test_the_address_can_choose(page, address):
    for path, framework in zip(cycle([FRONT, *TABBED]), FRAMEWORKS):
        page.goto(f"{address}/{path}?framework={framework}")
        assert set(chosen(page)) == set(seen(page)) == {framework}
        page.goto(f"{address}/{FRONT}")
        assert set(chosen(page)) == {framework}
        page.evaluate("localStorage.clear()")


def test_a_choice_outlasts_the_address_that_chose_before(page, address):
    page.goto(f"{address}/{TABBED[0]}?framework={SECOND}#the-data")
    tab(page, LAST).click()
    assert page.url.endswith(f"?framework={LAST}#the-data")
    page.reload()
    assert set(chosen(page)) == {LAST}


@pytest.mark.parametrize("asked", ["keras", "", "constructor", "<b>"])
def test_an_address_that_asks_for_another_library_is_answered(page, address, asked):
    page.goto(f"{address}/{TABBED[2]}?framework={SECOND}")
    page.goto(f"{address}/{TABBED[2]}?framework={asked}")
    notice = page.get_by_role("status")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text(f"no library “{asked}”")
    for label in FRAMEWORKS.values():
        expect(notice).to_contain_text(label)
    assert set(chosen(page)) == {SECOND}, "the reader's choice stays"
    tab(page, LAST).click()
    expect(notice).not_to_contain_text("no library")


def test_the_front_page_can_choose(page, address):
    for framework in [*FRAMEWORKS][::-1]:
        page.goto(f"{address}/{FRONT}")
        tab(page, framework).click()
        assert seen(page) == [framework]
        page.goto(f"{address}/{TABBED[2]}")
        assert set(chosen(page)) == {framework}


def test_a_choice_is_announced(page, address):
    page.goto(f"{address}/{TABBED[0]}")
    expect(page.get_by_role("status")).to_have_text("")
    tab(page, LAST).click()
    expect(page.get_by_role("status")).to_have_text(f"Every example is now in {FRAMEWORKS[LAST]}.")


@pytest.mark.parametrize(
    "keys, reached",
    [
        (["ArrowRight"], SECOND),
        (["ArrowLeft"], LAST),
        (["End"], LAST),
        (["End", "Home"], FIRST),
        (["ArrowRight", "ArrowLeft"], FIRST),
        (["End", "ArrowRight"], FIRST),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else value,
)
def test_the_keyboard_can_choose(page, address, keys, reached):
    page.goto(f"{address}/{TABBED[2]}")
    tab(page, FIRST).focus()
    for key in keys:
        page.keyboard.press(key)
    assert set(chosen(page)) == {reached}
    assert tab(page, reached).evaluate("tab => tab === document.activeElement")


def test_the_tab_key_reaches_the_chosen_tab_alone(page, address):
    page.goto(f"{address}/{TABBED[0]}?framework={SECOND}")
    page.locator(".tab-set").nth(1).evaluate("set => set.previousElementSibling.tabIndex = -1")
    page.locator(".tab-set").nth(1).evaluate("set => set.previousElementSibling.focus()")
    reached = []
    for _ in range(2):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("""[document.activeElement.role,
                                         document.activeElement.dataset.framework]""")
        )
    assert reached[0] == ["tab", SECOND]
    assert reached[1][0] != "tab"


def test_tabs_follow_the_aria_pattern(page, address):
    page.goto(f"{address}/{TABBED[0]}?framework={SECOND}")
    lists = page.get_by_role("tablist", name="Library")
    assert lists.count() == page.locator(".tab-set").count() > 5
    assert lists.get_by_role("tab").count() == page.locator("[role=tab]").count()
    against = page.locator("[role=tab]").evaluate_all("""tabs => tabs.filter(tab => {
        const panel = document.getElementById(tab.getAttribute("aria-controls"));
        return panel?.role != "tabpanel" || panel.getAttribute("aria-labelledby") != tab.id
            || panel.lastElementChild.checkVisibility() != (tab.ariaSelected == "true");
    }).map(tab => tab.id)""")
    assert against == []
    expect(page.get_by_role("tabpanel", name=FRAMEWORKS[SECOND])).to_have_count(lists.count())


def test_a_click_far_down_moves_nothing_under_the_pointer(page, address):
    page.goto(f"{address}/{TABBED[0]}")
    below = tab(page, SECOND, number=-1)
    below.scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(300)
    for framework in (SECOND, LAST, FIRST):
        before = tab(page, framework, number=-1).bounding_box()["y"]
        tab(page, framework, number=-1).click()
        assert abs(tab(page, framework, number=-1).bounding_box()["y"] - before) < 2


def test_another_window_follows(page, address):
    page.goto(f"{address}/{TABBED[0]}")
    other = page.context.new_page()
    other.goto(f"{address}/{TABBED[1]}")
    tab(other, LAST).click()
    expect(page.locator("html")).to_have_attribute("data-framework", LAST)
    assert set(chosen(page)) == {LAST}


def test_another_window_moves_what_was_chosen_here_and_not_what_an_address_asks_for(page, address):
    page.goto(f"{address}/{TABBED[0]}?framework={FIRST}")
    other = page.context.new_page()
    other.goto(f"{address}/{TABBED[1]}")
    tab(other, LAST).click()
    # What is told first has arrived when this has.
    page.evaluate("window.told = 0; addEventListener('storage', () => window.told++)")
    other.evaluate("localStorage.setItem('another', '1')")
    page.wait_for_function("window.told > 0")
    assert set(chosen(page)) == {FIRST}
    tab(page, SECOND).click()
    tab(other, FIRST).click()
    expect(page.locator("html")).to_have_attribute("data-framework", FIRST)
    assert set(chosen(page)) == {FIRST}


@pytest.mark.parametrize("reader", ["one", "another"])
def test_the_first_library_is_chosen_for_a_new_reader(page, address, reader):
    """Also in a browser where another reader chose, who asked for paper in the dark."""
    page.goto(f"{address}/{TABBED[2]}")
    assert set(chosen(page)) == {FIRST}
    assert page.evaluate("innerWidth") == 1280
    for asked in ("print", "(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"):
        assert not page.evaluate("asked => matchMedia(asked).matches", asked)
    tab(page, LAST).click()
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(media="print", color_scheme="dark", reduced_motion="reduce")


def test_a_set_of_tabs_without_the_chosen_library_shows_its_first(page, address):
    page.goto(f"{address}/book/d2l.html?framework={FIRST}")  # NumPy is not in that textbook
    sets = page.locator(".tab-set").evaluate_all(
        "sets => sets.map(set => set.dataset.frameworks.split(' '))"
    )
    assert sets and all(FIRST not in frameworks for frameworks in sets)
    assert chosen(page) == seen(page) == [frameworks[0] for frameworks in sets]
    tab(page, sets[0][1]).click()
    assert chosen(page)[0] == seen(page)[0] == sets[0][1]


def test_without_scripts_every_library_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in [FRONT, *TABBED]:
        page.goto(f"{address}/{path}")
        lay_out_all(page)
        for tab_set in page.locator(".tab-set").all():
            names = tab_set.locator(".tab-name")
            assert names.all_inner_texts() == [
                FRAMEWORKS[each] for each in tab_set.get_attribute("data-frameworks").split()
            ]
            for part in [*names.all(), *tab_set.locator(".tab-panel").all()]:
                expect(part).to_be_visible()
            expect(tab_set.locator(".tab-list")).to_be_hidden()  # it would do nothing
    context.close()


def test_where_storage_is_forbidden_a_choice_lasts_for_the_page(new_page, address):
    new_page.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("forbidden", "SecurityError") } })""")
    new_page.goto(f"{address}/{TABBED[2]}?framework={SECOND}")
    assert set(chosen(new_page)) == {SECOND}
    tab(new_page, LAST).click()
    assert set(chosen(new_page)) == set(seen(new_page)) == {LAST}


@pytest.mark.parametrize("path", [FRONT, "book/proof.html", TABBED[2]])
def test_pages_without_a_notebook_launch_that_of_the_chosen_library(page, address, path):
    for framework, label in FRAMEWORKS.items():
        page.goto(f"{address}/{path}?framework={framework}")
        links = page.locator(".launch-chosen a")
        hosts = set()
        for link in links.all():
            assert link.get_attribute("href").endswith(f"/notebooks/dropout/{framework}.ipynb")
            text = link.text_content().strip()
            assert text.startswith(f"{label} in ")
            hosts.add(text.removeprefix(f"{label} in "))
        assert hosts == {"Colab", "Studio Lab"}
    page.goto(f"{address}/{TABBED[0]}")
    tab(page, SECOND).click()
    assert page.locator(f'.launch-chosen a[href$="/{SECOND}.ipynb"]').count() >= 2


def test_the_chapters_show_every_cell_as_it_is_in_the_notebook(page, address):
    shown = {framework: set() for framework in FRAMEWORKS}
    for path in TABBED[:2]:
        page.goto(f"{address}/{path}")
        lay_out_all(page)
        for framework in FRAMEWORKS:
            tab(page, framework).click()
            code = page.locator(".tab-panel:visible .cell_input pre").all_inner_texts()
            shown[framework] |= {each.rstrip() for each in code}
    for framework, code in shown.items():
        cells = sources(framework)
        assert [tag for tag in TAGS if cells[tag].rstrip() not in code] == [], framework
