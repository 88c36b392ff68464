"""The picture that stands for a link: in the size asked for, with the drawing and the colours."""

from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from dropout_book.plots import COLORS
from parallel_notebooks import FRAMEWORKS, ROOT
from social_card import HEIGHT, WIDTH, draw


def test_it_shows_the_drawing_the_title_and_every_colour():
    svg = ElementTree.parse(ROOT / "book" / "hero.svg")
    circles = svg.findall(".//{*}circle")
    figure = draw(svg, "Dropout, Side by Side", FRAMEWORKS)
    (axes,) = figure.axes
    assert len(axes.patches) == len(circles) + len(FRAMEWORKS)
    lines = sum(path.get("d").count("M") for path in svg.findall(".//{*}path"))
    assert lines > 20 and len(axes.collections[0].get_segments()) == lines
    assert [text.get_text() for text in axes.texts][0] == "Dropout,\nSide by Side"
    assert {text.get_text() for text in axes.texts} >= set(FRAMEWORKS.values())

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3]
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    for label in FRAMEWORKS.values():
        seen = np.abs(pixels - 255 * np.array(to_rgb(COLORS[label]))).max(axis=2) < 1
        assert seen[:, : WIDTH // 2].sum() > 100, f"{label}: no dot beside its name"
    for text in axes.texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert 0 <= box.x0 and box.x1 <= WIDTH and 0 <= box.y0 and box.y1 <= HEIGHT


def test_a_dropped_unit_has_no_line():
    svg = ElementTree.parse(ROOT / "book" / "hero.svg")
    places = {
        (circle.get("cx"), circle.get("cy")): circle.get("class")
        for circle in svg.findall(".//{*}circle")
    }
    ends = [
        end
        for path in svg.findall(".//{*}path")
        for line in path.get("d").split("M")[1:]
        for end in line.split("L")
    ]
    reached = {tuple(end.split()) for end in ends}
    dropped = {place for place, style in places.items() if style == "dropped"}
    assert reached == set(places) - dropped
    assert len(dropped) == 4, "one of six, then three of six: the text says so"
