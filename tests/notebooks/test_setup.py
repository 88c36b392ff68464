"""The first lines of a notebook install what is missing: a clone itself, where there is one,
else what is published."""

import ast
import importlib.util
import sys

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from dropout_book import cells
from dropout_book.frameworks import FRAMEWORKS
from parallel_notebooks import ROOT
from single_notebooks import launched_with

NOTEBOOKS = sorted(ROOT.glob("notebooks/*/*.ipynb"))
by_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
)


def first_lines(path):
    """The set-up cell up to the line that installs what is published."""
    lines = cells.sources(path)["setup"].splitlines(keepends=True)
    last = next(number for number, line in enumerate(lines) if " @ git+" in line)
    return "".join(lines[: last + 1])


@pytest.fixture
def launch(monkeypatch):
    """Runs the first lines of a notebook in a folder; returns what they asked pip for."""
    shell = InteractiveShell()

    def launch(path, folder, missing):
        asked = []
        shell.register_magic_function(asked.append, magic_name="pip")
        monkeypatch.chdir(folder)
        with monkeypatch.context() as here:
            here.setattr(importlib.util, "find_spec", lambda name: name not in missing)
            shell.run_cell(first_lines(path)).raise_error()
        return asked

    yield launch
    InteractiveShell.clear_instance()


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "clone" / "dropout_book").mkdir(parents=True)
    (tmp_path / "clone" / "dropout_book" / "__init__.py").touch()
    (tmp_path / "clone" / "notebooks" / "topic").mkdir(parents=True)
    return tmp_path / "clone"


def lacking(path):
    """What may be missing: the book's package, the library, both."""
    _, module = launched_with(path)
    return [{"dropout_book"}, {module}, {"dropout_book", module}]


@by_notebook
def test_they_are_the_same_in_all(path):
    numpy, (extra, module) = FRAMEWORKS["numpy"], launched_with(path)
    expected = first_lines(ROOT / "notebooks" / "dropout" / "numpy.ipynb")
    for old, new in [
        (f"[{numpy.id}]", f"[{extra}]"),
        (f'find_spec("{numpy.module}")', f'find_spec("{module}")'),
    ]:
        assert old in expected
        expected = expected.replace(old, new)
    assert first_lines(path) == expected


@by_notebook
def test_where_all_is_there_nothing_is_installed(path, launch, clone):
    for folder in clone, clone / "notebooks" / "topic", clone.parent:
        assert launch(path, folder, missing=set()) == []


@by_notebook
def test_alone_it_installs_what_is_published(path, launch, tmp_path):
    for missing in lacking(path):
        (asked,) = launch(path, tmp_path, missing)
        assert asked.startswith(f'install -q "dropout-book[{launched_with(path)[0]}] @ git+')


@by_notebook
def test_a_clone_installs_itself(path, launch, clone, monkeypatch):
    """Not the published package, over the reader's work; and the kernel that is running
    finds it, which reads no .pth files any more."""
    before = list(sys.path)
    for folder in clone, clone / "notebooks", clone / "notebooks" / "topic":
        for missing in lacking(path):
            monkeypatch.setattr(sys, "path", list(before))
            asked = launch(path, folder, missing)
            assert asked == [f'install -q -e "{clone}[{launched_with(path)[0]}]"']
            assert sys.path == [*before, str(clone)]


def test_a_folder_of_the_readers_is_no_clone_for_its_name(launch, tmp_path):
    folder = tmp_path / "dropout_book"
    folder.mkdir()
    assert len(launch(NOTEBOOKS[0], folder, {"dropout_book"})) == 1


@by_notebook
def test_what_must_be_there_is_imported_further_down(path):
    """Not in an `if`: so that the build knows without running it what a notebook needs."""
    code = TransformerManager().transform_cell(cells.sources(path)["setup"])
    imported = {
        name.partition(".")[0]
        for node in ast.parse(code).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert "dropout_book" in imported
    _, module = launched_with(path)
    declared = next(each for each in FRAMEWORKS.values() if each.module == module)
    assert imported & {module, declared.distribution}
