"""The mistakes of tests/mutants can be made, and the recorded run of `make mutants` is
one of these notebooks and these tests, in which none survived."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dropout_book.records.record import load
from mutants.run import RECORD, mistakes, mutants_in, mutants_of, what_decides
from parallel_notebooks import FRAMEWORKS, sources

MUTANTS = [mutant for mistake in mistakes() for mutant in mutants_of(mistake)]


@pytest.fixture(scope="module")
def record():
    return load(RECORD)


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


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_record_holds_what_it_depends_on(record, framework):
    """Whether that has changed since, tests/records/test_record.py says."""
    assert set(record[framework]["depends"]) == what_decides(framework)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_mistake_was_made_and_none_survived(record, framework):
    tried = record[framework]["data"]["mutants"]
    assert [(each["number"], each["mistake"]) for each in tried] == [
        (number, mutant.mistake) for number, mutant in mutants_in(framework)
    ]
    assert not [each for each in tried if each["noticed_by"] is None]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_unchanged_notebook_passed(record, framework):
    unchanged = record[framework]["data"]["unchanged"]
    assert unchanged["failed"] is None
    assert unchanged["tests"] > 80
