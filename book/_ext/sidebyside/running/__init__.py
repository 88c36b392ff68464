"""Notebooks are executed when, and only when, their outputs are stale; pages show those outputs.

    python -m sidebyside.running [folder of the book]

executes what is stale, once, for every edition of the book. The HTML build does the same
before it reads the pages; any other builder only reads, and stops where something is stale.

Alone, Jupyter Book runs notebooks one after the other, does not notice that a helper or a
library has changed, and forgets on the next run that a cell failed.
"""


def setup(app):
    from sidebyside.running import extension  # needs Sphinx, which the command does without

    return extension.setup(app)
