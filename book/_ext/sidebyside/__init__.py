"""The machinery of the book: Sphinx extensions, a package for each concern.

A concern's Python, style sheets, scripts and templates lie together in its package, and
its words for readers in that package's `words.py`. `insides` holds what relies on the
insides of a dependency, a file for each. `_config.yml` names this package once.

Nothing is imported before Sphinx asks for it: `sidebyside.running`, which executes
notebooks, works without Sphinx.
"""

import gc
from hashlib import sha256
from pathlib import Path

from dropout_book import frameworks

FOLDER = Path(__file__).parent
# In the order in which they are set up; one may rely on those before it.
ROOMS = [
    "running",
    "showing",
    "records",
    "explorer",
    "exercises",
    "training",
    "fit",
    "formulas",
    "look",
    "launching",
    "weight",
]


def digest():
    """Changes with any file of this package: Sphinx then reads every page again."""
    files = [file for file in FOLDER.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    contents = (file.read_bytes() for file in [Path(frameworks.__file__), *sorted(files)])
    return sha256(b"".join(contents)).hexdigest()


def setup(app):
    # What a build makes lives to its end. By default a quarter of its time goes into looking,
    # among millions of objects, for what nobody needs any more.
    gc.set_threshold(50_000, 20, 50)
    for room in ROOMS:
        app.setup_extension(f"{__name__}.{room}")
    return {"env_version": digest(), "parallel_read_safe": True, "parallel_write_safe": True}
