"""style.css: all style sheets in one, without what no page can use, and nothing else lost."""

import re
import shutil

import pytest

from sidebyside.weight.style_sheet import read, usable_rules, used_words, with_one_link

WORDS = {"used", "also-used", "an-id"}


@pytest.mark.parametrize(
    "rule",
    [
        "p{color:red}",
        ".used{color:red}",
        "a.used > #an-id:hover{color:red}",
        ".used:not(.absent){color:red}",
        ":is(.absent, .used) p{color:red}",
        "[class*=absent]{color:red}",
        '[data-x=".absent"]{color:red}',
        "@page{margin:1cm}",
        "@media print{p{color:red}}",
        "@supports (gap:1px){.used{color:red}}",
        "p{animation:spin}@keyframes spin{to{rotate:1turn}}",
        '@font-face{font-family:"A Font"}p{font-family:A Font}',
        ".used{& p:hover{color:red}}",
        '.used{content:"“  /* b */"}',
    ],
)
def test_what_can_be_used_is_kept(rule):
    assert re.sub(r"\s", "", usable_rules(rule, WORDS)) == re.sub(r"\s", "", rule)


@pytest.mark.parametrize(
    "rule",
    [
        ".absent{color:red}",
        ".used.absent{color:red}",
        "#absent{color:red}",
        ".used > p ~ .absent::before{color:red}",
        "@media print{.absent{color:red}}",
        "@media print{@supports (gap:1px){.absent{color:red}}}",
        "/* .used */",
        "@keyframes spin{to{rotate:1turn}}",
        "@font-face{font-family:A\\ Font;src:url(a)}",
        ".absent{animation:spin}@keyframes spin{to{rotate:1turn}}",
        '@charset "utf-8";',
    ],
)
def test_what_cannot_be_used_is_dropped(rule):
    assert usable_rules(rule, WORDS) == ""


def test_of_many_selectors_those_that_can_be_used_are_kept():
    css = usable_rules(
        "/*! Licence */ .absent, .used /* one */, .absent p, .also-used {color: red;}", WORDS
    )
    assert css == "/*! Licence */\n.used ,  .also-used {color: red;}\n"


def test_what_is_no_style_sheet_is_an_error():
    with pytest.raises(ValueError, match="line 2"):
        usable_rules("p{}\n.used color", WORDS)


def test_addresses_are_seen_from_the_one_sheet(tmp_path):
    (tmp_path / "basic.css").write_text("a{background:url(file.png)}")
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles/theme.css").write_text(
        '@import "../basic.css";b{background:url("../x/y.svg"),url(data:image/png;base64,A)}'
        "c{mask:url(#part)}"
    )
    assert read(tmp_path, "styles/theme.css") == (
        'a{background:url("file.png")}b{background:url("x/y.svg"),url(data:image/png;base64,A)}'
        "c{mask:url(#part)}"
    )


def test_words_are_those_of_pages_and_of_their_scripts(tmp_path):
    (tmp_path / "loaded.js").write_text("x.classList.add('from-script')")
    (tmp_path / "other.js").write_text("'from-other'")
    page = (
        '<p class="one two" id="three">prose</p><script>tell("inline")</script>'
        '<script defer="defer" src="../_static/loaded.js?v=1"></script>'
    )
    words = used_words(tmp_path, [page])
    assert words >= {"one", "two", "three", "inline", "from-script"}
    assert not words & {"prose", "from-other"}


def test_a_page_has_one_link():
    page = (
        '<head>\n<link href="../_static/a.css?v=1" rel="stylesheet" />\n'
        '<link rel="icon" href="../_static/favicon.svg"/>\n'
        '<link rel="stylesheet" type="text/css" href="../_static/b/c.css" />\n</head>'
    )
    assert with_one_link(page, "style.css?v=2") == (
        '<head>\n<link rel="stylesheet" href="../_static/style.css?v=2" />\n'
        '<link rel="icon" href="../_static/favicon.svg"/>\n</head>'
    )


def test_every_page_has_the_sheet_of_the_last_build(scratch_book):
    book = scratch_book(weight=True, html_static_path=["styles"], html_css_files=["own.css"])
    book.write("styles/own.css", "p { color: #010203 } .zebra-crossing { color: #040506 }")
    book.page("front.md", "# Front\n\nWords.\n")
    book.page("other.md", "# Other\n\nWords.\n")

    def build():
        assert book.build("-W").returncode == 0
        links = {str(book.html(name).select("link[rel=stylesheet]")) for name in book.pages}
        assert len(links) == 1 and links.pop().count("<link") == 1
        css = (book.folder / "_build/html/_static/style.css").read_text()
        return css, book.html("front").select_one("link[rel=stylesheet]")["href"]

    css, address = build()
    assert "#010203" in css and "#040506" not in css
    book.page("other.md", '# Other\n\n<b class="zebra-crossing">Words.</b>\n')
    css, changed = build()
    assert "#010203" in css and "#040506" in css and changed != address
    assert build() == (css, changed)  # running it twice changes nothing


def test_pages_whose_originals_are_gone_are_written_again(scratch_book):
    book = scratch_book(weight=True)
    book.page("index.md", "# Front page\n")
    book.page("other.md", "# Other page\n")
    assert book.build("-W").returncode == 0
    pages = {path: path.read_text() for path in (book.folder / "_build/html").rglob("*.html")}
    shutil.rmtree(book.folder / "_build/.written-html")
    built = book.build("-W")
    assert built.returncode == 0, built.stdout
    assert {path: path.read_text() for path in pages} == pages
