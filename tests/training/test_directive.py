"""{live-training}: only the pages that hold it load its scripts; the images lie beside them."""

from zlib import crc32


def test_a_page_loads_the_training_if_it_holds_one(scratch_book):
    book = scratch_book()
    front, page = book.built_with("live-training")
    assert not front.select("script[src*='training']")
    scripts = page.select("script[src*='training']")
    assert all(script.has_attr("defer") for script in scripts)
    static = book.folder / "_build" / "html" / "_static"
    names = [script["src"].removeprefix("../_static/").split("?v=")[0] for script in scripts]
    assert names == ["training_network.js", "training.js"]
    name, checksum = page.select_one(".training")["data-images"].split("?v=")
    assert name == "training_images.js"
    assert checksum == f"{crc32((static / name).read_bytes()):08x}"
    assert all((static / name).is_file() for name in names)
