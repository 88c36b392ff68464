"""The notebooks that are one a question; all others are one a library."""

from dropout_book.frameworks import FRAMEWORKS

# Their folders: the extra that each installs, and the library that it is written in.
SINGLE = {
    "experiments": ("experiments", FRAMEWORKS["pytorch"]),
    "theory": ("numpy", FRAMEWORKS["numpy"]),
}


def launched_with(path):
    """The extra that a notebook installs, and the module that it asks for."""
    extra, framework = SINGLE.get(path.parent.name) or (path.stem, FRAMEWORKS[path.stem])
    return extra, framework.module
