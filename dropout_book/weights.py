"""The same start in every library: initial weights drawn once, by NumPy."""

import numpy as np


def initial_weights(*sizes, sigma=0.01, seed=0):
    """Weights N(0, sigma²) and zero biases of a multilayer perceptron.

    `sizes` are the widths of its layers, inputs first.
    Returns `[W1, b1, W2, b2, …]`, float32 arrays;
    `W` of a layer has shape (inputs, outputs), `b` has shape (outputs,).
    The same `sizes` and `seed` give the same arrays in every library.
    """
    rng = np.random.default_rng(seed)
    weights = []
    for num_in, num_out in zip(sizes, sizes[1:]):
        weights.append((sigma * rng.standard_normal((num_in, num_out))).astype(np.float32))
        weights.append(np.zeros(num_out, dtype=np.float32))
    return weights
