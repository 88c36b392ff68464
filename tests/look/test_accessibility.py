"""Every page as axe-core, the keyboard and a reader who asked for less motion meet it."""

import re
from contextlib import contextmanager
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from axe import violations, violations_in_both_themes
from browsing import PATIENCE, SITE, lay_out_all, served
from visits import LOOKED_AT

SCREENS = {
    "wide": {"width": 1280, "height": 900},
    "narrow": {"width": 360, "height": 740},
    "narrowest": {"width": 320, "height": 740},  # where long formulas scroll
}
BOTH = ["wide", "narrow"]
NOTEBOOK = "notebooks/dropout/pytorch.html"
SHORT_NOTEBOOK = "notebooks/experiments/memorising.html"
ASKED = {}  # about which looks axe was asked, by all tests of this module


@contextmanager
def reader(browser, screen="wide", **options):
    """A page that shows colours at once, where others fade from one theme to the other."""
    context = browser.new_context(viewport=SCREENS[screen], reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def seen_in_both_themes(page, where, show):
    """What axe finds where `show()` leads the page."""
    page.emulate_media(color_scheme="light")
    show()
    return [f"{where}, {line}" for line in violations_in_both_themes(page, asked=ASKED)]


# What axe finds hardly depends on theme and screen together: each page is asked in each theme
# and on each screen, not in all four pairs of them, at the visits of visits.py. What opens and
# what is chosen is asked in all four, below.


@pytest.mark.parametrize("place", LOOKED_AT, indirect=True)
def test_axe_finds_nothing_on_any_page(visited):
    assert not visited.barriers, "\n".join(visited.barriers)


@pytest.mark.parametrize("place", LOOKED_AT, indirect=True)
def test_nothing_moves_for_a_reader_who_asked_for_less_motion(visited):
    assert not visited.moving, "\n".join(visited.moving)
    assert visited.moving_for_others


@pytest.mark.parametrize("place", LOOKED_AT, indirect=True)
def test_the_first_tab_leads_past_the_menu(visited):
    assert not visited.not_past_the_menu, "\n".join(visited.not_past_the_menu)


@pytest.mark.parametrize("path", ["book/derivation.html", "book/implementation.html"])
def test_axe_finds_nothing_in_a_window_made_narrower(browser, address, path):
    """What did not scroll may scroll now; the page looks again in idle time."""
    with reader(browser) as page:
        page.goto(f"{address}/{path}")
        lay_out_all(page)
        before = page.locator("article [tabindex='0']").count()
        page.set_viewport_size(SCREENS["narrowest"])
        page.wait_for_function("""() =>
            [...document.querySelectorAll("article pre, article mjx-container[display]")]
                .every(each => each.scrollWidth <= each.clientWidth || each.tabIndex == 0)""")
        assert page.locator("article [tabindex='0']").count() > before + 5
        assert violations(page) == []


@pytest.mark.parametrize("screen", BOTH)
def test_axe_finds_nothing_where_there_is_no_page(browser, screen):
    # It names everything from the root of its host.
    html = (SITE / "404.html").read_text(encoding="utf-8")
    below = re.search(r'href="([^"]*)/_static/style.css', html)[1]
    with served(below) as address, reader(browser, screen) as page:
        found = seen_in_both_themes(
            page, f"404, {screen}", lambda: page.goto(f"{address}/404.html")
        )
        expect(page.locator("article")).to_have_css("line-height", "26.4px")  # has its style
    assert not found, "\n".join(found)


OPENED = {  # what opens: (screens that have it, how, what is then to be seen)
    "menu": (["narrow"], ".primary-toggle", "dialog[open] .bd-links"),
    "contents": (["narrow"], ".secondary-toggle", "dialog[open] nav.page-toc"),
    "search": (["wide"], ".search-button-field", "dialog[open] input"),
    "search, by its icon": (["narrow"], ".search-button", "dialog[open] input"),
    "launch": (BOTH, ".dropdown-launch-buttons button", ".dropdown-launch-buttons ul"),
    "source": (BOTH, ".dropdown-source-buttons button", ".dropdown-source-buttons ul"),
    "download": (BOTH, ".dropdown-download-buttons > button", ".dropdown-download-buttons ul"),
}


@pytest.mark.parametrize("name", OPENED)
def test_axe_finds_nothing_in_what_opens(browser, address, name):
    screens, button, content = OPENED[name]

    def show():
        page.goto(f"{address}/{SHORT_NOTEBOOK}")
        page.locator(f"{button}:visible").first.click()
        expect(page.locator(content)).to_be_visible()

    found = []
    for screen in screens:
        with reader(browser, screen) as page:
            found += seen_in_both_themes(page, f"{name}, {screen}", show)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("screen", BOTH)
def test_axe_finds_nothing_behind_a_tab(browser, address, screen):
    def show():
        page.goto(f"{address}/book/implementation.html?framework=numpy")
        page.get_by_role("tab", name="JAX").first.click()
        expect(page.locator(".tab-set pre:visible").first).to_contain_text("jax")

    with reader(browser, screen) as page:
        found = seen_in_both_themes(page, f"JAX's tabs, {screen}", show)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("screen", BOTH)
@pytest.mark.parametrize("path", ["book/implementation.html", "book/comparison.html"])
def test_axe_finds_nothing_beside_each_other(browser, address, path, screen):
    def show():
        page.goto(f"{address}/{path}?framework=numpy&with=jax")
        expect(page.locator(".tab-set").first.locator(".tab-panel:visible")).to_have_count(2)

    with reader(browser, screen) as page:
        found = seen_in_both_themes(page, f"{path}, a pair, {screen}", show)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("screen", BOTH)
def test_axe_finds_nothing_in_what_a_search_found(browser, address, screen):
    def show_results():
        page.goto(f"{address}/search.html?q=dropout_layer")
        expect(page.locator(".search-summary")).to_contain_text("found")

    def show_first():
        show_results()
        page.locator("#search-results li a").first.click()
        expect(page.locator("article .highlighted").first).to_be_attached()

    with reader(browser, screen) as page:
        found = seen_in_both_themes(page, f"results, {screen}", show_results)
        found += seen_in_both_themes(page, f"the first result, {screen}", show_first)
    assert not found, "\n".join(found)


# The keyboard.

FOCUSED = """() => {
    const element = document.activeElement;
    window.met ||= new Set([document.body]);
    if (met.has(element)) return null;          // all around
    met.add(element);
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const parts = [element, ...(element.labels || [])];
    const seen = parts.some(part => part.contains(top) || top && top.contains(part));
    // It, its labels, and what may be drawn around them.
    const boxes = parts.map(part => part.getBoundingClientRect());
    const least = (side) => Math.max(0, Math.min(...boxes.map(each => each[side])) - 12);
    const most = (side, end) => Math.min(end, Math.max(...boxes.map(each => each[side])) + 12);
    const x = least("left"), y = least("top");
    const around = {x, y, width: most("right", innerWidth) - x,
                    height: most("bottom", innerHeight) - y};
    return {kind: `${element.localName}.${[...element.classList].sort().join(".")}`,
            text: element.outerHTML.slice(0, 120), seen, around,
            width: box.width, height: box.height};
}"""


def changed_pixels(before, after):
    """How many differ so much that one sees it."""
    difference = ImageChops.difference(
        *(Image.open(BytesIO(shot)).convert("L") for shot in (before, after))
    )
    return sum(difference.histogram()[30:])


@pytest.mark.parametrize(
    "path", ["book/index.html", "book/derivation.html", NOTEBOOK, "search.html?q=vanilla"]
)
@pytest.mark.parametrize(
    "screen, theme", [("wide", "light"), ("wide", "dark"), ("narrow", "light")]
)
def test_focus_is_seen(browser, address, path, screen, theme):
    """Of each kind of element, the first to be focused is looked at."""
    unseen, kinds = [], set()
    with reader(browser, screen, color_scheme=theme) as page:
        page.goto(f"{address}/{path}")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Tab")
        while focused := page.evaluate(FOCUSED):
            if not focused["seen"]:
                unseen.append(f"covered: {focused['text']}")
            if focused["kind"] not in kinds:
                kinds.add(focused["kind"])
                after = page.screenshot(clip=focused["around"])
                page.evaluate("document.activeElement.blur()")
                before = page.screenshot(clip=focused["around"])
                # A line of one pixel around it.
                if changed_pixels(before, after) < focused["width"] + focused["height"]:
                    unseen.append(f"no change: {focused['text']}")
            page.keyboard.press("Tab")
    assert len(kinds) > 3
    assert not unseen, "\n".join(unseen)


def test_what_scrolls_far_from_the_screen_is_a_stop_too(browser, address):
    """Before it is laid out, which the keyboard would wait for in vain."""
    with reader(browser, "narrowest") as page:
        for path, part in [
            ("book/derivation.html", "#equation-eq-ridge mjx-container"),
            (NOTEBOOK, ".tag_train-concise .cell_input pre"),
        ]:
            page.goto(f"{address}/{path}")
            far = page.locator(part).first
            expect(far).not_to_be_in_viewport()
            expect(far).to_have_attribute("tabindex", "0")
            assert page.evaluate("scrollY") == 0
