"""The exercises and the glossary as their readers meet them."""

import re

from playwright.sync_api import expect

from browsing import html, parsed

HAN = re.compile(r"[\u4e00-\u9fff]")
SEEN = """
    [...document.querySelectorAll("article details .sd-summary-content")]
        .map(each => each.checkVisibility())
"""


def test_answers_are_folded_on_a_screen_and_unfolded_on_paper(page, address):
    page.goto(f"{address}/book/exercises.html")
    folded = page.evaluate(SEEN)
    assert len(folded) == 32 and not any(folded)  # a hint and an answer for each of sixteen
    page.emulate_media(media="print")
    assert all(page.evaluate(SEEN))


def test_the_keyboard_guesses_and_unfolds(page, address):
    page.goto(f"{address}/book/exercises.html")
    group = page.locator("fieldset.guess").first
    group.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("article details").first).to_have_attribute("open", "")


def test_chinese_is_marked_as_such_on_every_page(pages):
    marked = 0
    for path in pages:
        if HAN.search(html(path)):
            for text in parsed(path).find("article").find_all(string=HAN):
                assert text.find_parent(lang="zh-Hans"), (path, text)
                marked += 1
    assert marked > 20


def test_each_term_has_an_address():
    terms = parsed("book/glossary.html").select("dl.glossary dt")
    ids = [term["id"] for term in terms]
    assert "term-dropout" in ids and len(set(ids)) == len(terms) > 40
