"""{speed-table} and {speed-figure}: what the record of `make bench` says."""

import json

import pytest

from dropout_book.plots import color_of
from made_up import record

PAGE = "# Page\n\n" + "\n\n".join(
    f"```{{speed-{kind}}} ../record.json\n:show: {show}\n```"
    for kind, show in [
        ("table", "conditions"),
        ("table", "ratios"),
        ("table", "wall"),
        ("table", "cpu"),
        ("table", "memory"),
        ("table", "masks"),
        ("figure", "epochs"),
        ("figure", "growth"),
    ]
)


@pytest.fixture
def book(scratch_book):
    book = scratch_book(frameworks=["numpy", "pytorch", "jax"])
    book.page("index.md", "# Front page\n")
    book.page("chapters/page.md", PAGE)
    return book


def test_the_tables_say_what_the_record_says(book):
    book.write("record.json", json.dumps(record()))
    built = book.build("-W", "--keep-going")
    assert built.returncode == 0, built.stdout
    page = book.html("chapters/page").find("article")
    ratios, wall, cpu, memory, masks = [book.rows(table) for table in page.find_all("table")]
    assert ratios[0] == ["What is divided by what", "NumPy", "PyTorch"]
    ratios = {ratio: cells for ratio, *cells in ratios}
    assert ratios["The textbook’s loop / ours"] == ["–", "8.00 8.00–8.00"]
    assert ratios["Ours, concise / an expert’s loop"] == ["1.20 1.20–1.20"] * 2
    assert ratios["Ours / ours without dropout"][0] == "1.25 1.25–1.25"
    assert wall[1] == ["Our loop, from scratch", *["2.00 1.00–4.00"] * 2]
    assert wall[-1] == ["The textbook’s loop and loader", "–", "16.0 8.0–32.0"]
    assert cpu[1][1] == "4.00 2.00–8.00"
    assert memory[1][1] == "0.50 0.50–0.50"
    assert masks[1] == ["Our dropout_layer", *["20.0 10.0–40.0"] * 2]
    assert masks[2] == ["The same, selecting", *["30.0 15.0–60.0"] * 2]
    assert masks[3] == ["The library’s own dropout", "–", "40.0 20.0–80.0"]
    assert masks[4] == ["The same, in place", "–", "10.0 5.0–20.0"]
    text = page.get_text(" ", strip=True)
    assert (
        "Measured on 1 March 2026 in one run of 13 minutes, on 2 cores of Abacus 2000, "
        "Linux on x86_64, with Python 3.11.2, NumPy 1.2.3, PyTorch 1.2.3 and d2l 0.17.6."
    ) in text


def test_the_figures_are_there_small_and_described(book):
    book.write("record.json", json.dumps(record()))
    book.build()
    epochs, growth = book.html("chapters/page").find("article").find_all("img")
    assert "PyTorch: the matrix products alone 1, an expert's loop 2.5" in epochs["alt"]
    assert "from 64 to 1,024, NumPy: from 1 to 1 seconds" in growth["alt"]
    for image in epochs, growth:
        file = book.folder / "_build" / "html" / "chapters" / image["src"]
        svg = file.read_text(encoding="utf-8")
        assert len(svg) <= 60_000
        assert color_of("pytorch") in svg
        assert image.find_parent(class_="cell_output")


def test_without_a_record_the_build_says_what_to_run(book):
    built = book.build("-W", "--keep-going")
    assert built.returncode != 0
    assert "make bench" in built.stdout
