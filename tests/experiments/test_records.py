"""What is recorded is what the runs return: a sample is begun again."""

import pytest

from dropout_book.experiments import reading
from dropout_book.experiments.questions import all_questions
from dropout_book.experiments.results import FOLDER, Results
from dropout_book.experiments.run import LIBRARIES
from small_runs import apart, first_steps

RECORDED = [each for each in all_questions() if (FOLDER / f"{each.id}.jsonl").exists()]
STEPS = 100
# Sums in another order differ by 1e-7, and a hundred steps let that grow to 1e-4 at most,
# as different numbers of threads on one machine show; any change of what is done, a
# learning rate, an order, a mask, shows in the second digit.
PROCESSORS = 2e-3


@pytest.mark.parametrize("each", RECORDED, ids=lambda each: each.id)
def test_the_first_steps_of_a_run_are_as_recorded(each):
    """Of one run in each library, another one for each question."""
    entries = Results(each).entries
    for library in LIBRARIES:
        runs = [run for run in entries if run.library == library and run.lr <= 0.1]
        if not runs:
            continue
        run = runs[len(runs) * each.number // 12]
        seen = apart(library, first_steps, run, STEPS)
        curves = entries[run]["result"]["curves"]
        recorded = list(zip(curves["step"], curves["validation_loss"], curves["train_loss"]))
        assert len(seen) > 2
        assert seen == [
            (step, *(pytest.approx(loss, rel=PROCESSORS) for loss in losses))
            for step, *losses in recorded[: len(seen)]
        ]


@pytest.mark.parametrize("each", RECORDED, ids=lambda each: each.id)
def test_a_record_is_whole_and_fresh(each):
    store = Results(each)
    assert not store.changed
    assert [run for run in each.due(store.results) if run not in store.entries] == []


@pytest.mark.parametrize("each", RECORDED, ids=lambda each: each.id)
def test_a_record_is_read_as_tables(each):
    table, curves = reading.table(each.id), reading.curves(each.id)
    assert set(table.arm) == set(curves.arm) == {arm.name for arm in each.arms}
    judged = table[table.seed < 100]
    assert (judged.groupby("arm").seed.nunique() >= 10).all()
