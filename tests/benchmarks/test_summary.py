"""The benchmark's arithmetic, on made-up numbers."""

import pytest
import yaml

from benchmarks.run import TARGETS
from dropout_book.records import speed
from dropout_book.records.speed import GROWTH, RATIOS, Spread, growing
from made_up import data, used
from parallel_notebooks import FRAMEWORKS

TEXTBOOK = next(of for of in RATIOS if of.over == "textbook")


def test_the_median_stands_between_the_lowest_and_the_highest():
    assert speed.used(data(), "numpy", "scratch") == Spread(2.0, 1.0, 4.0)
    assert speed.used(data(), "numpy", "scratch", "cpu") == Spread(4.0, 2.0, 8.0)
    assert speed.used(data(), "numpy", "scratch", "memory") == Spread(5e8, 5e8, 5e8)


def test_a_library_that_lacks_a_task_has_no_figures():
    assert speed.used(data(), "numpy", "textbook") is None
    assert speed.ratio(data(), "numpy", TEXTBOOK) is None
    assert speed.nanoseconds_per_element(data(), "numpy", "library mask") is None


def test_memory_that_could_not_be_measured_has_no_figures():
    made_up = data()
    for each in made_up["tasks"]["numpy"]["scratch"]:
        each["memory"] = None
    assert speed.used(made_up, "numpy", "scratch", "memory") is None


def test_repetitions_are_divided_one_by_one():
    """A slow machine slows both: the ratio stays."""
    assert speed.ratio(data(), "pytorch", TEXTBOOK) == Spread(8, 8, 8)
    made_up = data()
    made_up["tasks"]["pytorch"]["textbook"] = [used(wall) for wall in (2, 3, 6, 4, 20)]
    # ours took 2, 3, 1, 4 and 2 seconds
    assert speed.ratio(made_up, "pytorch", TEXTBOOK) == Spread(1, 1, 10)


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
    assert speed.verdict(("at least", 7), measured) == at_least
    assert speed.verdict(("at most", 7), measured) == at_most


def test_a_spread_is_written_in_three_digits_or_so():
    assert str(Spread(2.345, 1, 30) / 1) == "2.35 (1.00–30.00)"
    assert str(Spread(2345, 1000, 3000) / 100) == "23.4 (10.0–30.0)"


def test_a_target_says_which_way_it_goes():
    expert = next(of for of in RATIOS if of.name == "concise / expert")
    assert speed.target(data(), "pytorch", TEXTBOOK) == ("at least", 7)
    assert speed.target(data(), "pytorch", expert) == ("at most", 1)
    assert speed.target(data(), "numpy", TEXTBOOK) is None


def test_targets_are_of_frameworks_and_ratios_that_there_are():
    targets = yaml.safe_load(TARGETS.read_text(encoding="utf-8"))
    assert set(targets) <= {of.name for of in RATIOS}
    for kinds in targets.values():
        for kind, numbers in kinds.items():
            assert kind in {"at least", "at most"} and set(numbers) <= set(FRAMEWORKS)
    tasks = set(data()["tasks"]["pytorch"])
    assert all({of.over, of.under} <= tasks for of in RATIOS)


def test_masks_take_nanoseconds_per_element():
    # 0.2 seconds for ten million
    measured = speed.nanoseconds_per_element(data(), "pytorch", "mask")
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
    made_up = data()
    largest = max(GROWTH[axis])
    made_up["tasks"]["pytorch"][GROWTH[axis][largest].name] = [used(9.0)]
    grown = speed.growth(made_up, "pytorch", axis)
    assert list(grown) == sorted(GROWTH[axis])
    assert grown[largest].median == 9
    assert grown[min(grown)].median == 1
