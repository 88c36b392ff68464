"""Small experiments: a few images, a few steps."""

from dataclasses import replace

import numpy as np

from dropout_book.experiments import data, measures, run

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
