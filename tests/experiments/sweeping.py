"""A sweep of a made-up question, in NumPy: `sweeping.py FOLDER [SCHEDULER]`.

Tests run it in a process of its own, to kill or to interrupt.
"""

import sys

from dropout_book.experiments.design import Arm, Contrast, Question
from dropout_book.experiments.sweep import Sweep

SETTINGS = {"library": "numpy", "n": 100, "steps": 300, "widths": (32,), "dropout": (0.5,)}
QUESTION = Question(
    "made-up",
    0,
    "Does it run?",
    Contrast({"small": 1, "diverging": -1}, "best.loss"),
    "",
    arms=(Arm("small", SETTINGS, seeds=5), Arm("diverging", SETTINGS | {"lr": 1e12}, seeds=1)),
)


def main():
    folder, *scheduler = sys.argv[1:]
    sweep = Sweep([QUESTION], folder, scheduler=(scheduler or [None])[0], workers=2)
    sweep.go()
    sys.exit(f"failed: {sweep.failures}" if sweep.failures else 0)


if __name__ == "__main__":
    main()
