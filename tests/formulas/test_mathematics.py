"""Formulas are set when the book is built, or the build fails."""

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont


@pytest.fixture
def book(scratch_book):
    return scratch_book(html_math_renderer="mathematics")


def styles(page):
    return [link["href"].split("?")[0] for link in page.select("link[rel=stylesheet]")]


def test_a_formula_is_glyphs_and_mathml(book):
    book.page(
        "front.md",
        "# Front\n\n$a < \\mathbf b$ and\n\n```{math}\n:label: x\n"
        "\\frac12\n```\n\nas {eq}`x` says.\n",
    )
    assert book.build("-W").returncode == 0
    page = book.html("front")
    inline, display = page.select("mjx-container")
    assert inline.select_one("mjx-math[aria-hidden=true]").find_parent("span", class_="math")
    assert inline.math.get_text() == "a<b"
    assert display["display"] == "true" and display.math["display"] == "block"
    assert display.find_parent("div")["id"] == "equation-x"
    assert display.find_parent("div").select_one(".eqno").get_text().startswith("(1)")
    assert page.find("a", href="#equation-x", class_="reference").get_text() == "(1)"
    assert "mathjax" not in str(page.find_all("script")).lower()
    assert "_static/mathematics.css" in styles(page)


def test_the_style_has_the_glyphs_of_pages_that_did_not_change(book):
    book.page("front.md", "# Front\n\n$a$\n")
    book.page("other.md", "# Other\n\n$b$\n")
    assert book.build("-W").returncode == 0
    book.page("front.md", "# Front\n\n$c$\n")
    assert book.build("-W").returncode == 0
    css = (book.folder / "_build/html/_static/mathematics.css").read_text()
    assert 'content: "b"' in css and 'content: "c"' in css and 'content: "a"' not in css


def test_a_font_has_the_characters_that_formulas_take_from_it(scratch_book):
    book = scratch_book(weight=True)
    book.page("front.md", "# Front\n\n$\\begin{cases}a + \\mathbf b + \\text{c}\\end{cases}$\n")
    assert book.build("-W").returncode == 0
    css = (book.folder / "_build/html/_static/style.css").read_text()
    fonts = dict(
        re.findall(r'font-family: (MJX[\w-]+);[^}]*?url\("data:font/woff2;base64,([^"]+)"', css)
    )
    for family, characters in {"TEX-I": "a", "TEX-B": "b", "TEX": "+c{}"}.items():
        font = TTFont(BytesIO(base64.b64decode(fonts[f"MJX{family}"])))
        assert set(font.getBestCmap()) == set(map(ord, characters))
    font = TTFont(BytesIO(base64.b64decode(fonts["MJXTEX-A"])))
    assert len(font.getBestCmap()) == 1
    assert ".woff" not in css


@pytest.mark.parametrize("formula", [r"\frobnicate x", r"\frac{1}{", r"\begin{cases} 1"])
def test_what_cannot_be_read_fails_the_build(book, formula):
    book.page("front.md", f"# Front\n\nHere: ${formula}$.\n")
    done = book.build("-W", "--keep-going")
    assert done.returncode == 1
    assert "front.md:3: WARNING: mathematics: " in done.stdout
