"""The fingerprint holds what a notebook depends on, and nothing else."""

import sys

import nbformat
import pytest

from dropout_book.records.dependencies import Dependencies


@pytest.fixture
def depends(tmp_path):
    """`depends(*cells)`: fingerprint and missing modules of a notebook in tmp_path/book."""

    def depends(*cells, files=()):
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        root = tmp_path / "book"
        return Dependencies(root).of(nb, root / "notebooks" / "nb.ipynb", files)

    (tmp_path / "book" / "notebooks").mkdir(parents=True)
    return depends


@pytest.fixture
def helper(tmp_path):
    """`helper(path, source)` writes a module, or another file, below the book's root."""

    def helper(path, source=""):
        path = tmp_path / "book" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return path

    return helper


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install(name, version, *requirements, module=…)` makes an installed distribution."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def install(name, version, *requirements, module=None):
        (folder / f"{module or name}.py").write_text("raise SystemExit('imported')")
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "top_level.txt").write_text(module or name)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            + "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
        )

    return install


def names(result):
    fingerprint, missing = result
    assert missing == {}
    assert fingerprint.pop("python") == ".".join(map(str, sys.version_info[:3]))
    return set(fingerprint)


@pytest.fixture
def package(helper):
    """A package whose `data` needs `files`, and nobody needs `plots`."""
    helper("pkg/__init__.py")
    helper("pkg/data.py", "from .files import find")
    helper("pkg/files.py", "def find(): pass")
    helper("pkg/plots.py")
    helper("pkg/sub/__init__.py", "from . import deep")
    helper("pkg/sub/deep.py", "from .. import files")


@pytest.mark.parametrize(
    "statement",
    [
        "import pkg.data",
        "import pkg.data as d",
        "from pkg.data import find",
        "from pkg import data",
        "from pkg import data as d, no_module",
        "def f():\n    from pkg import data",
        "try:\n    import pkg.data\nexcept ImportError: pass",
    ],
)
def test_follows_only_what_is_imported(depends, package, statement):
    assert names(depends(statement)) == {"pkg/__init__.py", "pkg/data.py", "pkg/files.py"}


def test_a_package_alone_is_not_its_modules(depends, package):
    assert names(depends("import pkg")) == {"pkg/__init__.py"}


def test_relative_imports_across_levels(depends, package):
    assert names(depends("import pkg.sub")) == {
        "pkg/__init__.py",
        "pkg/sub/__init__.py",
        "pkg/sub/deep.py",
        "pkg/files.py",
    }


def test_helper_beside_the_notebook_comes_before_one_at_the_root(depends, helper):
    helper("mine.py")
    helper("notebooks/mine.py")
    assert names(depends("import mine")) == {"notebooks/mine.py"}


def test_package_without_init(depends, helper):
    helper("loose/inner/part.py", "import loose.other")
    helper("loose/other.py")
    assert names(depends("import loose.inner.part")) == {"loose/inner/part.py", "loose/other.py"}


def test_helpers_that_import_each_other(depends, helper):
    helper("one.py", "import two")
    helper("two.py", "import one")
    assert names(depends("import one")) == {"one.py", "two.py"}


def test_an_edit_changes_one_entry(depends, helper):
    helper("a.py", "x = 1")
    helper("b.py", "x = 1")
    before, _ = depends("import a, b")
    helper("a.py", "x = 2")
    after, _ = depends("import a, b")
    assert {name for name in before if before[name] != after[name]} == {"a.py"}


@pytest.mark.parametrize(
    "cell",
    [
        "%pip install nothing\nimport mine",
        "!ls\nimport mine",
        "%%time\nimport mine",
        "%%capture out\n\nimport mine",
        "files = !ls\nimport mine",
        "?mine\nimport mine",
    ],
)
def test_magics(depends, helper, cell):
    helper("mine.py")
    assert names(depends(cell)) == {"mine.py"}


@pytest.mark.parametrize(
    "cell",
    [
        "%%bash\nimport -window root screen.png",
        "this is no Python",
        "from . import mine",
        "import os, sys, random, json.decoder, xml.etree.ElementTree as ET",
        "# nothing",
    ],
)
def test_cells_that_depend_on_nothing(depends, cell):
    assert names(depends(cell)) == set()


def test_broken_helper_is_still_a_dependency(depends, helper):
    helper("mine.py", "def (")
    assert names(depends("import mine")) == {"mine.py"}


def test_installed_versions_and_what_they_require(depends, helper, install):
    install("Base_Lib", "1.0", module="base")
    install("middle", "2.0", "base-lib>=1", "middle")  # some even require themselves
    install("other", "4.0")
    helper("mine.py", "import middle.sub")
    versions, _ = depends("import mine")
    assert set(versions) == {"python", "mine.py", "middle", "base-lib"}
    assert versions["middle"] == "2.0" and versions["base-lib"] == "1.0"


def test_markers_and_extras(depends, install):
    install("lib", "1.0", "base[fast]", "never; python_version < '3'", "unwanted; extra == 'all'")
    install("base", "1.0", "quick; extra == 'fast'", "slow; extra == 'slow'")
    for name in ["quick", "slow", "never", "unwanted"]:
        install(name, "1.0")
    assert names(depends("import lib")) == {"lib", "base", "quick"}


def test_requirement_that_is_not_installed(depends, install):
    install("lib", "1.0", "gone")
    assert depends("import lib")[0]["gone"] == "absent"


def test_own_package_counts_by_its_source_not_by_its_metadata(
    depends, helper, tmp_path, monkeypatch
):
    """Else whatever an editable install requires would concern each of its users."""
    helper("own.py")
    info = helper(
        "own-1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: own\nVersion: 1.0\nRequires-Dist: pytest\n",
    )
    (info.parent / "top_level.txt").write_text("own")
    monkeypatch.syspath_prepend(tmp_path / "book")
    assert names(depends("import own")) == {"own.py"}


def test_nothing_is_imported(depends, helper, install):
    install("heavy", "1.0")
    helper("pkg/__init__.py", "raise SystemExit('imported')")
    helper("pkg/mod.py", "raise SystemExit('imported')")
    before = set(sys.modules)
    assert names(depends("import heavy.sub, pkg.mod")) == {
        "heavy",
        "pkg/__init__.py",
        "pkg/mod.py",
    }
    assert set(sys.modules) == before


@pytest.mark.parametrize(
    "cell, required",
    [
        ("import gone", True),
        ("from gone.sub import x", True),
        ("with open(f) as g:\n    import gone", True),
        ("try:\n    import gone\nexcept ImportError:\n    gone = None", False),
        ("if 'google.colab' in sys.modules:\n    import gone", False),
        ("def f():\n    import gone", False),
        ("try:\n    import gone\nexcept ImportError:\n    pass\nimport gone", True),
        ("import gone\ntry:\n    import gone\nexcept ImportError:\n    pass", True),
    ],
)
def test_missing_modules(depends, cell, required):
    fingerprint, missing = depends(cell)
    assert fingerprint["gone"] == "absent"
    assert missing == ({"gone": "notebooks/nb.ipynb"} if required else {})


def test_missing_in_a_helper(depends, helper):
    helper("lazy.py", "def f():\n    import gone")
    helper("eager.py", "import gone")
    assert depends("import lazy")[1] == {}
    assert depends("import lazy, eager")[1] == {"gone": "eager.py"}
    assert depends("def f():\n    import eager")[1] == {}


def test_data_files(depends, helper):
    file = helper("data/table.csv", "1,2")
    before, _ = depends("", files=[file])
    helper("data/table.csv", "1,3")
    after, _ = depends("", files=[file])
    assert set(before) == {"python", "data/table.csv"}
    assert before != after


def test_of_a_notebook_that_is_read_only_code_and_tags_count(depends, helper):
    def after(text="Text.", tag="setup", source="x = 1", **metadata):
        nb = nbformat.v4.new_notebook(metadata=metadata)
        nb.cells = [
            nbformat.v4.new_markdown_cell(text, id="text"),
            nbformat.v4.new_code_cell(source, metadata={"tags": [tag]}, id="code"),
        ]
        return depends("", files=[helper("other.ipynb", nbformat.writes(nb))])

    before = after()
    assert after(text="Other text.", dictionary={"seed": {}}) == before
    assert after(source="x = 2") != before
    assert after(tag="data") != before


def test_a_comment_or_docstring_in_a_helper_changes_nothing(depends, helper):
    helper("helpers.py", "def f(x):\n    return x + 1\n")
    before = depends("import helpers")
    helper("helpers.py", 'def f(x):\n    """One more."""\n    return x + 1  # one\n')
    assert depends("import helpers") == before
    helper("helpers.py", "def f(x):\n    return x + 2\n")
    assert depends("import helpers") != before
