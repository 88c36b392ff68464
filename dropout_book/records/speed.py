"""What `make bench` times, by name, and the arithmetic of its record: medians and ratios.

`data` is what the record holds. Every task is one epoch, its evaluation included, but for
the masks, which are many calls of a dropout layer.
"""

from dataclasses import dataclass, replace
from statistics import median

MASK_SHAPE, MASK_CALLS, MASK_PROBABILITY = (256, 256), 300, 0.5
FEWER = 15_000  # examples, where width and batch size grow


@dataclass(frozen=True)
class Task:
    name: str
    kind: str = "scratch"
    width: int = 256
    batch_size: int = 256
    num_examples: int = 60_000  # for training; a sixth as many for evaluation


MASKS = ("mask", "selecting mask", "library mask", "library mask in place")

# In this order, so that what is divided by what is timed one after the other.
MAIN = [
    Task("expert", "expert"),
    Task("scratch"),
    Task("floor", "floor"),
    Task("concise", "concise"),
    Task("without dropout", "without dropout"),
    *(Task(name, name) for name in MASKS),
]
TEXTBOOK = [Task("textbook", "textbook")]


def growing(**changed):
    """The loop from scratch, of fewer examples, with one thing changed."""
    task = replace(Task(""), **{"num_examples": FEWER, **changed})
    return replace(
        task,
        name=f"width {task.width}, batch size {task.batch_size}, {task.num_examples} examples",
    )


GROWTH = {  # what grows: {how large it is: what is timed}
    "width": {n: growing(width=n) for n in (64, 128, 256, 512, 1024)},
    "batch size": {n: growing(batch_size=n) for n in (64, 128, 256, 512, 1024)},
    "examples": {n: growing(num_examples=n) for n in (15_000, 30_000, 45_000, 60_000)},
}
GROWING = list(dict.fromkeys(task for tasks in GROWTH.values() for task in tasks.values()))

# Those that take an epoch, in the order of the pages.
LOOPS = ("scratch", "concise", "without dropout", "floor", "expert", "textbook")


@dataclass(frozen=True)
class Ratio:
    """How often one task's time goes into another's."""

    over: str
    under: str

    @property
    def name(self):
        """As benchmarks/targets.yml has it."""
        return f"{self.over} / {self.under}"


RATIOS = [
    Ratio("textbook", "scratch"),
    Ratio("textbook", "floor"),
    Ratio("scratch", "floor"),
    Ratio("concise", "expert"),
    Ratio("scratch", "expert"),
    Ratio("scratch", "without dropout"),
    Ratio("mask", "library mask"),
    Ratio("selecting mask", "mask"),
    Ratio("library mask in place", "library mask"),
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


def used(data, framework, task, what="wall"):
    """The Spread of `wall` or `cpu` seconds or `memory` over the repetitions; None if the
    framework has no such task."""
    measured = data["tasks"][framework].get(task)
    values = [each[what] for each in measured or [] if each[what] is not None]
    return spread(values) if values else None


def ratio(data, framework, of):
    """The Spread of a Ratio; None if the framework lacks one of the two tasks.

    Divided is repetition by repetition: both were timed within a minute, so that what
    slows the machine down for longer slows down both.
    """
    over, under = (data["tasks"][framework].get(task) for task in (of.over, of.under))
    if not over or not under:
        return None
    return spread([a["wall"] / b["wall"] for a, b in zip(over, under, strict=True)])


def target(data, framework, of):
    """`("at least" or "at most", number)` that the record has as target; None if it has none."""
    for kind, targets in data["targets"].get(of.name, {}).items():
        if framework in targets:
            return kind, targets[framework]
    return None


def verdict(aim, measured):
    """ "met" or "missed", by the median; or, where the target lies between the lowest and
    the highest measurement, and the median misses it, "within the spread"."""
    kind, number = aim
    best = measured.highest if kind == "at least" else measured.lowest
    met, possible = (
        each >= number if kind == "at least" else each <= number
        for each in (measured.median, best)
    )
    return "met" if met else "within the spread" if possible else "missed"


def nanoseconds_per_element(data, framework, task):
    """The Spread of the time that one element of a mask takes; None as for `used`."""
    seconds = used(data, framework, task)
    return seconds and seconds / (data["mask elements"] / 1e9)


def growth(data, framework, axis):
    """`{how large it is: Spread of wall seconds}` of an epoch, where one thing grows."""
    return {n: used(data, framework, task.name) for n, task in GROWTH[axis].items()}
