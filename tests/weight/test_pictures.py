"""Pictures say how large they are."""

import pytest
from PIL import Image

from sidebyside.weight.pages import size_of

SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" {} viewBox="0 0 9 9"></svg>'


@pytest.mark.parametrize(
    "sides, size",
    [
        ('width="72pt" height="36.4pt"', (96, 49)),
        ('width="300" height="20px"', (300, 20)),
        ('id="x" height="1in" stroke-width="3" width="2in"', (192, 96)),
    ],
)
def test_svg(tmp_path, sides, size):
    file = tmp_path / "figure.svg"
    file.write_text(SVG.format(sides), encoding="utf-8")
    assert size_of(file) == size


def test_pixels(tmp_path):
    Image.new("RGB", (31, 17)).save(tmp_path / "figure.png")
    assert size_of(tmp_path / "figure.png") == (31, 17)


def test_pages_say_it(scratch_book):
    book = scratch_book(weight=True)
    Image.new("RGB", (31, 17)).save(book.folder / "one.png")
    book.write("figure.svg", SVG.format('width="72pt" height="36pt"'))
    book.page(
        "index.md",
        "# Page\n\n![One > other](one.png)\n\n![Two](figure.svg)\n\n"
        "![Elsewhere](https://example.org/x.png)\n",
    )
    run = book.build()
    assert run.returncode == 0, run.stdout
    one, two, elsewhere = book.html("index").find("article").find_all("img")
    assert (one["width"], one["height"], one["loading"], one["alt"]) == (
        "31",
        "17",
        "lazy",
        "One > other",
    )
    assert (two["width"], two["height"]) == ("96", "48")
    assert not elsewhere.has_attr("width")
