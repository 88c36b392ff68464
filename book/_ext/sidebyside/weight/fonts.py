"""The fonts of a style sheet, in it, with the characters that its rules show.

What a font of icons or of formulas is to show stands in the rules themselves, as
`content: "…"`, or as a variable that a `content` names. Each font is then of 1 to 8 KB,
less than a request of its own costs.
"""

import base64
import logging
import re
from collections import defaultdict
from io import BytesIO

from fontTools import subset

from sidebyside.insides import mathjax

FACE = re.compile(
    r'(@font-face[^{]*\{[^}]*?font-family:\s*([^;}]+)[^}]*?)src:\s*url\("([^"]+\.woff2?)"\)[^;}]*'
)
TEXT = r'(?:[^{}"]|"(?:[^"\\]|\\.)*")'  # strings may hold braces
RULE = re.compile(rf"({TEXT}+)\{{({TEXT}*)\}}")
# A variable that holds one character is an icon; others are names of fonts.
SHOWN = re.compile(r'content:\s*"((?:[^"\\]|\\.)*)"|--[\w-]+:\s*"(\\[0-9A-Fa-f]+ ?|[^"\\])"')
ICONS = ""  # the family of characters for which no font is known: any that has them
OPTIONS = {"flavor": "woff2", "layout_features": [], "notdef_outline": True}

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns of tables that it drops


def embed(css, static):
    """The style sheet with the fonts that it names, below the folder `static`, in it."""
    shown = characters(css)

    def face(match):
        start, family, file = match.groups()
        data = font(static / file, shown[family] or shown[ICONS])
        return f'{start}src: url("data:font/woff2;base64,{data}") format("woff2")'

    return FACE.sub(face, css)


def characters(css):
    """`{font family: code points}` of what rules show by themselves."""
    shown = defaultdict(set)
    for selectors, declarations in RULE.findall(css):
        texts = [unescape("".join(found)) for found in SHOWN.findall(declarations)]
        characters = {ord(character) for text in texts for character in text}
        for family in mathjax.families(selectors) or {ICONS}:
            shown[family] |= characters
    return shown


def unescape(text):
    r"""A string of CSS: \2211 is a character."""
    return re.sub(
        r"\\(?:([0-9A-Fa-f]+) ?|(.))",
        lambda match: chr(int(match[1], 16)) if match[1] else match[2],
        text,
    )


def font(file, shown):
    """Those characters of a font as WOFF2, in base 64."""
    options = subset.Options(**OPTIONS)
    whole = subset.load_font(file, options)
    characters = set(whole.getBestCmap())
    subsetter = subset.Subsetter(options)
    # Browsers reject a font without any.
    subsetter.populate(unicodes=shown & characters or {min(characters)})
    subsetter.subset(whole)
    subset.save_font(whole, light := BytesIO(), options)
    return base64.b64encode(light.getvalue()).decode()
