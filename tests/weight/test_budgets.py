"""Every page is light: within its budget, and with nothing that it does not use."""

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from browsing import SITE, parsed
from weigh import BUDGETS, budget, weigh

# An icon has a name in the style sheet, from which what no page shows was taken.
NAMELESS_ICONS = """() => [...document.querySelectorAll(":is(i, span)[class*='fa-']")]
    .filter(icon => getComputedStyle(icon, "::before").content == "none")
    .map(icon => icon.className)"""
ICONS = """() => [...document.querySelectorAll("*")].flatMap(element =>
    ["::before", "::after"].map(part => getComputedStyle(element, part))
        .filter(style => style.fontFamily.includes("Font Awesome")
                         && style.content.length == 3)
        .map(style => [style.fontFamily, style.fontWeight, style.content[1]]))"""


def icons_of(page):
    return page.evaluate(NAMELESS_ICONS), set(map(tuple, page.evaluate(ICONS)))


@pytest.fixture(scope="module")
def opened(browser, address, pages):
    """`{page: (what it asked for, its icons)}`."""
    return {path: (files, icons_of(page)) for path, files, page in weigh(browser, address, pages)}


@pytest.fixture(scope="module")
def weighed(opened):
    """`{page: [(kind, file, bytes)]}`."""
    return {path: files for path, (files, _) in opened.items()}


def test_every_page_is_within_its_budget(weighed):
    heavy = {
        path: total
        for path, files in weighed.items()
        if (total := sum(size for _, _, size in files)) > budget(path)
    }
    assert not heavy


def test_a_second_library_weighs_nothing_more(browser, address, weighed):
    """Both are in the page, and how they stand level is a list of numbers."""
    path = "book/implementation.html"
    [(_, pair, _)] = weigh(browser, address, [f"{path}?framework=numpy&with=jax"])
    assert sum(size for *_, size in pair) <= budget(path)
    # A browser asks for the icon once, whatever page is first.
    assert {file for _, file, _ in pair} <= {
        *(file for _, file, _ in weighed[path]),
        "_static/favicon.svg",
    }


def test_what_is_weighed_is_all(weighed):
    """A file that came without a body, or from a cache, would weigh nothing."""
    for path, files in weighed.items():
        assert {kind for kind, _, _ in files} >= {"document", "stylesheet", "script"}
        assert all(size > 0 for _, _, size in files), path


def test_no_picture_is_too_big():
    pictures = [
        file
        for file in SITE.rglob("*")
        if file.suffix in {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}
    ]
    assert len(pictures) > 10
    assert [file.name for file in pictures if file.stat().st_size > BUDGETS["image"]] == []


def test_a_page_loads_no_script_that_it_does_not_use(weighed):
    useless = []
    for path, files in weighed.items():
        page = parsed(path)
        for name in [file.rsplit("/", 1)[-1] for kind, file, _ in files if kind == "script"]:
            use = BUDGETS["scripts"].get(name)
            if not use or not page.select_one(use):
                useless.append(f"{path}: {name}")
    assert not useless, "\n".join(useless)


def test_every_icon_is_in_its_font(page, address, opened):
    css = (SITE / "_static/style.css").read_text(encoding="utf-8")
    faces = re.findall(
        r"font-family:\s*Font Awesome\\ (6 \w+);[^}]*font-weight:\s*(\d+);[^}]*?base64,([^\"]+)",
        css,
    )
    inside = {
        (family, weight): TTFont(BytesIO(base64.b64decode(data))).getBestCmap()
        for family, weight, data in faces
    }
    assert len(inside) == 3
    page.goto(f"{address}/search.html?q=dropout_layer")
    page.locator("#search-results li a").first.click()
    page.wait_for_selector(".highlight-link")
    found = {"what a search found": icons_of(page)}
    found |= {path: icons for path, (_, icons) in opened.items()}
    assert {path: nameless for path, (nameless, _) in found.items() if nameless} == {}
    seen = set().union(*(icons for _, icons in found.values()))
    assert len(seen) > 10
    missing = [
        icon
        for icon in seen
        for (family, weight), codes in inside.items()
        if family in icon[0] and weight == icon[1] and ord(icon[2]) not in codes
    ]
    assert not missing
