"""The notebooks that are one a question; all others are one a library."""

from dropout_book.frameworks import FRAMEWORKS

QUESTIONS = "experiments"  # their folder


def launched_with(path):
    """The extra that a notebook installs, and the module that it asks for."""
    if path.parent.name == QUESTIONS:
        return QUESTIONS, FRAMEWORKS["pytorch"].module
    return path.stem, FRAMEWORKS[path.stem].module
