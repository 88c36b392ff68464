"""{dropout-explorer}: only the pages that hold it load its script and its style."""


def test_a_page_loads_the_explorer_if_it_holds_one(scratch_book):
    book = scratch_book(["explorer"])
    book.page("index.md", "# Front page\n")
    book.page("chapters/page.md", "# Page\n\n```{dropout-explorer}\n```\n")
    built = book.build("-W", "--keep-going")
    assert built.returncode == 0, built.stdout

    front, page = book.html("index"), book.html("chapters/page")
    assert page.select_one("article .explorer svg")
    for selector, attribute in [("script[src*='explorer']", "src"),
                                ("link[href*='explorer']", "href")]:
        assert not front.select(selector)
        [asset] = page.select(selector)
        path, _, checksum = asset[attribute].partition("?v=")
        assert (book.folder / "_build" / "html" / "chapters" / path).is_file()
        assert len(checksum) == 8      # or a browser would keep an old one
    assert page.select_one("script[src*='explorer']").has_attr("defer")
