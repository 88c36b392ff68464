"""A throw-away Jupyter Book that loads the extensions in book/_ext."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"


class ScratchBook:
    """A small book in its own folder, built by the real `jupyter-book`.

    Pages are given as text, notebooks as lists of `(tag, source)` code cells.
    """

    def __init__(self, folder, extensions, sphinx_config):
        self.folder = folder
        self.write(
            "_config.yml",
            yaml.safe_dump(
                {
                    "title": "Scratch book",
                    "only_build_toc_files": True,
                    "execute": {
                        "execute_notebooks": "cache",
                        "timeout": 60,
                        "raise_on_error": True,
                    },
                    "sphinx": {
                        "local_extensions": {name: str(EXTENSIONS) for name in extensions},
                        "config": sphinx_config,
                    },
                },
                sort_keys=False,
            ),
        )
        self.pages = []

    def write(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def page(self, path, text):
        """Add or change a Markdown page; the first one is the front page."""
        self._list(path)
        return self.write(path, text)

    def notebook(self, path, cells, title="A notebook"):
        """Add or change a notebook of one heading and `(tag, source)` code cells."""
        self._list(path)
        nb = nbformat.v4.new_notebook(
            metadata={
                "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
            }
        )
        nb.cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
        for tag, source in cells:
            nb.cells.append(
                nbformat.v4.new_code_cell(source, metadata={"tags": [tag]} if tag else {})
            )
        return self.write(path, nbformat.writes(nb))

    def _list(self, path):
        docname = str(Path(path).with_suffix(""))
        if docname in self.pages:
            return
        self.pages.append(docname)
        first, *others = self.pages
        chapters = {"chapters": [{"file": page} for page in others]} if others else {}
        self.write("_toc.yml", yaml.safe_dump({"format": "jb-book", "root": first, **chapters}))

    def build(self, *options, **environment):
        """Run `jupyter-book build`; stdout holds everything it printed."""
        return subprocess.run(
            [Path(sys.executable).with_name("jupyter-book"), "build", *options, self.folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
            timeout=300,
        )

    def html(self, docname):
        """The built page, parsed."""
        path = self.folder / "_build" / "html" / f"{docname}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    @staticmethod
    def rows(table):
        """The texts of a table's cells, row by row, its head among them."""
        return [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]


@pytest.fixture
def scratch_book(tmp_path):
    """`scratch_book(extensions, **sphinx_config)` makes an empty ScratchBook."""

    def make(extensions, **sphinx_config):
        folder = tmp_path / "scratch book é"  # a space and a non-ASCII letter
        folder.mkdir()
        return ScratchBook(folder, extensions, sphinx_config)

    return make
