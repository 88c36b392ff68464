"""Which frameworks this machine has; MXNet is not to be had everywhere."""

from dropout_book.records.dependencies import Dependencies
from parallel_notebooks import FRAMEWORKS, ROOT, path_of, read

FOUND = Dependencies(ROOT)


def is_installed(framework):
    """Whether all that the framework's notebook imports is there."""
    return not FOUND.of(read(framework), path_of(framework))[1]


INSTALLED = [framework for framework in FRAMEWORKS if is_installed(framework)]
