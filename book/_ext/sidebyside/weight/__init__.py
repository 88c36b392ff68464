"""What makes finished pages light: one pass over them, which `weight: false` switches off.

The pass starts from the pages as Sphinx wrote them, and keeps those beside the site: so it
can be run again, after a build that wrote a few pages, and gives what it would have given
after a build from nothing.
"""

from pathlib import Path

from sidebyside.weight import pages, style_sheet

BUILDERS = {"html", "dirhtml"}


def lighten(site, written):
    """Make the pages below the folder `site` light; keep them as they were in `written`."""
    for file in pages.unserved(site / "_static"):
        file.unlink()
    originals = keep_originals(site, written)
    light = {path: pages.lighten(page, site / path) for path, page in originals.items()}
    light = style_sheet.merge(light, site / "_static")
    for path, page in light.items():
        (site / path).write_text(page, encoding="utf-8")


def keep_originals(site, written):
    """`{path: page}` as Sphinx wrote them.

    A page that links to the one style sheet has been through this pass: the last build has
    not written it.
    """
    originals = {}
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site)
        page, original = file.read_text(encoding="utf-8"), written / path
        if style_sheet.NAME in page:
            page = original.read_text(encoding="utf-8")
        else:
            original.parent.mkdir(parents=True, exist_ok=True)
            original.write_text(page, encoding="utf-8")
        originals[path] = page
    for original in written.rglob("*.html"):
        if original.relative_to(written) not in originals:
            original.unlink()
    return originals


def folder_of_originals(app):
    return Path(app.doctreedir).parent / f".written-{app.builder.name}"


def pages_without_originals(app, env, added, changed, removed):
    """All of them, where somebody has taken the folder away: they are written again."""
    wanted = app.builder.name in BUILDERS and app.config.weight
    return env.found_docs if wanted and not folder_of_originals(app).exists() else []


def lighten_site(app, exception):
    if exception is None and app.builder.name in BUILDERS and app.config.weight:
        lighten(Path(app.outdir), folder_of_originals(app))


def setup(app):
    app.add_config_value("weight", True, "html", (bool,))
    app.connect("env-get-outdated", pages_without_originals)
    # After the pages that other extensions write.
    app.connect("build-finished", lighten_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
