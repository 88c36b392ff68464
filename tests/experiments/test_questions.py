"""Every question's design: declared in full, and run with two seeds and few steps."""

import math
import subprocess
import sys

import pytest

from dropout_book.experiments import data
from dropout_book.experiments.cost import cost
from dropout_book.experiments.design import HEADLINES, OTHER, PRIMARY, RATES, TUNING, value
from dropout_book.experiments.questions import IDS, all_questions, question
from dropout_book.experiments.run import DIVERGED, Run
from small_runs import apart, entry_of, short

QUESTIONS = all_questions()


@pytest.fixture(scope="module")
def swept():
    """`{run: result}` of two seeds of every arm of every question, few images and steps."""
    results = {}
    for each in QUESTIONS:
        for run in each.rehearsal():
            if run not in results:
                entry = apart(run.library, entry_of, short(run, steps=4))
                results[run] = entry["result"]
    return results


@pytest.mark.parametrize("each", QUESTIONS, ids=IDS)
def test_a_question_runs_and_its_contrast_can_be_told(each, swept):
    pairs = iter(each.rehearsal())
    found = {}
    for arm in each.arms:
        two = [swept[next(pairs)] for _ in range(2)]
        for result in two:
            assert "diverged" not in result and result["curves"]["step"][-1] == 4
            for headline, by in HEADLINES.items():
                assert math.isfinite(value(result, headline) + value(result, by))
        found |= {arm.run(seed): two[seed % 2] for seed in range(PRIMARY)}
    contrast = each.contrast(found)
    for name in contrast.arms:
        assert each.arm(name).seeds == PRIMARY
        assert math.isfinite(contrast.of(found[each.arm(name).run(0)]))


@pytest.mark.parametrize("each", QUESTIONS, ids=IDS)
def test_a_design_is_as_the_protocol_says(each):
    assert each.id == IDS[each.number - 1]
    names = [arm.name for arm in each.arms]
    assert len(set(names)) == len(names)
    assert all(arm.seeds in {OTHER, PRIMARY} for arm in each.arms)
    assert all(0 <= seed < PRIMARY for arm in each.arms for seed in range(arm.seeds))
    # Each differs from the others in something.
    runs = [(arm.run(0), arm.tuned) for arm in each.arms]
    assert len(set(runs)) == len(runs)


def test_seeds_that_choose_are_not_those_that_are_judged():
    assert set(TUNING).isdisjoint(range(PRIMARY))


def tuned_results(each, best):
    """Results in which `best(arm)` is the best rate for all metrics."""
    found = {}
    for arm in each.arms:
        for run in arm.tuning():
            figures = {
                "validation_loss": abs(run.lr - best),
                "validation_accuracy": -abs(run.lr - best),
                "validation_tempered": abs(run.lr - best),
            }
            found[run] = {"last": figures, "best": figures}
    return found


def test_rates_are_chosen_by_validation_on_their_own_seeds():
    each = question("does-it-help")
    assert {run.seed for run in each.due({})} == set(TUNING)
    results = tuned_results(each, 0.03)
    arm = each.arm("none, 3,000")
    assert {arm.rate(metric, results) for metric in HEADLINES} == {0.03}
    due = [run for run in each.due(results) if run.seed < PRIMARY]
    assert {run.lr for run in due} == {0.03}
    assert arm.chosen("best.loss", results) == [arm.run(seed, lr=0.03) for seed in range(PRIMARY)]
    # One metric may choose otherwise; then both rates are run.
    for run in arm.tuning():
        results[run] = {
            **results[run],
            "last": {**results[run]["last"], "validation_loss": run.lr},
        }
    assert arm.rate("last.loss", results) == RATES[0] and arm.rate("best.loss", results) == 0.03
    assert {run.lr for run in arm.runs(results)} == {0.01, 0.03}
    # The honest arm takes over what was chosen for best weights.
    assert each.arm("none, honest").rate("best.loss", results) == 0.03


def test_a_rate_at_which_runs_diverge_can_be_judged_and_is_not_chosen():
    arm = question("does-it-help").arm("none, 3,000")
    results = tuned_results(question("does-it-help"), 0.3)
    for run in arm.tuning():
        if run.lr == 0.3:
            results[run] = {"diverged": 7, "last": DIVERGED, "best": DIVERGED}
    # The next best: what is far from 0.3 scores less than 1 here, a diverged run ln 10.
    losses = [metric for metric in HEADLINES if metric != "last.accuracy"]
    assert {arm.rate(metric, results) for metric in losses} == {0.1}


def test_questions_share_runs():
    help, activations = question("does-it-help"), question("activations")
    assert set(activations.planned({})) <= set(help.planned({}))


def test_all_of_it_fits_into_two_hours_on_two_cores():
    runs = {run for each in QUESTIONS for run in each.planned({})}
    assert sum(map(cost, runs)) < 10_000


def test_an_unknown_question_is_an_error_that_names_them():
    with pytest.raises(ValueError, match="no question 'weight'.*weight-decay"):
        question("weight")
    done = subprocess.run(
        [sys.executable, "-m", "dropout_book.experiments", "--only", "weight"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "ONLY=weight: there is no question" in done.stderr


def test_importing_it_imports_no_deep_learning_library():
    code = (
        "import sys, dropout_book.experiments;"
        "assert not {'torch', 'tensorflow', 'dask', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_checkpoints_are_logarithmic_and_end_with_the_last_step():
    found = data.checkpoints(4_000)
    assert found[0] == 20 and found[-1] == 4_000 and len(found) == 16
    ratios = [b / a for a, b in zip(found, found[1:])]
    assert max(ratios) / min(ratios) < 1.1
    assert data.checkpoints(Run.steps)[-1] == Run.steps
