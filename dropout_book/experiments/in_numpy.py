"""A run in NumPy, thin: the perceptron with Bernoulli dropout, forward and back by hand.

Same start, same order as in PyTorch; only the masks' stream differs.
"""

import numpy as np
from scipy.special import log_softmax, softmax

from dropout_book.experiments.data import MASKS, minibatches, seed_of, start
from dropout_book.experiments.watch import Watch, result


def one_thread():
    """Dask's workers have set the variables that NumPy's BLAS reads."""


def forward(layers, X, rates, rng):
    """Logits, and what each layer was given: its input after dropout, and the mask."""
    given, H, scale = [], X, 1
    for i, (W, b) in enumerate(layers):
        given.append((H, scale))
        H = H @ W + b
        if i < len(rates):
            scale = H > 0
            if rng is not None and rates[i]:
                keep = rng.random(H.shape, np.float32) >= rates[i]
                scale = (scale & keep) / np.float32(1 - rates[i])
            H = H * scale
    return H, given


def step(layers, X, y, rates, rng, lr):
    """One step of gradient descent, in place; returns the loss of the minibatch."""
    logits, given = forward(layers, X, rates, rng)
    loss = -log_softmax(logits, axis=1)[np.arange(len(y)), y].mean()
    delta = softmax(logits, axis=1)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    for (W, b), (H, scale) in zip(reversed(layers), reversed(given)):
        dW, db = H.T @ delta, delta.sum(axis=0)
        if H is not X:
            delta = (delta @ W.T) * scale
        W -= lr * dW
        b -= lr * db
    return float(loss)


@np.errstate(all="ignore")  # what diverges is recorded as such
def train(run, problem):
    layers = start(run)
    rng = np.random.default_rng(seed_of(run, MASKS))
    watch = Watch(
        run,
        problem,
        predict=lambda X: log_softmax(forward(layers, X, run.dropout, None)[0], axis=1),
        snapshot=lambda: [(W.copy(), b.copy()) for W, b in layers],
        restore=lambda weights: layers.__setitem__(slice(None), weights),
    )
    lr = np.float32(run.lr)
    for number, batch in zip(range(1, run.steps + 1), minibatches(run, len(problem.X))):
        loss = step(layers, problem.X[batch], problem.y[batch], run.dropout, rng, lr)
        watch.check(number, loss)
        if number in watch.due:
            watch.look(number)
    return result(problem, [watch])
