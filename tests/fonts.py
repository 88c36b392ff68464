"""Two sets of fonts, whatever the machine has: the look is not to depend on them.

DejaVu, which is wide and on every Linux, and comes with Matplotlib; and Arimo and Cousine,
which have the widths of Arial and Courier New, as Liberation has, and come from npm. The
browser gets a fontconfig of its own.
"""

import os
import shutil
from pathlib import Path

import matplotlib
from fontTools.ttLib import TTFont

from browsing import NODE_MODULES

DEJAVU = Path(matplotlib.get_data_path(), "fonts", "ttf")
FONTSOURCE = NODE_MODULES / "@fontsource"
SETS = {
    "DejaVu": ({"sans-serif": "DejaVu Sans", "monospace": "DejaVu Sans Mono"}, DEJAVU, "DejaVu*"),
    "Arimo": (
        {"sans-serif": "Arimo", "monospace": "Cousine"},
        FONTSOURCE,
        "*/files/*-latin*-[47]00-*.woff2",
    ),
}
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{folder}</dir>
<cachedir>{folder}/cache</cachedir>
{aliases}
</fontconfig>
"""
ALIAS = (
    "<alias binding='same'><family>{name}</family><prefer><family>{font}</family></prefer></alias>"
)


def environment(name, folder):
    """What a browser is started with to have the fonts of that set, and no others."""
    families, place, glob = SETS[name]
    for file in place.glob(glob):
        if file.suffix == ".ttf":
            shutil.copy(file, folder)
            continue
        font = TTFont(file)
        font.flavor = None  # fontconfig reads no WOFF2
        font.save(folder / f"{file.stem}.ttf")
    names = {**families, "serif": families["sans-serif"], "system-ui": families["sans-serif"]}
    aliases = "\n".join(ALIAS.format(name=name, font=font) for name, font in names.items())
    file = folder / "fonts.conf"
    file.write_text(CONFIGURATION.format(folder=folder, aliases=aliases), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(file)}
