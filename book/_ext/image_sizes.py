"""Pictures say how large they are, and load when they come near.

With width and height, the text below a picture stays where it is while it loads. One that
is far down, or in a panel of tabs that is not seen, is not loaded before it is wanted.
"""

import re
from pathlib import Path

from PIL import Image

IMAGE = re.compile(r'<img\b(?=[^>]*\ssrc="([^"]+)")')
PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "in": 96}  # CSS, Values and Units, 6.2


def size_of(file):
    """`(width, height)` in CSS pixels."""
    if Path(file).suffix != ".svg":
        with Image.open(file) as image:
            return image.size
    root = re.search(r"<svg\b[^>]*>", Path(file).read_text(encoding="utf-8"))[0]
    lengths = (re.search(rf'\s{side}="([\d.]+)([a-z]*)"', root) for side in ("width", "height"))
    return tuple(round(float(length[1]) * PIXELS[length[2]]) for length in lengths)


def say_sizes(app, pagename, templatename, context, doctree):
    files = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}

    def with_size(match):
        file = files.get(match[1].rpartition("/")[2])
        if file is None:
            return match[0]
        width, height = size_of(file)
        return f'<img width="{width}" height="{height}" loading="lazy" decoding="async"'

    if doctree:
        context["body"] = IMAGE.sub(with_size, context["body"])


def setup(app):
    app.connect("html-page-context", say_sizes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
