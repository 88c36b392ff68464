"""What is timed, by name. Every task is one epoch, its evaluation included, but for the
masks, which are many calls of a dropout layer."""

from dataclasses import dataclass, replace

MASK_SHAPE, MASK_CALLS, MASK_PROBABILITY = (256, 256), 300, 0.5
FEWER = 15_000  # examples, where width and batch size grow


@dataclass(frozen=True)
class Task:
    name: str
    kind: str = "scratch"
    width: int = 256
    batch_size: int = 256
    num_examples: int = 60_000  # for training; a sixth as many for evaluation


# In this order, so that what is divided by what is timed one after the other.
MAIN = [
    Task("expert", "expert"),
    Task("scratch"),
    Task("floor", "floor"),
    Task("concise", "concise"),
    Task("without dropout", "without dropout"),
    Task("mask", "mask"),
    Task("library mask", "library mask"),
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
