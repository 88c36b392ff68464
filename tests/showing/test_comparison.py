"""Two libraries beside each other: which, where, level, marked, and one text each."""

import pytest
from playwright.sync_api import expect

from browsing import lay_out_all
from parallel_notebooks import FRAMEWORKS, sources

PAGE, TEXTBOOK = "book/implementation.html", "book/d2l.html"
FRONT = "book/index.html"  # the lightest page with tabs
FIRST, SECOND, THIRD, *_, BEFORE_LAST, LAST = FRAMEWORKS
PAIR = f"framework={SECOND}&with={LAST}"

STATE = "[document.documentElement.dataset.framework, document.documentElement.dataset.with || '']"
SEEN = """set => [...set.querySelectorAll(':scope > [data-framework]')]
    .filter(each => each.lastElementChild.checkVisibility()).map(each => each.dataset.framework)"""
KEPT = "localStorage.getItem('framework')"


def state(page):
    return page.evaluate(STATE)


def seen(page, number=0):
    """What a set of tabs shows, in the order of the document."""
    return page.locator(".tab-set").nth(number).evaluate(SEEN)


def control(page, number=0):
    return page.locator(".compare").nth(number)


def compare_with(page, framework, number=0):
    control(page, number).locator("select").select_option(framework)


def swap(page, number=0):
    control(page, number).locator("[name=swap]").click()


# Which.


def test_one_more_control_shows_both_everywhere(page, address):
    page.goto(f"{address}/{PAGE}")
    compare_with(page, LAST)
    sets = page.locator(".tab-set").count()
    assert sets > 5 and [seen(page, n) for n in range(sets)] == [[FIRST, LAST]] * sets
    expect(page.get_by_role("status")).to_have_text(
        f"Every example is now in {FRAMEWORKS[FIRST]}, beside {FRAMEWORKS[LAST]}."
    )
    for path in ("book/index.html", "book/derivation.html", "book/comparison.html"):
        page.goto(f"{address}/{path}")
        assert seen(page) == [FIRST, LAST]
        assert f"framework={FIRST}&with={LAST}" in page.url, "to be sent to a friend"


@pytest.mark.parametrize("kept", ["", FIRST, f"{FIRST} {THIRD}"])
def test_an_address_wins_and_overwrites_nothing(page, address, kept):
    page.goto(f"{address}/{FRONT}")
    page.evaluate("kept => localStorage.setItem('framework', kept)", kept)
    page.goto(f"{address}/{FRONT}?{PAIR}")
    for _ in range(2):
        assert state(page) == [SECOND, LAST] and seen(page) == [SECOND, LAST]
        assert page.evaluate(KEPT) == (kept or f"{SECOND} {LAST}")
        page.reload()
    page.locator(f'[role="tab"][data-framework="{THIRD}"]').first.click()
    assert page.evaluate(KEPT) == f"{THIRD} {LAST}"
    assert page.url.endswith(f"?framework={THIRD}&with={LAST}")
    page.reload()
    assert state(page) == [THIRD, LAST]


@pytest.mark.parametrize(
    "query, expected, said",
    [
        (f"framework={SECOND}&with={SECOND}", [SECOND, ""], "the same twice"),
        (f"framework={SECOND}&with=keras", [SECOND, ""], "no library “keras”"),
        (f"framework=keras&with={SECOND}", [FIRST, SECOND], "no library “keras”"),
        (f"framework={SECOND}&with=constructor", [SECOND, ""], "no library “constructor”"),
        (f"framework={SECOND}&with=", [SECOND, ""], ""),
        (f"with={SECOND}", [FIRST, SECOND], ""),
        (f"with={FIRST}", [FIRST, ""], "the same twice"),
        (f"framework={SECOND}", [SECOND, ""], ""),
    ],
)
def test_every_address_has_an_answer(page, address, query, expected, said):
    page.goto(f"{address}/{FRONT}?{query}")
    assert state(page) == expected
    assert seen(page) == [each for each in expected if each]
    expect(page.get_by_role("status")).to_contain_text(said)
    if not said:
        expect(page.get_by_role("status")).to_have_text("")


