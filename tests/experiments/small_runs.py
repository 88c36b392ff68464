"""Small experiments: a few images, a few steps."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from unittest import mock

import numpy as np
import pytest

from dropout_book.experiments import data, measures, run
from dropout_book.experiments.watch import Watch

IMAGES, HELD_OUT, TEST = 400, 100, 80


def few_images(monkeypatch):
    """Random images and labels in the place of Fashion-MNIST, for this test."""
    rng = np.random.default_rng(0)
    X, X_test = (rng.random((n, 784), np.float32) for n in (IMAGES, TEST))
    y, y_test = (rng.integers(10, size=n) for n in (IMAGES, TEST))
    for module in data, measures:
        monkeypatch.setattr(module, "images", lambda: (X, y, X_test, y_test))
    monkeypatch.setattr(data, "HELD_OUT", HELD_OUT)
    for cached in data.held_out, measures.rotated_images:
        cached.cache_clear()


def forget_images():
    for cached in data.held_out, measures.rotated_images:
        cached.cache_clear()


def short(each, steps=8):
    return replace(each, n=min(each.n, 100), steps=steps, batch_size=min(each.batch_size, 20))


def result_of(each):
    return run.execute(each)["result"]


def entry_of(each):
    """What is recorded of a run on few images."""
    with pytest.MonkeyPatch.context() as monkeypatch, np.errstate(all="ignore"):
        few_images(monkeypatch)
        entry = run.execute(each)
    forget_images()
    return entry


class Enough(Exception):
    pass


def first_steps(each, steps):
    """`[(step, validation loss, train loss)]` of a run that is stopped after so many steps."""
    look, seen = Watch.look, []

    def look_and_stop(self, step):
        if step > steps:
            raise Enough
        look(self, step)
        seen.append((step, self.curves["validation_loss"][-1], self.curves["train_loss"][-1]))

    with mock.patch.object(Watch, "look", look_and_stop), pytest.raises(Enough):
        run.execute(each)
    return seen


@cache
def process_of(library):
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def apart(library, function, *arguments):
    """`function(*arguments)` in the process of a library, as a sweep runs it: TensorFlow dies
    beside the compiler, Triton, that comes with a PyTorch for GPUs."""
    return process_of(library).submit(function, *arguments).result()
