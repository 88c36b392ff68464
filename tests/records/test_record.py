"""What is recorded holds: nothing that a record depends on has changed since."""

import json

import nbformat
import pytest

from dropout_book.records import record
from parallel_notebooks import ROOT


@pytest.mark.parametrize("file", [*record.FILES, "dropout_book/experiments/"])
def test_nothing_recorded_is_stale(file):
    stale = {name: why for name, why in record.stale(ROOT).items() if name.startswith(file)}
    assert not stale


def test_every_record_there_is_is_looked_at():
    """Also one that somebody adds."""
    files = [*ROOT.glob("benchmarks/*.json"), *ROOT.glob("tests/*/record.json")]
    assert {file.relative_to(ROOT).as_posix() for file in files} == set(record.FILES)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "constraints.txt").write_text("torch==2.0\nnumpy==1.26\n")
    (tmp_path / "requirements.txt").write_text("flax==1.0  # layers\n")
    (tmp_path / "code.py").write_text("x = 1\n")
    (tmp_path / "mistakes.yml").write_text(MISTAKES)
    write_notebook(tmp_path, "%pip install one\nx = 1", "y = 2")
    record.pins.cache_clear()
    return tmp_path


def write_notebook(root, first, second):
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})
        for tag, source in [("setup", first), ("data", second)]
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "nb.ipynb")


MISTAKES = "- {a: 1, jax: 2, paddle: 3}\n"
NAMES = [
    "*.py",
    "mistakes.yml",
    "mistakes.yml#jax",
    "nb.ipynb",
    "nb.ipynb#data",
    "pin torch",
    "pin flax",
    "no.py",
]


def changes(root, edit):
    """What a record of NAMES says that has changed, after an edit."""
    record.write(root / "record.json", 1, record.digests(root, NAMES), by="make it")
    edit(root)
    record.pins.cache_clear()
    return record.changed(root, record.load(root / "record.json")[""])


@pytest.mark.parametrize(
    "edit",
    [
        lambda root: None,
        lambda root: (root / "code.py").write_text('"""Why."""\n\nx = 1  # one\n'),
        lambda root: (root / "mistakes.yml").write_text("# All.\n" + MISTAKES),
        lambda root: write_notebook(root, "%pip install two\nx = 1  # one", "y = 2"),
        lambda root: (root / "other.txt").write_text("new"),
        lambda root: (root / "constraints.txt").write_text("torch==2.0\nnumpy==2.0\n"),
    ],
)
def test_what_decides_nothing_changes_nothing(root, edit):
    assert changes(root, edit) == []


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (lambda root: (root / "code.py").write_text("x = 2\n"), ["*.py"]),
        (lambda root: (root / "more.py").write_text(""), ["*.py"]),
        (lambda root: (root / "no.py").write_text(""), ["*.py", "no.py"]),
        (lambda root: (root / "code.py").unlink(), ["*.py"]),
        (
            lambda root: (root / "mistakes.yml").write_text(MISTAKES.replace("2", "4")),
            ["mistakes.yml", "mistakes.yml#jax"],
        ),
        (
            lambda root: (root / "mistakes.yml").write_text(MISTAKES.replace("3", "4")),
            ["mistakes.yml"],
        ),
        (lambda root: write_notebook(root, "x = 2", "y = 2"), ["nb.ipynb"]),
        (lambda root: write_notebook(root, "x = 1", "y = 3"), ["nb.ipynb", "nb.ipynb#data"]),
        (lambda root: (root / "constraints.txt").write_text("torch==2.1\n"), ["pin torch"]),
        (lambda root: (root / "requirements.txt").write_text(""), ["pin flax"]),
    ],
)
def test_what_decides_is_named(root, edit, names):
    assert changes(root, edit) == names


def test_parts_are_written_one_by_one(root):
    for part, data in [("b", 1), ("a", 2), ("b", 3)]:
        record.write(root / "parts.json", data, {}, by="make it", part=part, cores=2)
    parts = record.load(root / "parts.json")
    assert {name: part["data"] for name, part in parts.items()} == {"a": 2, "b": 3}
    assert all(part["made"]["cores"] == 2 and part["made"]["date"] for part in parts.values())


def test_what_is_stale_is_told_with_the_command(root, monkeypatch):
    monkeypatch.setattr(record, "FILES", ("parts.json", "missing.json"))
    digests = record.digests(root, ["code.py"])
    record.write(root / "parts.json", 1, digests, by="make a", part="a")
    record.write(root / "parts.json", 1, {"code.py": "0"}, by="make b", part="b")
    assert record.stale(root) == {
        "parts.json, b": "changed since: code.py. Run: make b",
        "missing.json": "it is missing",
    }
    assert json.loads((root / "parts.json").read_text())["a"]["depends"] == digests