def test_back_leads_to_what_was_chosen_last(page, address):
    page.goto(f"{address}/{FRONT}")
    compare_with(page, LAST)
    page.goto(f"{address}/book/comparison.html")
    page.locator(f'[role="tab"][data-framework="{SECOND}"]').first.click()
    page.go_back()
    page.wait_for_url(f"**/{FRONT}?framework={SECOND}&with={LAST}")
    assert state(page) == [SECOND, LAST] and seen(page) == [SECOND, LAST]


def test_a_tab_that_is_the_other_swaps(page, address):
    page.goto(f"{address}/{FRONT}?{PAIR}")
    page.locator(f'[role="tab"][data-framework="{LAST}"]').first.click()
    assert state(page) == [LAST, SECOND] and seen(page) == [LAST, SECOND]


def test_swapped_by_one_click_and_the_focus_stays(page, address):
    page.goto(f"{address}/{PAGE}?{PAIR}")
    swap(page, 1)
    assert state(page) == [LAST, SECOND] and seen(page, 1) == [LAST, SECOND]
    assert control(page, 1).locator("[name=swap]").evaluate("e => e === document.activeElement")
    link = page.locator('.launch-chosen a[href$=".ipynb"]').first
    assert link.get_attribute("href").endswith(f"/{LAST}.ipynb")
    # In what will be first, and is moved for that.
    panel = page.locator(".tab-set").nth(1).locator(f'.tab-panel[data-framework="{SECOND}"]')
    panel.locator("pre").first.evaluate("pre => { pre.tabIndex = 0; pre.focus(); }")
    page.evaluate("document.querySelector('.compare [name=swap]').click()")
    assert seen(page, 1) == [SECOND, LAST]
    assert panel.evaluate("e => e.contains(document.activeElement)")


def test_one_click_or_escape_ends_it(page, address):
    page.goto(f"{address}/{FRONT}?{PAIR}")
    control(page).locator("[name=end]").click()
    assert state(page) == [SECOND, ""] and seen(page) == [SECOND]
    assert control(page).locator("select").evaluate("e => e === document.activeElement")
    assert page.url.endswith(f"?framework={SECOND}") and page.evaluate(KEPT) == SECOND
    expect(control(page).locator("button")).to_have_count(2)
    expect(control(page).locator("button").first).to_be_hidden()
    for part in ("select", '[role="tab"][tabindex="0"]', "[name=swap]"):
        compare_with(page, LAST)
        page.locator(".tab-row").first.locator(part).focus()
        page.keyboard.press("Escape")
        assert state(page) == [SECOND, ""]
        assert page.evaluate("document.activeElement.closest('.tab-row') != null")


def test_tabs_and_control_say_what_is_shown(page, address):
    page.goto(f"{address}/{PAGE}?{PAIR}")
    row = page.locator(".tab-row").nth(1)
    selected = row.locator('[aria-selected="true"]')
    assert selected.all_inner_texts() == [FRAMEWORKS[SECOND], FRAMEWORKS[LAST]]
    expect(row.get_by_role("tablist")).to_have_attribute("aria-multiselectable", "true")
    expect(row.get_by_label("Beside it")).to_have_value(LAST)
    assert row.locator("option:disabled").all_inner_texts() == [FRAMEWORKS[SECOND]]
    names = page.locator(".tab-set").nth(1).locator(".tab-name:visible")
    assert names.all_inner_texts() == [FRAMEWORKS[SECOND], FRAMEWORKS[LAST]]


