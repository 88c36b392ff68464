"""{cell}: cells of one notebook, on another page."""

import pytest

CELL = "```{{cell}} ../../notebooks/theory/waves.ipynb\n{options}\n```\n"


def page(*options):
    return "# Page\n\n" + "\n".join(CELL.format(options=each) for each in options)


def blocks(article):
    return [block.get_text().strip() for block in article.find_all("pre")]


@pytest.fixture
def book(scratch_book):
    book = scratch_book()
    book.page("index.md", "# Front page\n")
    book.notebook(
        "notebooks/theory/waves.ipynb",
        [
            ("wave", "print('first' * 2)"),
            ("other", "print('not shown')"),
            ("wave", "print('2nd')"),
        ],
    )
    return book


def test_cells_are_shown_as_they_ran(book):
    book.page(
        "chapters/deep/page.md",
        page(":tag: wave", ":tag: wave\n:output-only:", ":tag: other\n:code-only:"),
    )
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    article = book.html("chapters/deep/page").find("article")
    code, printed = ["print('first' * 2)", "print('2nd')"], ["firstfirst", "2nd"]
    assert blocks(article) == [
        code[0],
        printed[0],
        code[1],
        printed[1],
        *printed,
        "print('not shown')",
    ]


@pytest.mark.parametrize(
    "text, message",
    [
        (page(":tag: wav"), "cell: notebooks/theory/waves has no cell tagged 'wav' to show"),
        (page(""), "page.md:3:cell: say which one, by a tag it has: :tag:"),
        (
            page(":tag: wave\n:code-only:\n:output-only:"),
            "page.md:3:cell: choose :code-only: or :output-only:, not both",
        ),
        (
            page(":tag: wave").replace("waves", "tides"),
            "cell: no notebook notebooks/theory/tides to take 'wave' from",
        ),
    ],
    ids=["no such tag", "no tag", "both options", "no notebook"],
)
def test_mistakes_are_named(book, text, message):
    book.page("chapters/deep/page.md", text)
    run = book.build("-W")
    assert run.returncode != 0
    assert message in run.stdout
