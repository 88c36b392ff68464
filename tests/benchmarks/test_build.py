"""benchmarks/build.py builds what it says, and its record says what the book claims."""

import subprocess

import nbformat
import pytest
import yaml

from benchmarks import build
from dropout_book.records.record import load
from parallel_notebooks import ROOT


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    build.copy_sources(folder)
    return folder


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_copy_holds_what_git_has_and_nothing_built(copy):
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = contents(copy)
    assert {file for file in tracked if file and (ROOT / file).is_file()} <= set(files)
    assert not [file for file in files if file.startswith(("_build/", ".venv/"))]


@pytest.mark.parametrize(
    "step, file",
    [
        ("a page edited", "book/derivation.md"),
        ("a notebook edited", "notebooks/dropout/pytorch.ipynb"),
        ("a helper of five notebooks edited", "dropout_book/textbook.py"),
    ],
)
def test_an_edit_changes_one_file(copy, step, file):
    before = contents(copy)
    build.STEPS[step](copy)
    after = contents(copy)
    assert {name for name in after if after[name] != before.get(name)} == {file}
    if file.endswith(".ipynb"):
        nbformat.validate(nbformat.read(copy / file, as_version=4))


def test_jupyter_book_alone_is_told_nothing_of_our_execution(copy):
    build.execute_as_jupyter_book_does(copy)
    ours, plain = (
        yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
        for folder in (ROOT, copy)
    )
    assert plain["sphinx"]["config"].pop("execution_is_ours") is False
    assert plain == ours


def test_the_record_holds_what_the_page_says():
    record = load(build.RECORD)[""]
    ours, plain = record["data"][build.OURS], record["data"][build.PLAIN]
    assert list(ours) == list(plain) == list(build.STEPS)
    notebooks = len(list(ROOT.glob("notebooks/*/*.ipynb")))
    executed = [used["executed"] for used in ours.values()]
    assert executed == [notebooks, 0, 0, 2, 5]
    # It looks at the notebooks alone.
    assert [used["executed"] for used in plain.values()] == [notebooks, 0, 0, 1, 0]
