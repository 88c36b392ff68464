"""Experiments: runs, sweeps on Dask, what is recorded of them, and its statistics.

    from dropout_book import experiments

    experiments.table("weight-decay")       # a row a run: arm, seed, settings, scores
    experiments.curves("weight-decay")      # a row a checkpoint
    experiments.differences("weight-decay", {"none": 1, "dropout": -1}, "best.loss")
    experiments.primaries()                 # the eleven primary contrasts, Holm's p beside

Importing it imports no deep-learning library.
"""

from dropout_book.experiments.design import Contrast
from dropout_book.experiments.questions import IDS, all_questions, question
from dropout_book.experiments.reading import (
    contrast,
    curves,
    differences,
    primaries,
    primary_differences,
    scores,
    table,
)

__all__ = [
    "IDS",
    "Contrast",
    "all_questions",
    "contrast",
    "curves",
    "differences",
    "primaries",
    "primary_differences",
    "question",
    "scores",
    "table",
]
