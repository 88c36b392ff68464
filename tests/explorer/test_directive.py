"""{dropout-explorer}: only the pages that hold it load its script; what it loads is there."""


def test_a_page_loads_the_explorer_if_it_holds_one(scratch_book):
    book = scratch_book()
    front, page = book.built_with("dropout-explorer")
    assert page.select_one("article .explorer svg")
    assert not front.select("script[src*='explorer']")
    [script] = page.select("script[src*='explorer']")
    for path, checksum in [
        script["src"].split("?v="),
        page.select_one("link[href*='explorer']")["href"].split("?v="),
    ]:
        assert (book.folder / "_build" / "html" / "chapters" / path).is_file()
        assert len(checksum) == 8  # or a browser would keep an old one
    assert script.has_attr("defer")
