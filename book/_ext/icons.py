"""Of the theme's icon fonts, the icons that the site uses.

Font Awesome's three fonts weigh 300 KB, and a page shows about twenty icons. When all
pages are written, the fonts are written again with the icons that some page names by
its class, and with those that the theme's style sheet names by their code.
"""

import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
FONTS = STATIC / "vendor/fontawesome/webfonts"
STYLE = "styles/pydata-sphinx-theme.css"
ICON = re.compile(r"\bfa-([a-z0-9-]+)")


def used_names(site):
    """The icons, and other classes of Font Awesome, that pages below a folder name."""
    texts = [*site.rglob("*.html"), *site.glob("_static/scripts/*-theme.js")]
    return {name for file in texts for name in ICON.findall(file.read_text(encoding="utf-8"))}


def used_codes(names, css):
    """The code points of the icons with these names, and of those that the theme shows."""
    by_name, codes = {}, set()
    for selectors, declarations in re.findall(r"([^{}]*)\{([^{}]*)\}", css):
        # As an escape or, in Unicode's private area, as it is.
        written = {int(code, 16) for code in re.findall(r'"\\(f[0-9a-f]{3})"', declarations)}
        written |= set(map(ord, re.findall(r'"([\ue000-\uf8ff])"', declarations)))
        named = re.findall(r"\.fa-([a-z0-9-]+):+before", selectors)
        if named:
            by_name.update(dict.fromkeys(named, written))
        else:
            codes |= written  # the theme's own
    for name in names:
        codes |= by_name.get(name, set())
    return codes


def write_fonts(app, exception):
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    names = used_names(site)
    css = (STATIC / STYLE).read_text(encoding="utf-8")
    codes = used_codes(names, css)
    target = site / "_static" / "vendor" / "fontawesome" / "webfonts"
    for file in FONTS.glob("*.ttf"):
        options = subset.Options(flavor="woff2", layout_features=[])
        font = subset.load_font(file, options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        subset.save_font(font, target / f"{file.stem}.woff2", options)
        (target / file.name).unlink(missing_ok=True)  # for browsers before 2018
    (site / "_static" / "scripts" / "fontawesome.js").unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", write_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
