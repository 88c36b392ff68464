"""The arithmetic of the benchmark: medians, ratios and targets out of its record."""

from dataclasses import dataclass, field
from statistics import median

from benchmarks.tasks import GROWTH
from dropout_book.frameworks import FRAMEWORKS

LABELS = {
    "scratch": "our loop, from scratch",
    "concise": "our loop, concise",
    "without dropout": "our loop without dropout",
    "floor": "the matrix products alone",
    "expert": "an expert's loop",
    "textbook": "the textbook's loop and loader",
}


@dataclass(frozen=True)
class Ratio:
    """How often one task's time goes into another's, and what it should be.

    `at_least` or `at_most` give a target per framework; those that are missing have none.
    """

    title: str
    over: str
    under: str
    at_least: dict = field(default_factory=dict)
    at_most: dict = field(default_factory=dict)


RATIOS = [
    Ratio(
        "The textbook's loop / ours",
        "textbook",
        "scratch",
        at_least={"pytorch": 7, "tensorflow": 4, "paddle": 3.5, "mxnet": 3},
    ),
    Ratio("The textbook's loop / the matrix products alone", "textbook", "floor"),
    Ratio(
        "Ours / the matrix products alone",
        "scratch",
        "floor",
        at_most={"numpy": 2, "pytorch": 2, "tensorflow": 2, "jax": 2, "mxnet": 3, "paddle": 4},
    ),
    Ratio(
        "Ours, concise / an expert's loop",
        "concise",
        "expert",
        at_most=dict.fromkeys(FRAMEWORKS, 1),
    ),
    Ratio(
        "Ours, from scratch / an expert's loop",
        "scratch",
        "expert",
        at_most=dict.fromkeys(FRAMEWORKS, 1),
    ),
    Ratio("Ours / ours without dropout", "scratch", "without dropout"),
    Ratio("Our mask / the library's own dropout", "mask", "library mask"),
]


@dataclass(frozen=True)
class Spread:
    """The median of several measurements, the lowest and the highest."""

    median: float
    lowest: float
    highest: float

    def __str__(self):
        """In three digits or so: `8.31 (8.02–8.77)`."""
        digits = 2 if self.median < 10 else 1
        median, lowest, highest = (
            f"{x:.{digits}f}" for x in (self.median, self.lowest, self.highest)
        )
        return f"{median} ({lowest}–{highest})"

    def __truediv__(self, unit):
        return Spread(self.median / unit, self.lowest / unit, self.highest / unit)


def spread(values):
    return Spread(median(values), min(values), max(values))


def used(record, framework, task, what="wall"):
    """The Spread of `wall` or `cpu` seconds or `memory` over the repetitions; None if the
    framework has no such task."""
    measured = record["tasks"][framework].get(task)
    values = [each[what] for each in measured or [] if each[what] is not None]
    return spread(values) if values else None


def ratio(record, framework, of):
    """The Spread of a Ratio; None if the framework lacks one of the two tasks.

    Divided is repetition by repetition: both were timed within a minute, so that what
    slows the machine down for longer slows down both.
    """
    over, under = (record["tasks"][framework].get(task) for task in (of.over, of.under))
    if not over or not under:
        return None
    return spread([a["wall"] / b["wall"] for a, b in zip(over, under, strict=True)])


def target(framework, of):
    """The target in words; None if there is none."""
    if framework in of.at_least:
        return f"at least {of.at_least[framework]:g}"
    if framework in of.at_most:
        return f"at most {of.at_most[framework]:g}"
    return None


def verdict(framework, of, measured):
    """ "met" or "missed", by the median; or, where the target lies between the lowest and
    the highest measurement, and the median misses it, "within the spread". None if there
    is no target."""
    if framework in of.at_least:
        met, possible = (
            each >= of.at_least[framework] for each in (measured.median, measured.highest)
        )
    elif framework in of.at_most:
        met, possible = (
            each <= of.at_most[framework] for each in (measured.median, measured.lowest)
        )
    else:
        return None
    return "met" if met else "within the spread" if possible else "missed"


def nanoseconds_per_element(record, framework, task):
    """The Spread of the time that one element of a mask takes; None as for `used`."""
    seconds = used(record, framework, task)
    return seconds and seconds / (record["mask elements"] / 1e9)


def growth(record, framework, axis):
    """`{how large it is: Spread of wall seconds}` of an epoch, where one thing grows."""
    return {n: used(record, framework, task.name) for n, task in GROWTH[axis].items()}
