"""social-card.png: what a link to the book looks like where it is shared.

It shows the front page's drawing, book/hero.svg, beside the title, 1200 × 630 pixels, as
those who show such cards ask for.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from PIL import Image

from dropout_book.plots import COLORS

INK, QUIET, GROUND = "#1c2430", "#525d6c", "#ffffff"
WIDTH, HEIGHT, DPI = 1200, 630, 100
SUBTITLE = "E[h′] = h, library by library,\nfrom scratch and built in:\nrun, measured, tested."


def draw(svg, title, frameworks):
    """The figure, for `{name: label}`."""
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=GROUND)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    draw_network(axes, svg, frameworks, scale=2.1, left=590, top=70)
    text = dict(x=70, ha="left", va="top", linespacing=1.35)
    axes.text(y=110, s=title.replace(", ", ",\n"), size=46, weight="bold", color=INK, **text)
    axes.text(y=300, s=SUBTITLE, size=21, color=QUIET, **text)
    for i, (label, row) in enumerate(zip(frameworks.values(), [0, 0, 0, 1, 1, 1])):
        x, y = 84 + 195 * (i % 3), 505 + 44 * row
        axes.add_patch(Circle((x, y), 8, color=COLORS[label]))
        axes.text(x + 18, y, label, size=16, color=INK, va="center")
    return figure


def draw_network(axes, svg, frameworks, scale, left, top):
    def at(x, y):
        return left + scale * float(x), top + scale * float(y)

    lines = [
        (at(*line[:2]), at(*line[2:]))
        for path in svg.iterfind(".//{*}path")
        for line in re.findall(r"M(\S+) (\S+)L([^ ]+) ([^M]+)", path.get("d"))
    ]
    axes.add_collection(LineCollection(lines, colors=INK, linewidths=1, alpha=0.3))
    for circle in svg.iterfind(".//{*}circle"):
        name = (circle.get("class") or "").removeprefix("framework-")
        style = {"color": COLORS[frameworks[name]] if name in frameworks else INK}
        if name == "dropped":
            style = {
                "facecolor": GROUND,
                "edgecolor": QUIET,
                "linestyle": (0, (2, 1.5)),
                "linewidth": 2,
            }
        axes.add_patch(
            Circle(
                at(circle.get("cx"), circle.get("cy")),
                scale * float(circle.get("r")),
                zorder=3,
                **style,
            )
        )


def save(figure, path):
    """As a PNG file of few colours, a third as large."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)


def write_card(app):
    if app.builder.format == "html":
        path = Path(app.outdir, "_static", "social-card.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        svg = ElementTree.parse(Path(app.srcdir, "book", "hero.svg"))
        save(draw(svg, app.config.html_title, app.config.frameworks), path)


def setup(app):
    app.setup_extension("frameworks")
    app.connect("builder-inited", write_card)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
