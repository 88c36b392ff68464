"""A build that warned is never taken as up to date.

Sphinx does not repeat the warnings of a page that it has no reason to write
again: with `-W --keep-going`, or after a build without `-W`, an unchanged book
would pass. After an exception Sphinx deletes its saved environment, so that the
next build starts afresh; here it does the same after a warning.
"""

from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME


def forget_environment(app, exception):
    if app._warncount:  # app.statuscode is set after this event
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", forget_environment)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
