"""frameworks.css: what depends on the list of frameworks, one rule for each.

Their colours, for tabs and tables the same as in figures; in the dark theme, figures are
turned over by a CSS filter, and so are these. And which panels of a set of tabs are seen, and
which columns of the dictionary.
"""

from itertools import combinations
from pathlib import Path

from sidebyside.showing.frameworks import shown

FILE = "frameworks.css"

# Alone: the chosen one; a set of tabs that lacks it shows its first. With another: these two,
# in this order. Of what a set lacks, it says so.
STYLE = """\
.framework-{name}, .tab-panel[data-framework="{name}"] {{
  --framework: light-dark({light}, {dark});
}}
html[data-framework="{name}"]:not([data-with]) .tab-set[data-frameworks~="{name}"]
  > .tab-panel:not([data-framework="{name}"]),
html[data-framework="{name}"]:not([data-with]) .tab-set:not([data-frameworks~="{name}"])
  > .tab-panel:not(.tab-first),
html[data-with]:not([data-framework="{name}"], [data-with="{name}"]) .tab-set
  > [data-framework="{name}"] {{ display: none; }}
html[data-with="{name}"] .tab-set > [data-framework="{name}"] {{ --column: 2; }}
"""

# A set of tabs that lacks both says so, and shows its first.
STYLE_OF_PAIR = """\
html:is([data-framework="{one}"][data-with="{other}"],
  [data-framework="{other}"][data-with="{one}"])
  .tab-set:not([data-frameworks~="{one}"], [data-frameworks~="{other}"]),
html:is([data-framework="{one}"][data-with="{other}"],
  [data-framework="{other}"][data-with="{one}"])
  .tab-set:not([data-frameworks~="{one}"], [data-frameworks~="{other}"])
  > .tab-first.tab-panel {{ display: block; }}
"""

# Of the dictionary, a pair is seen where there is one; and where there is little room, what
# the reader has chosen: unless all are asked for.
COLUMNS = """\
html[data-with]:not([data-framework="{name}"], [data-with="{name}"])
  .dictionary:not(:has(.dictionary-all :checked)) [data-framework="{name}"] {{ display: none; }}
@media (max-width: 600px), print {{
  html[data-framework]:not([data-framework="{name}"], [data-with="{name}"])
    .dictionary:not(:has(.dictionary-all :checked)) [data-framework="{name}"] {{ display: none; }}
}}
"""


def turned_over(color):
    """`#rrggbb` after the filter `invert(1) hue-rotate(180deg)`: light for dark, hue kept.

    The matrix is that of W3C (2018), Filter Effects Module Level 1, section 9.5, feColorMatrix
    of type hueRotate, where at 180 degrees the new channel is 2·luminance - channel.
    """
    red, green, blue = (255 - int(color[i : i + 2], 16) for i in (1, 3, 5))
    luminance = 0.213 * red + 0.715 * green + 0.072 * blue
    turned = (min(255, max(0, round(2 * luminance - channel))) for channel in (red, green, blue))
    return "#" + "".join(f"{channel:02x}" for channel in turned)


def style(frameworks):
    """The style sheet for these frameworks."""
    one_by_one = [
        (STYLE + COLUMNS).format(name=each.id, light=each.color, dark=turned_over(each.color))
        for each in frameworks
    ]
    of_pairs = [
        STYLE_OF_PAIR.format(one=one.id, other=other.id)
        for one, other in combinations(frameworks, 2)
    ]
    return "".join(one_by_one + of_pairs)


def write_style(app):
    if app.builder.format == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        static.joinpath(FILE).write_text(style(shown(app.config)), encoding="utf-8")


def setup(app):
    app.add_css_file(FILE)
    app.connect("builder-inited", write_style)  # before pages ask for its checksum
