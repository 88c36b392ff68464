"""Notebooks as they lie in the repository: no outputs, one kernel, one address."""

import re
from urllib.parse import unquote

import nbformat
import pytest

import address
from parallel_notebooks import ROOT

README = ROOT / "README.md"
NOTEBOOKS = sorted(
    path for path in ROOT.glob("notebooks/**/*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
by_path = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
)


@by_path
def test_no_outputs_are_stored(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@by_path
def test_the_kernel_is_python3(path):
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


@by_path
def test_the_file_is_valid_and_in_the_canonical_form(path):
    """So that a change to one cell is a change to a few lines."""
    text = path.read_text(encoding="utf-8")
    nb = nbformat.reads(text, as_version=4)
    nbformat.validate(nb)
    assert nbformat.writes(nb, indent=1) + "\n" == text


@by_path
def test_the_address_is_that_of_the_settings(path):
    url, branch = address.repository(ROOT)
    nb = nbformat.read(path, as_version=4)
    changed = address.with_address(nb, url, branch, path.relative_to(ROOT).as_posix())
    assert nbformat.writes(changed, indent=1) + "\n" == path.read_text(encoding="utf-8")
    first = nb.cells[0]
    assert f"github/{url.split('github.com/')[1]}/blob/{branch}/" in first.source
    # The badges are pictures from other hosts, so no page of the site shows them.
    assert "remove-cell" in first.metadata.tags
    setup = next(cell.source for cell in nb.cells if "setup" in cell.metadata.get("tags", []))
    assert f'@ git+{url}@{branch}"' in setup


def test_the_readme_names_the_address_of_the_settings():
    readme, (url, branch) = README.read_text(encoding="utf-8"), address.repository(ROOT)
    assert address.readme_with_address(readme, url, branch) == readme
    assert address.CLONE.findall(readme) == [url]
    owner_and_name = url.partition("github.com/")[2]
    assert address.BINDER.findall(readme) == [f"{owner_and_name}/{branch}"]


def test_the_readme_opens_a_notebook_that_is_there_in_binder():
    readme = README.read_text(encoding="utf-8")
    assert [
        (ROOT / unquote(path)).exists()
        for path in re.findall(r"mybinder\.org/\S+\?labpath=([^)\s]+)", readme)
    ] == [True]


def test_another_address_reaches_every_place():
    nb = nbformat.read(NOTEBOOKS[0], as_version=4)
    address.with_address(nb, "https://github.com/someone/else", "next", "a/b.ipynb")
    text = nbformat.writes(nb)
    old_url, _ = address.repository(ROOT)
    assert old_url not in text and old_url.split("github.com/")[1] not in text
    assert "git+https://github.com/someone/else@next" in text
    assert "github/someone/else/blob/next/a/b.ipynb" in text
    readme = address.readme_with_address(
        README.read_text(encoding="utf-8"), "https://github.com/someone/else", "next"
    )
    assert old_url.split("github.com/")[1] not in readme
    assert "git clone https://github.com/someone/else " in readme
    assert "mybinder.org/v2/gh/someone/else/next?" in readme
