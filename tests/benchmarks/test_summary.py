"""The benchmark's arithmetic, on made-up numbers."""

import pytest

from benchmarks import summary
from benchmarks.summary import RATIOS, Ratio, Spread
from benchmarks.tasks import GROWTH, growing
from made_up import record, used
from parallel_notebooks import FRAMEWORKS

TEXTBOOK = next(of for of in RATIOS if of.over == "textbook")


def test_the_median_stands_between_the_lowest_and_the_highest():
    assert summary.used(record(), "numpy", "scratch") == Spread(2.0, 1.0, 4.0)
    assert summary.used(record(), "numpy", "scratch", "cpu") == Spread(4.0, 2.0, 8.0)
    assert summary.used(record(), "numpy", "scratch", "memory") == Spread(5e8, 5e8, 5e8)


def test_a_library_that_lacks_a_task_has_no_figures():
    assert summary.used(record(), "numpy", "textbook") is None
    assert summary.ratio(record(), "numpy", TEXTBOOK) is None
    assert summary.nanoseconds_per_element(record(), "numpy", "library mask") is None


def test_memory_that_could_not_be_measured_has_no_figures():
    made_up = record()
    for each in made_up["tasks"]["numpy"]["scratch"]:
        each["memory"] = None
    assert summary.used(made_up, "numpy", "scratch", "memory") is None


def test_repetitions_are_divided_one_by_one():
    """A slow machine slows both: the ratio stays."""
    assert summary.ratio(record(), "pytorch", TEXTBOOK) == Spread(8, 8, 8)
    made_up = record()
    made_up["tasks"]["pytorch"]["textbook"] = [used(wall) for wall in (2, 3, 6, 4, 20)]
    # ours took 2, 3, 1, 4 and 2 seconds
    assert summary.ratio(made_up, "pytorch", TEXTBOOK) == Spread(1, 1, 10)


@pytest.mark.parametrize(
    ("measured", "at_least", "at_most"),
    [
        (Spread(7, 6, 8), "met", "met"),
        (Spread(6.9, 6, 8), "within the spread", "met"),
        (Spread(7.1, 6, 8), "met", "within the spread"),
        (Spread(6, 5, 6.9), "missed", "met"),
        (Spread(9, 7.1, 10), "met", "missed"),
    ],
)
def test_the_median_decides_whether_a_target_is_met(measured, at_least, at_most):
    assert summary.verdict("jax", Ratio("", "", "", at_least={"jax": 7}), measured) == at_least
    assert summary.verdict("jax", Ratio("", "", "", at_most={"jax": 7}), measured) == at_most
    assert summary.verdict("jax", Ratio("", "", ""), measured) is None


def test_a_spread_is_written_in_three_digits_or_so():
    assert str(Spread(2.345, 1, 30) / 1) == "2.35 (1.00–30.00)"
    assert str(Spread(2345, 1000, 3000) / 100) == "23.4 (10.0–30.0)"


def test_a_target_says_which_way_it_goes():
    assert summary.target("jax", Ratio("", "", "", at_least={"jax": 3.5})) == "at least 3.5"
    assert summary.target("jax", Ratio("", "", "", at_most={"jax": 2})) == "at most 2"
    assert summary.target("numpy", Ratio("", "", "", at_most={"jax": 2})) is None


def test_targets_are_of_frameworks_and_tasks_that_there_are():
    tasks = set(record()["tasks"]["pytorch"])
    for of in RATIOS:
        assert {*of.at_least, *of.at_most} <= set(FRAMEWORKS)
        assert {of.over, of.under} <= tasks


def test_masks_take_nanoseconds_per_element():
    # 0.2 seconds for ten million
    measured = summary.nanoseconds_per_element(record(), "pytorch", "mask")
    assert (measured.median, measured.lowest, measured.highest) == pytest.approx((20, 10, 40))


@pytest.mark.parametrize(
    ("axis", "setting"),
    [("width", "width"), ("batch size", "batch_size"), ("examples", "num_examples")],
)
def test_one_thing_grows_at_a_time(axis, setting):
    base = growing()
    for n, task in GROWTH[axis].items():
        assert getattr(task, setting) == n
        assert (
            sum(
                getattr(task, each) != getattr(base, each)
                for each in ("width", "batch_size", "num_examples")
            )
            <= 1
        )
    made_up = record()
    largest = max(GROWTH[axis])
    made_up["tasks"]["pytorch"][GROWTH[axis][largest].name] = [used(9.0)]
    grown = summary.growth(made_up, "pytorch", axis)
    assert list(grown) == sorted(GROWTH[axis])
    assert grown[largest].median == 9
    assert grown[min(grown)].median == 1
