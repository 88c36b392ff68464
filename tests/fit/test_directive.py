"""{live-fit}: only the pages that hold it load its scripts."""


def test_a_page_loads_the_fit_if_it_holds_one(scratch_book):
    book = scratch_book()
    front, page = book.built_with("live-fit")
    names = ["training_network.js", "fit.js"]
    assert not [each for each in names if front.select(f"script[src*='{each}']")]
    for name in names:
        [script] = page.select(f"script[src*='{name}']")
        assert script.has_attr("defer")
        path, checksum = script["src"].split("?v=")
        assert (book.folder / "_build" / "html" / "chapters" / path).is_file()
        assert len(checksum) == 8  # or a browser would keep an old one
    assert not page.select_one(".fit").select("output:not([hidden] *)")
