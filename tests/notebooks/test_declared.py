"""What is declared in dropout_book has its entry in every file that must name libraries."""

import re

import pytest
import tomllib
import yaml

from adapters import ADAPTERS
from benchmarks.expert_loops import LOOPS
from benchmarks.libraries import LIBRARIES
from dropout_book.frameworks import FRAMEWORKS, Framework
from parallel_notebooks import ROOT
from single_notebooks import SINGLE

TOPICS = sorted(
    path.name
    for path in (ROOT / "notebooks").iterdir()
    if path.is_dir() and path.name not in SINGLE
)
PYTHON = {
    "ADAPTERS of tests/dropout/adapters.py": ADAPTERS,
    "LIBRARIES of benchmarks/libraries.py": LIBRARIES,
    "LOOPS of benchmarks/expert_loops.py": LOOPS,
}


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def parsed(path):
    return yaml.safe_load(text_of(path))


def listed_in_contents():
    """`{file: title}` of the notebooks in _toc.yml, in its order."""
    return {
        chapter["file"]: chapter.get("title")
        for part in parsed("_toc.yml")["parts"]
        for chapter in part["chapters"]
        if chapter["file"].startswith("notebooks/")
    }


def has(topic, framework):
    return (ROOT / "notebooks" / topic / f"{framework.id}.ipynb").exists()


def missing(framework):
    """The entries that the framework lacks, each in words."""
    name, distribution = framework.id, framework.distribution
    if not has("dropout", framework):
        yield f"notebooks/dropout/{name}.ipynb"
    contents = listed_in_contents()
    for topic in TOPICS:
        if has(topic, framework) and contents.get(f"notebooks/{topic}/{name}") != framework.label:
            yield f"_toc.yml: file notebooks/{topic}/{name}, title {framework.label}"
    if has("semantics", framework) and name not in parsed("book/semantics.yml")["columns"]:
        yield f"book/semantics.yml: column {name}"

    requirement = re.search(rf"(?m)^{distribution}==[^;\n]+(;)?", text_of("requirements.txt"))
    if not requirement:
        yield f"requirements.txt: {distribution}==…"
    elif bool(requirement[1]) != bool(framework.platforms):
        yield f"requirements.txt: a marker for {distribution}, if not every platform has it"
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extra = project["optional-dependencies"].get(name)
    if extra is None:
        yield f"pyproject.toml: extra {name}"
    elif not any(re.match(rf"{distribution}\b", each) for each in extra + project["dependencies"]):
        yield f"pyproject.toml: {distribution} in the extra {name}"

    if name not in parsed("tests/launch/hosts.yml")["colab"]["packages"]:
        yield f"tests/launch/hosts.yml: colab, packages, {name}"
    if not any(name in each["change"] for each in parsed("tests/mutants/mutants.yml")):
        yield f"tests/mutants/mutants.yml: a mistake in {name}"
    yield from (f"{table}: {name}" for table, entries in PYTHON.items() if name not in entries)


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_no_entry_is_missing(framework):
    assert list(missing(framework)) == []


def test_each_missing_entry_is_named():
    seventh = Framework(
        "seventh", "Seventh", "#000000", "seventh", "seventh", "https://seventh.example/"
    )
    said = list(missing(seventh))
    for place in [
        "notebooks/dropout",
        "requirements.txt",
        "pyproject.toml",
        "tests/launch/hosts.yml",
        "tests/mutants/mutants.yml",
        *PYTHON,
    ]:
        assert sum(each.startswith(place) for each in said) == 1


def test_files_name_no_other_framework_and_in_the_order_of_the_tabs():
    def order(names):
        return [name for name in FRAMEWORKS if name in names]

    files = list(listed_in_contents())
    for topic in TOPICS:
        names = [path.stem for path in (ROOT / "notebooks" / topic).glob("*.ipynb")]
        assert set(names) <= set(FRAMEWORKS)
        here = [file.split("/")[-1] for file in files if file.split("/")[1] == topic]
        assert here == order(names)
    semantics = [path.stem for path in (ROOT / "notebooks" / "semantics").glob("*.ipynb")]
    assert list(parsed("book/semantics.yml")["columns"]) == order(semantics)
    extras = tomllib.loads(text_of("pyproject.toml"))["project"]["optional-dependencies"]
    assert list(extras) == [*FRAMEWORKS, "experiments"]
    packages = parsed("tests/launch/hosts.yml")["colab"]["packages"]
    assert set(packages) - {"all"} == set(FRAMEWORKS)
    for entries in PYTHON.values():
        assert list(entries) == list(FRAMEWORKS)


def test_documentation_is_the_librarys_own():
    for name, forms in parsed("book/semantics.yml")["columns"].items():
        for address in forms.values():
            # Linen's has a site of its own, beside Flax's.
            address = address.replace("//flax-linen.", "//flax.")
            assert address.startswith(FRAMEWORKS[name].documentation)


def test_ids_colours_and_labels_are_well_formed():
    for name, framework in FRAMEWORKS.items():
        assert name == framework.id and re.fullmatch(r"[a-z]\w*", name)
        assert re.fullmatch(r"#[0-9a-f]{6}", framework.color)
    assert len({framework.color for framework in FRAMEWORKS.values()}) == len(FRAMEWORKS)
    assert len({framework.label for framework in FRAMEWORKS.values()}) == len(FRAMEWORKS)