def test_what_a_set_lacks_it_says(page, address):
    """The textbook has no NumPy."""
    page.goto(f"{address}/{TEXTBOOK}")
    here = page.locator(".tab-set").first.get_attribute("data-frameworks").split()
    lacking = [each for each in FRAMEWORKS if each not in here]
    assert len(lacking) == 2 and FIRST in lacking
    card = page.locator(".tab-lacking:visible")
    expect(card).to_have_count(0)
    for query, shown in [
        (f"framework={here[0]}&with={FIRST}", [here[0], FIRST]),
        (f"framework={FIRST}&with={here[1]}", [FIRST, here[1]]),
    ]:
        page.goto(f"{address}/{TEXTBOOK}?{query}")
        assert seen(page) == shown
        expect(card).to_have_count(1)
        expect(card).to_contain_text(f"There is no {FRAMEWORKS[FIRST]} here, but")
        expect(card).to_contain_text(FRAMEWORKS[here[-1]])
    page.goto(f"{address}/{TEXTBOOK}?framework={here[0]}&with={FIRST}")
    page.goto(f"{address}/{TEXTBOOK}?framework={lacking[0]}&with={lacking[1]}")
    expect(card).to_have_count(2)
    assert sorted(seen(page)) == sorted([*lacking, here[0]])
    boxes = [each.bounding_box() for each in page.locator(".tab-set > :visible").all()]
    assert all(a["y"] + a["height"] <= b["y"] + 1 for a, b in zip(boxes, boxes[1:]))


# Where, and level.


def boxes(page, selector, number):
    """The boxes of both panels' parts."""
    return [
        [part.bounding_box() for part in panel.locator(selector).all()]
        for panel in page.locator(".tab-set").nth(number).locator(".tab-panel:visible").all()
    ]


@pytest.mark.parametrize("width", [1100, 1440])
def test_beside_each_other_and_level(page, address, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/{PAGE}?{PAIR}")
    lay_out_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for number in range(page.locator(".tab-set").count()):
        for part in (".tab-name", ".cell_input", ".cell_output"):
            one, other = boxes(page, part, number)
            for left, right in zip(one, other):
                assert abs(left["y"] - right["y"]) < 1
                assert left["x"] + left["width"] < right["x"]
    code = page.locator(".tab-panel:visible .cell_input pre").first
    assert code.evaluate("pre => getComputedStyle(pre).whiteSpace") == "pre"


def test_78_characters_fit_from_1400(page, address):
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{address}/{PAGE}?{PAIR}")
    room = page.locator(".tab-panel:visible .cell_input pre").first.evaluate("""pre => {
        const probe = document.createElement("span");
        probe.textContent = "0".repeat(78);
        pre.append(probe);
        const style = getComputedStyle(pre), width = probe.getBoundingClientRect().width;
        probe.remove();
        return pre.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
            - width;
    }""")
    assert room >= 0


LINES = """pre => {
    const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT), tops = [];
    let line = 0, fresh = true;
    while (walker.nextNode()) {
        const text = walker.currentNode;
        for (let i = 0; i < text.length; i++) {
            if (text.data[i] === "\\n") { line++; fresh = true; continue; }
            if (!fresh || !text.data[i].trim()) continue;
            const range = document.createRange();
            range.setStart(text, i); range.setEnd(text, i + 1);
            tops[line] = range.getBoundingClientRect().top;
            fresh = false;
        }
    }
    return tops;
}"""


@pytest.mark.parametrize("pair", [(FIRST, SECOND), (SECOND, LAST), (THIRD, FIRST)], ids=" ".join)
def test_corresponding_lines_are_level_on_the_screen(page, address, pair):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/{PAGE}?framework={pair[0]}&with={pair[1]}")
    lay_out_all(page)
    for tag, start in [
        ("dropout-layer", "def dropout_layer"),
        ("dropout-layer", "    return "),
        ("training-loop", "def train"),
        ("training-loop", "    for epoch"),
        ("training-loop", "        history.end_epoch"),
    ]:
        tops = []
        for framework in pair:
            code = page.locator(
                f'.tab-panel[data-framework="{framework}"] .tag_{tag} .cell_input pre:visible'
            ).first
            lines = sources(framework)[tag].split("\n")
            at = max(i for i, line in enumerate(lines) if line.startswith(start))
            tops.append(code.evaluate(LINES)[at])
        assert abs(tops[0] - tops[1]) < 1, (tag, start)


def test_a_short_block_stays_in_sight_beside_a_long_one(page, address):
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto(f"{address}/{PAGE}?framework=numpy&with=paddle")
    lay_out_all(page)
    long, short = page.locator(".tag_mlp-concise .cell_input pre:visible").all()
    assert short.locator(".gap").count() == 0
    assert long.bounding_box()["height"] > 4 * short.bounding_box()["height"]
    long.evaluate("pre => scrollBy(0, pre.getBoundingClientRect().bottom - 500)")
    expect(short).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [360, 640, 1099])
