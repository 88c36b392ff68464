"""The images, labels, start and order of a run, the same in every library."""

from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np

from dropout_book.data import load_fashion_mnist

HELD_OUT = 5_000  # training images for choosing anything
OWN = 5  # one in so many of its own images is what an honest run validates on
WRONG = 0.2  # share of wrong labels
# What is drawn from a run's seed, each from a stream of its own.
SPLIT, SUBSET, START, ORDER, MASKS, LABELS, MEASURES = range(7)


@dataclass
class Problem:
    """Arrays of a run: images (n, 784) in [0, 1], labels (n,).

    `y` holds the labels trained on, `wrong` where they are not the true ones.
    """

    X: np.ndarray
    y: np.ndarray
    wrong: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@cache
def images():
    (X, y), (X_test, y_test) = load_fashion_mnist()
    return X.reshape(len(X), -1), y, X_test.reshape(len(X_test), -1), y_test


@cache
def held_out():
    """Indices of the images held out, the same for all runs, and of the others."""
    order = np.random.default_rng([0, SPLIT]).permutation(len(images()[0]))
    return order[:HELD_OUT], order[HELD_OUT:]


def problem(run):
    X, y, X_test, y_test = images()
    validation, pool = held_out()
    if not 0 < run.n <= len(pool):
        raise ValueError(f"n is {run.n}: give from 1 to {len(pool)} training images")
    subset = np.random.default_rng([run.seed, SUBSET]).permutation(pool)[: run.n]
    if run.own_validation:
        cut = run.n // OWN
        validation, subset = subset[:cut], subset[cut:]
    labels = given_labels(run, y[subset])
    return Problem(
        X[subset], labels, labels != y[subset], X[validation], y[validation], X_test, y_test
    )


def given_labels(run, y):
    """True labels, or random ones, or true ones but for a share that is wrong."""
    rng = np.random.default_rng([run.seed, LABELS])
    if run.labels == "random":
        return rng.integers(10, size=len(y))
    if run.labels == "wrong":
        chosen = rng.permutation(len(y)) < WRONG * len(y)
        return np.where(chosen, (y + rng.integers(1, 10, size=len(y))) % 10, y)
    if run.labels == "true":
        return y
    raise ValueError(f'labels is {run.labels!r}: give "true", "random" or "wrong"')


def start(run, member=0):
    """Weights (inputs, outputs) and biases of each layer, uniform in ±1/√inputs.

    That is how PyTorch starts a linear layer.
    """
    rng = np.random.default_rng([run.seed, START, member])
    sizes = [784, *run.widths, 10]
    return [
        tuple(
            rng.uniform(-1, 1, size).astype(np.float32) / np.float32(np.sqrt(inputs))
            for size in ((inputs, outputs), outputs)
        )
        for inputs, outputs in zip(sizes, sizes[1:])
    ]


def minibatches(run, num_examples, member=0):
    """Indices of each step's minibatch, without end; an epoch meets each example once."""
    for epoch in count():
        order = np.random.default_rng([run.seed, ORDER, member, epoch]).permutation(num_examples)
        for begin in range(0, num_examples, run.batch_size):
            yield order[begin : begin + run.batch_size]


def seed_of(run, stream, member=0):
    """An integer that seeds a library's own generator."""
    return int(np.random.SeedSequence([run.seed, stream, member]).generate_state(1)[0])


def checkpoints(steps):
    """The steps, logarithmically spaced, after which the network is looked at."""
    return np.unique(np.geomspace(min(20, steps), steps, 16).astype(int)).tolist()
