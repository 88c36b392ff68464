"""Notebooks as they lie in the repository: no outputs, one kernel, one address."""

import nbformat
import pytest

import address
from parallel_notebooks import ROOT

NOTEBOOKS = sorted(path for path in ROOT.glob("notebooks/**/*.ipynb")
                   if ".ipynb_checkpoints" not in path.parts)
by_path = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.relative_to(ROOT).as_posix() for path in NOTEBOOKS])


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
    assert f"@ git+{url}@{branch}\"" in setup


def test_the_readme_clones_from_the_address_of_the_settings():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert address.CLONE.findall(readme) == [address.repository(ROOT)[0]]


def test_another_address_reaches_every_place():
    nb = nbformat.read(NOTEBOOKS[0], as_version=4)
    address.with_address(nb, "https://github.com/someone/else", "next", "a/b.ipynb")
    text = nbformat.writes(nb)
    old_url, _ = address.repository(ROOT)
    assert old_url not in text and old_url.split("github.com/")[1] not in text
    assert "git+https://github.com/someone/else@next" in text
    assert "github/someone/else/blob/next/a/b.ipynb" in text
