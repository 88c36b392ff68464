"""What the style sheets promise: on paper, in the dark, for every library its colour."""

import pytest
from playwright.sync_api import expect

from dropout_book.plots import color_of
from parallel_notebooks import FRAMEWORKS
from sidebyside.showing.colors import turned_over

SECOND = list(FRAMEWORKS)[1]


def rgb(color):
    return "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tabs_and_tables_have_the_colours_of_the_figures(browser, address, theme):
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    for path in ["book/index.html", "book/comparison.html", "book/speed.html"]:
        page.goto(f"{address}/{path}")
        for framework, label in FRAMEWORKS.items():
            color = color_of(framework)
            color = turned_over(color) if theme == "dark" else color
            dots = page.locator(f".framework-{framework}:is([role=tab], .swatch)").evaluate_all(
                "marked => marked.map(each => getComputedStyle(each, '::before').backgroundColor)"
            )
            assert dots or framework == "numpy"
            assert set(dots) <= {rgb(color)}, f"{path}: {label}"
    context.close()


def test_turned_over_is_what_the_browser_does_to_figures(page, address):
    page.goto(f"{address}/book/index.html")
    for color in map(color_of, FRAMEWORKS):
        seen = page.evaluate(
            """color => {
            const context = document.createElement("canvas").getContext("2d");
            context.filter = "invert(1) hue-rotate(180deg)";
            context.fillStyle = color;
            context.fillRect(0, 0, 9, 9);
            return [...context.getImageData(4, 4, 1, 1).data.slice(0, 3)];
        }""",
            color,
        )
        ours = [int(turned_over(color)[i : i + 2], 16) for i in (1, 3, 5)]
        assert max(abs(a - b) for a, b in zip(seen, ours)) <= 2, f"{color}: {seen}, {ours}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_follows_the_readers_system(browser, address, theme, scripts):
    context = browser.new_context(color_scheme=theme, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{address}/notebooks/dropout/{SECOND}.html")
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 29)"}[theme]
    expect(page.locator("body")).to_have_css("background-color", ground)
    figure = page.locator(".cell_output img").first
    expect(figure).to_have_css(
        "filter", {"light": "none", "dark": "invert(1) hue-rotate(180deg)"}[theme]
    )
    context.close()


def test_the_readers_theme_does_not_wait_for_a_script(browser, address):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/book/index.html")
    # As at the last visit, by day.
    page.evaluate("localStorage.setItem('mode', 'auto'); localStorage.setItem('theme', 'light')")
    page.route("**/*.js*", lambda route: route.abort())
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_on_paper_the_chosen_library_is_named_and_nothing_to_click_is_left(browser, address):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/book/implementation.html?framework={SECOND}")
    page.emulate_media(media="print")
    assert page.locator("h1:visible").count() == 1
    names = page.locator(".tab-name:visible")
    assert set(names.all_inner_texts()) == {FRAMEWORKS[SECOND]}
    assert names.count() == page.locator(".tab-set").count()
    for gone in [
        ".tab-list",
        ".bd-sidebar-primary",
        ".bd-header-article",
        ".prev-next-area",
        ".headerlink",
    ]:
        assert page.locator(f"{gone}:visible").count() == 0, gone
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator(".cell_output img:visible").first).to_have_css("filter", "none")
    context.close()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_every_tab_is_seen_whole_and_large_enough_for_a_finger(browser_with_fonts, address, width):
    context = browser_with_fonts.new_context(
        viewport={"width": width, "height": 740}, has_touch=True
    )
    page = context.new_page()
    for path in ["book/index.html", "book/d2l.html"]:
        page.goto(f"{address}/{path}")
        for tab in page.locator(".tab-set").first.get_by_role("tab").all():
            box = tab.bounding_box()
            assert 0 <= box["x"] and box["x"] + box["width"] <= width
            assert box["height"] >= 44
            assert tab.evaluate("tab => tab.scrollWidth <= tab.clientWidth"), "its name is cut"
    context.close()


def test_the_front_page_says_what_this_is_before_it_is_scrolled(browser_with_fonts, address):
    context = browser_with_fonts.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/book/index.html")
    for label in FRAMEWORKS.values():
        assert label in page.locator(".hero").inner_text()
    for tab in page.get_by_role("tab").all():
        assert tab.bounding_box()["y"] < 740, "the choice of a library is below the fold"
    context.close()


def test_the_menu_is_folded_where_it_is_not_read(page, address):
    groups = page.locator(".bd-sidebar-primary details")
    for path, count in [("book/speed.html", 0), ("notebooks/semantics/jax.html", 1)]:
        page.goto(f"{address}/{path}")
        assert groups.count() > 1
        assert groups.evaluate_all("all => all.filter(each => each.open).length") == count
        assert page.locator(".bd-sidebar-primary details[open] li.current").count() == count
    closed = page.locator(".bd-sidebar-primary details:not([open])").first
    expect(closed.get_by_role("link").first).to_be_hidden()
    closed.locator("summary").click()
    expect(page.locator(".bd-sidebar-primary details[open]")).to_have_count(2)
