"""The mistakes of tests/mutants can be made, and the recorded run of `make mutants` is
one of these notebooks and these tests, in which none survived."""

import json

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from mutants.run import RECORD, mistakes, mutants_in, mutants_of, what_is_tested
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


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_record_is_of_this_notebook_and_these_tests(record, framework):
    recorded, now = record[framework]["tested"], what_is_tested(framework)
    changed = {name for name in {*recorded, *now} if recorded.get(name) != now.get(name)}
    assert not changed, (
        f"changed since the last run: {sorted(changed)}. "
        f"Run: .venv/bin/python tests/mutants/run.py {framework}"
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_mistake_was_made_and_none_survived(record, framework):
    tried = record[framework]["mutants"]
    assert [(each["number"], each["mistake"]) for each in tried] == [
        (number, mutant.mistake) for number, mutant in mutants_in(framework)
    ]
    assert not [each for each in tried if each["noticed_by"] is None]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_unchanged_notebook_passed(record, framework):
    unchanged = record[framework]["unchanged"]
    assert unchanged["failed"] is None
    assert unchanged["tests"] > 80
