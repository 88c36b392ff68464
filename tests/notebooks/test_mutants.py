"""The mistakes of tests/mutants can be made, and the recorded run of `make mutants` is
one of these notebooks and these tests, in which none survived."""

import json

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from mutants.run import RECORD, mistakes, mutants_of, what_is_tested
from parallel_notebooks import FRAMEWORKS, sources

MUTANTS = [mutant for mistake in mistakes() for mutant in mutants_of(mistake)]


@pytest.fixture(scope="module")
def record():
    return json.loads(RECORD.read_text(encoding="utf-8"))


def describe(mutant):
    return f"{mutant.framework}, {mutant.cells[0]}: {mutant.mistake}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=describe)
def test_a_mistake_changes_its_cells_and_still_compiles(mutant):
    changed = mutant.sources()
    before = sources(mutant.framework)
    assert {tag for tag in before if changed[tag] != before[tag]} <= set(mutant.cells)
    for tag in mutant.cells:
        assert changed[tag] != before[tag]
        compile(TransformerManager().transform_cell(changed[tag]), tag, "exec")


def test_there_are_many_kinds_of_mistake_and_all_six_published_ones():
    assert len(mistakes()) >= 15
    published = [each for each in mistakes() if each.get("published") == "textbook"]
    assert len(published) == 6
    for framework in FRAMEWORKS:
        assert sum(mutant.framework == framework for mutant in MUTANTS) >= 15


def test_the_record_is_of_these_notebooks_and_these_tests(record):
    changed = {name for name, digest in {**record["tested"], **what_is_tested()}.items()
               if record["tested"].get(name) != digest or name not in what_is_tested()}
    assert not changed, f"changed since the last run: {sorted(changed)}. Run: make mutants"


def test_every_mistake_was_made_and_none_survived(record):
    made = {(each["mistake"], json.dumps(each["cell"]), framework)
            for each in record["mistakes"] for framework, test in each["caught"].items() if test}
    listed = {(each["mistake"], json.dumps(each["cell"]), mutant.framework)
              for each in mistakes() for mutant in mutants_of(each)}
    assert made == listed


def test_the_unchanged_notebooks_passed(record):
    assert list(record["unchanged"]) == list(FRAMEWORKS)
    for framework, each in record["unchanged"].items():
        assert each["failed"] is None
        assert each["tests"] > 50
