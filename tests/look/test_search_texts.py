"""The search page has the texts of all pages, and numbers are words."""

import json

import pytest

FRONT = """\
# Front

Some *words* and $x$.

| a | b |
|:--|:--|
| c | 0.871 |

~~~{list-table}
* - d\\
    e
  - f
~~~

## Part

```python
if x:
    y = 1,234
```

```{math}
z
```
"""


@pytest.fixture
def book(scratch_book):
    book = scratch_book()
    book.page("front.md", FRONT)
    book.page("other.md", "# Other\n\nMore words.\n")
    return book


def built(book, name, start):
    """What a script of the built site holds between `start` and its end."""
    done = book.build("-W")
    assert done.returncode == 0, done.stdout
    text = (book.folder / "_build" / "html" / name).read_text(encoding="utf-8")
    assert text.startswith(start)
    return json.loads(text[len(start) :].rstrip(";\n)"))


def texts(book):
    return built(book, "_static/search_texts.js", "const searchTexts = ")


def test_the_texts_are_those_that_a_reader_sees(book):
    assert texts(book) == {
        "front": [
            ["front", "Some words and x.", False],
            ["front", "a · b", False],
            ["front", "c · 0.871", False],
            ["front", "d e · f", False],
            ["part", "if x:\n    y = 1,234", True],
        ],
        "other": [["other", "More words.", False]],
    }


def test_the_texts_of_a_page_that_did_not_change_stay(book):
    before = texts(book)
    book.page("front.md", FRONT.replace("Some", "Other"))
    after = texts(book)
    assert after["front"][0][1] == "Other words and x."
    assert after["other"] == before["other"]


def test_a_number_is_a_word(book):
    terms = built(book, "searchindex.js", "Search.setIndex(")["terms"]
    assert {"0.871", "1,234", "word"} <= terms.keys()
    assert not {"871", "234"} & terms.keys()


def test_only_the_search_page_loads_them(book):
    texts(book)
    for page in ("front", "other", "search"):
        assert bool(book.html(page).select("script[src*='search_texts']")) == (page == "search")
        assert bool(book.html(page).select("script[src*='excerpts']")) == (page == "search")
