"""Sphinx: what it remembers of a build, and in which order it does its work."""

import re
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.search.en import SearchEnglish

# Of static files, before Sphinx looks through html_static_path, at 800.
BEFORE_STATIC_PATHS = 700


def forget_after_warnings(app, exception):
    """A build that warned is never taken as up to date.

    Sphinx does not repeat the warnings of a page that it has no reason to write again: with
    `-W --keep-going`, or after a build without `-W`, an unchanged book would pass. After an
    exception Sphinx deletes its saved environment; this does the same after a warning.
    """
    if app._warncount:  # app.statuscode is set after this event
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def write_again_with(env, docname):
    """Have the page being read written again whenever that document is.

    Sphinx keeps this record for the pages that hold a table of contents, and forgets or
    merges it with the page.
    """
    env.files_to_rebuild.setdefault(docname, set()).add(env.docname)


def pages_showing_removed(app, env, added, changed, removed):
    """A removed document is not written again, so the pages that show it are read again."""
    return {page for docname in removed for page in env.files_to_rebuild.get(docname, ())}


class SearchWithNumbers(SearchEnglish):
    """English, where 0.871 is one word: for the index, here, and for what a reader asks, in
    the browser. Sphinx splits it at its point and leaves out words that are only digits.
    """

    _word_re = re.compile(r"\d+(?:[.,]\d+)+|\w+")
    js_splitter_code = r"""
var splitQuery = (query) => query.match(
    /\d+(?:[.,]\d+)+|[\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu) || [];
"""


def add_static(app, folder, *, styles=(), scripts=()):
    """A room's own folder of static files; of these, what every page loads.

    Style sheets come after those of the theme and of other extensions, as those do that
    `html_css_files` names.
    """
    for style in styles:
        app.add_css_file(style, priority=800)
    for script in scripts:
        app.add_js_file(script, loading_method="defer")
    app.connect(
        "config-inited",
        lambda app, config: config.html_static_path.append(str(folder)),
        priority=BEFORE_STATIC_PATHS,
    )
