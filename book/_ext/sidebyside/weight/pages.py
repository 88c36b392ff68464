"""A page without the scripts that it does not use, and with pictures that say their size.

Extensions add their scripts to every page. Here each has a rule: what a page holds that needs
it, as the classes of an element. Thebe has none: it would run cells in the page on another
host's machines; this book launches notebooks in Colab and Studio Lab instead.

With width and height, the text below a picture stays where it is while it loads. One that
is far down, or in a panel of tabs that is not seen, is not loaded before it is wanted.
"""

import re
from pathlib import Path

from PIL import Image

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>\n?", flags=re.DOTALL)
ARTICLE = re.compile(r"<article\b.*</article>", flags=re.DOTALL)
CLASSES = re.compile(r'\bclass="([^"]*)"')
CODE, TOGGLE, NOTHING = [{"highlight"}], [{"toggle"}, {"admonition", "dropdown"}], []
RULES = {  # part of a script's attributes: elements that need it, any one of them
    "thebe": NOTHING,
    "togglebutton": TOGGLE,
    "clipboard": CODE,
    "copybutton": CODE,
    "design-tabs": [{"sd-tab-set"}],
}
INLINE_RULES = {  # what an inline script says: elements that need it
    "thebe": NOTHING,
    "kernelName =": NOTHING,
    "toggleHint": TOGGLE,
    "toggleOpenOnPrint": TOGGLE,
    "togglebuttonSelector": TOGGLE,
    # For a menu of versions and a search in the page, which this book has not.
    "DOCUMENTATION_OPTIONS.pagename": NOTHING,
    "DOCUMENTATION_OPTIONS.search_as_you_type": NOTHING,
}
PICTURE = re.compile(r'<img\b(?=[^>]*\ssrc="([^"]*\b_images/[^"]+)")')
PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "in": 96}  # CSS, Values and Units, 6.2


def lighten(page, file):
    """The page that Sphinx wrote to `file`, without what it does not use."""
    article = ARTICLE.search(page)
    elements = {frozenset(each.split()) for each in CLASSES.findall(article[0] if article else "")}
    # Sphinx's scripts on its search page do not wait for those that they need.
    deferred = file.stem != "search"

    def script(match):
        attributes, body = match.groups()
        external = "src=" in attributes
        for part, needing in (RULES if external else INLINE_RULES).items():
            if part in (attributes if external else attributes + body):
                if not any(classes <= each for classes in needing for each in elements):
                    return ""
        if not external or not deferred or re.search(r"\bdefer\b", attributes):
            return match[0]
        return match[0].replace("<script", '<script defer="defer"', 1)

    def picture(match):
        width, height = size_of(file.parent / match[1])
        return f'<img width="{width}" height="{height}" loading="lazy" decoding="async"'

    return PICTURE.sub(picture, SCRIPT.sub(script, page))


def size_of(file):
    """`(width, height)` in CSS pixels."""
    if Path(file).suffix != ".svg":
        with Image.open(file) as image:
            return image.size
    root = re.search(r"<svg\b[^>]*>", Path(file).read_text(encoding="utf-8"))[0]
    lengths = (re.search(rf'\s{side}="([\d.]+)([a-z]*)"', root) for side in ("width", "height"))
    return tuple(round(float(length[1]) * PIXELS[length[2]]) for length in lengths)


def unserved(static):
    """Source maps, 3 MB, and templates, that the theme carries beside what it serves."""
    return [*static.rglob("*.map"), *static.rglob("*-macros.html")]
