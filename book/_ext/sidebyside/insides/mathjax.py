"""MathJax: where its files are, and which of its fonts shows a character.

Its style sheet has a rule for each character of each formula, `mjx-c.mjx-c1D465.TEX-I::before
{content: "x"}`, whose class names the font; without one it is the main font, and the parts
of a tall bracket may come from four.
"""

import re
import sysconfig
from pathlib import Path

# The package sphinx-mathjax-offline carries MathJax 3.2.2.
FOLDER = Path(sysconfig.get_path("purelib"), "sphinx-mathjax-offline", "static", "mathjax")
FONT_FILES = FOLDER / "output/chtml/fonts/woff-v2"
STRETCHY = {"MJXTEX-S1", "MJXTEX-S4", "MJXTEX", "MJXTEX-A"}


def families(selector):
    """The font families that may show what a rule with this selector writes; none if it is
    no rule of MathJax."""
    if "mjx-" not in selector:
        return set()
    if "mjx-stretchy" in selector:
        return STRETCHY
    variant = re.search(r"\.(TEX-\w+)", selector)
    return {"MJX" + variant[1] if variant else "MJXTEX"}