def test_one_above_the_other_where_there_is_no_room(page, address, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{address}/{PAGE}?{PAIR}")
    lay_out_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for number in range(page.locator(".tab-set").count()):
        (first,), (second,) = boxes(page, ".tab-name", number)
        assert first["y"] < second["y"] and abs(first["x"] - second["x"]) < 1
    assert page.locator(".gap:visible").count() == 0
    assert page.locator(".line-mark").count() > 20


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("pair", [(FIRST, LAST), (SECOND, THIRD), (BEFORE_LAST, LAST)])
def test_the_row_of_tabs_stays_in_sight(page, address, width, pair):
    """Both of the two, whole, wherever they stand in it; on a phone in a fourth of its height."""
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{address}/{PAGE}?framework={pair[0]}&with={pair[1]}")
    lay_out_all(page)
    loop = page.locator(".tab-set:has(.tag_training-loop)")
    loop.evaluate("set => scrollBy(0, set.getBoundingClientRect().top + 250)")
    row = loop.locator(".tab-row").bounding_box()
    header = page.locator(".bd-header-article").bounding_box()
    assert header["y"] + header["height"] - 1 <= row["y"] < 100
    assert row["y"] + row["height"] < 740 / 4
    for each in pair:
        tab = loop.locator(f'[role=tab][data-framework="{each}"]')
        box = tab.bounding_box()
        assert row["x"] <= box["x"] and box["x"] + box["width"] <= row["x"] + row["width"]
        assert row["y"] - 1 <= box["y"] and box["y"] + box["height"] <= row["y"] + row["height"]
        assert tab.evaluate("tab => tab.scrollWidth <= tab.clientWidth"), "its name is whole"
        assert box["height"] < 50, "its name is one line, beside its dot"


def test_toggling_moves_nothing_under_the_pointer(page, address):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/{PAGE}?framework={SECOND}")
    row = page.locator(".tab-row").nth(7)
    row.scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(300)
    for act in (
        lambda: compare_with(page, LAST, 7),
        lambda: swap(page, 7),
        lambda: control(page, 7).locator("[name=end]").click(),
    ):
        before = row.bounding_box()["y"]
        act()
        assert abs(row.bounding_box()["y"] - before) < 2


# One text, marked.


@pytest.mark.parametrize("framework", [FIRST, LAST])
def test_a_column_is_one_text(page, address, framework):
    """Selected and copied whole, as the notebook has it."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    other = LAST if framework == FIRST else FIRST
    page.goto(f"{address}/{PAGE}?framework={other}&with={framework}")
    lay_out_all(page)
    for tag in ("setup", "dropout-layer", "training-loop", "mlp-concise"):
        code = page.locator(f'.tab-panel[data-framework="{framework}"] .tag_{tag} .cell_input pre')
        expect(code).to_have_count(1)
        code.evaluate("pre => getSelection().selectAllChildren(pre)")
        page.keyboard.press("Control+C")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.rstrip("\n") == sources(framework)[tag].rstrip("\n")
        assert code.text_content().rstrip("\n") == sources(framework)[tag].rstrip("\n")
        button = code.locator("xpath=..").locator("button.copybtn")
        button.evaluate("button => button.click()")
        page.wait_for_function(
            "async text => (await navigator.clipboard.readText()).trimEnd() === text",
            arg=sources(framework)[tag].rstrip(),
        )


def test_what_differs_is_marked_by_form_and_the_rest_is_not_touched(page, address):
    page.goto(f"{address}/{PAGE}?{PAIR}")
    lay_out_all(page)
    differs = page.locator(".differs:visible").first
    assert "underline" in differs.evaluate("e => getComputedStyle(e).textDecorationLine")
    assert int(differs.evaluate("e => getComputedStyle(e).fontWeight")) >= 700
    width = "e => getComputedStyle(e, '::before').borderLeftWidth"
    changed, alone = (page.locator(f".line-mark.{kind}").first for kind in ("changed", "alone"))
    assert changed.evaluate(width) != alone.evaluate(width) != "0px"
    layer = page.locator(".tab-panel:visible .tag_dropout-layer pre").first
    equal = layer.locator("span", has_text="raise").first
    assert equal.evaluate("e => getComputedStyle(e).opacity") == "1"
    control(page).locator("[name=end]").click()
    assert page.locator(".differs, .gap, .line-mark").count() == 0


def test_on_paper_both_are_named_and_marked(page, address):
    page.goto(f"{address}/{PAGE}?{PAIR}")
    page.emulate_media(media="print")
    lay_out_all(page)
    panels = page.locator(".tab-set").nth(1).locator(".tab-panel:visible")
    assert panels.locator(".tab-name:visible").all_inner_texts() == [
        FRAMEWORKS[SECOND],
        FRAMEWORKS[LAST],
    ]
    assert panels.locator(".line-mark").count() > 2
    assert page.locator(".tab-row:visible, .gap:visible").count() == 0


def test_the_sides_of_the_page_make_room_and_can_be_called_back(page, address):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/{PAGE}?{PAIR}")
    menu = page.locator("#pst-primary-sidebar")
    expect(menu).to_be_hidden()
    page.locator(".primary-toggle").click()
    expect(menu).to_be_visible()
    page.goto(f"{address}/book/proof.html")  # has nothing to compare
    expect(menu).to_be_visible()


# Hidden is not lost.


@pytest.mark.parametrize(
    "query, expected", [("", [LAST, ""]), (f"?framework={FIRST}&with={SECOND}", [FIRST, LAST])]
)
def test_what_is_not_seen_can_be_found(page, address, query, expected):
    """By the browser: a link to a text looks for it as Ctrl+F does."""
    page.goto(f"{address}/{PAGE}{query}")
    kept = page.evaluate(KEPT)
    address_before = page.url
    hidden = page.locator(f'.tab-panel[data-framework="{LAST}"]:has(.tag_dropout-layer)')
    expect(hidden).to_have_attribute("hidden", "until-found")
    hidden.evaluate("panel => panel.dispatchEvent(new Event('beforematch', {bubbles: true}))")
    assert state(page) == expected
    assert LAST in seen(page, 1) and page.evaluate(KEPT) == kept
    assert page.url == address_before
    page.reload()
    assert LAST not in state(page)


def test_the_browser_looks_into_what_is_not_seen(page, address):
    page.goto(f"{address}/{PAGE}#:~:text=import%20flax")
    expect(page.locator("html")).to_have_attribute("data-framework", "jax")
    assert page.evaluate(KEPT) is None


def test_a_search_opens_the_panel_that_holds_the_code(page, address):
    page.goto(f"{address}/search.html?q=value_and_grad")
    page.locator("#search-results li a[href*='implementation']").first.click()
    expect(page.locator("html")).to_have_attribute("data-framework", "jax")
    expect(page.locator(".tab-panel .highlighted:visible").first).to_be_in_viewport()
    assert page.evaluate(KEPT) is None


def test_a_search_leaves_what_holds_the_code_as_it_is(page, address):
    page.goto(f"{address}/{PAGE}?framework={LAST}&highlight=dropout_layer")
    expect(page.locator(".tab-panel .highlighted:visible").first).to_be_visible()
    page.wait_for_timeout(100)  # ms; found.js looks 20 after the page has loaded
    assert page.locator(f'[data-framework="{FIRST}"] .highlighted').count()
    assert state(page) == [LAST, ""]
