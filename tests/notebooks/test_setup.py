"""The first lines of a notebook install what is published, but never over a clone."""

import ast
import importlib.util

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dropout_book import cells
from dropout_book.frameworks import FRAMEWORKS
from parallel_notebooks import ROOT

NOTEBOOKS = sorted(ROOT.glob("notebooks/*/*.ipynb"))
by_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
)


def first_lines(path):
    """The set-up cell up to the line that installs."""
    lines = cells.sources(path)["setup"].splitlines(keepends=True)
    last = next(number for number, line in enumerate(lines) if " @ git+" in line)
    return "".join(lines[: last + 1])


@pytest.fixture
def launch(monkeypatch):
    """Runs the first lines of a notebook in a folder; returns what they asked pip for."""

    def launch(path, folder, missing):
        asked = []

        class Shell:
            def run_line_magic(self, *magic):
                asked.append(magic)

        code = TransformerManager().transform_cell(first_lines(path))
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: name not in missing)
        monkeypatch.chdir(folder)
        exec(code, {"get_ipython": Shell})
        return asked

    return launch


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "clone" / "dropout_book").mkdir(parents=True)
    (tmp_path / "clone" / "dropout_book" / "__init__.py").touch()
    (tmp_path / "clone" / "notebooks" / "topic").mkdir(parents=True)
    return tmp_path / "clone"


def lacking(path):
    """What may be missing: the book's package, the library, both."""
    module = FRAMEWORKS[path.stem].module
    return [{"dropout_book"}, {module}, {"dropout_book", module}]


@by_notebook
def test_they_are_the_same_in_all(path):
    numpy, framework = FRAMEWORKS["numpy"], FRAMEWORKS[path.stem]
    expected = first_lines(ROOT / "notebooks" / "dropout" / "numpy.ipynb")
    for old, new in [
        (f"[{numpy.id}]", f"[{framework.id}]"),
        (f'find_spec("{numpy.module}")', f'find_spec("{framework.module}")'),
        (f"or {numpy.module}.", f"or {framework.module}."),
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
        ((magic, arguments),) = launch(path, tmp_path, missing)
        assert magic == "pip" and f'install -q "dropout-book[{path.stem}] @ git+' in arguments


@by_notebook
def test_in_a_clone_it_says_how_to_install_the_clone(path, launch, clone):
    for folder in clone, clone / "notebooks", clone / "notebooks" / "topic":
        for missing in lacking(path):
            with pytest.raises(ImportError) as raised:
                launch(path, folder, missing)
            assert f'%pip install -e "{clone}[{path.stem}]"' in str(raised.value)


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
    assert imported & {FRAMEWORKS[path.stem].module, FRAMEWORKS[path.stem].distribution}
