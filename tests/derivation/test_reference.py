"""The NumPy notebook differentiates by hand, so its gradients are held to the definition.

Where the other libraries differ from NumPy, NumPy is taken to be right. Here its
`backward` passes meet the complex step (Squire and Trapp 1998),

    f'(x) = Im f(x + ih) / h + O(h²),

which subtracts nothing, so that at h = 1e-200 only the rounding of f itself is left.
The notebook's code runs on complex numbers as it stands, because NumPy orders them by
their real parts first: `np.maximum(X, 0)` and `X > 0` select what they select on reals.
Only `dropout_layer`, which refuses complex numbers, is replaced, by given masks.
"""

import os
from itertools import product

import numpy as np
import pytest
from scipy.special import log_softmax

from dropout_book.data import Minibatches
from dropout_book.weights import initial_weights
from parallel_notebooks import run_cells

os.environ["MPLBACKEND"] = "agg"
os.environ["TQDM_DISABLE"] = "1"

SIZES = 12, 8, 7, 4
IMAGE = 3, 4
EXAMPLES = 6
STEP = 1e-200


@pytest.fixture(scope="module")
def cells():
    return run_cells(
        "numpy", ["setup", "dropout-layer", "mlp-scratch", "training-loop", "mlp-concise"]
    )


@pytest.fixture
def notebook(cells):
    """The notebook's namespace; what a test replaces in it is put back."""
    before = dict(cells)
    yield cells
    cells.update(before)


@pytest.fixture
def rng():
    return np.random.default_rng(2014)


def complex_step(function, x):
    """The derivative of the real number `function(x)` by each element of x."""
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        stepped = x.astype(complex)
        stepped[index] += 1j * STEP
        gradient[index] = function(stepped).imag / STEP
    return gradient


def assert_close(actual, expected, rtol):
    """Each element to `rtol`, but for sums that cancel.

    An element of a gradient is a sum of a few terms, none much above 1 here. Rounding
    leaves some 1e-16 of each, so that a sum near 0 is uncertain by about 1e-15.
    """
    assert np.abs(expected).max() > 0.01, "gradients too small to tell an error"
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-15)


# Dropout, from the scratch and the concise section


def given_masks(masks):
    """`dropout_layer` with the mask for X taken from `masks`, by the width of X."""
    return lambda X, dropout: masks[X.shape[1]] * X / (1 - dropout)


class GivenUniforms:
    """In place of a Generator: `random` returns what it was given."""

    def __init__(self, uniforms):
        self.uniforms = uniforms

    def random(self, shape, dtype):
        assert shape == self.uniforms.shape
        return self.uniforms.astype(dtype)


# With p = 3/8, a uniform number among 0, 1/8, …, 7/8 drops a unit exactly as often as one
# from [0, 1). For three units these are all 8³ draws, each as likely as any other.
EIGHTHS = np.array(list(product(np.arange(8) / 8, repeat=3)))


def test_dropout_with_given_masks_is_the_notebooks(notebook, rng):
    X = rng.standard_normal((EXAMPLES, 8))
    uniforms = rng.random(X.shape)
    notebook["rng"] = GivenUniforms(uniforms)
    for dropout in (0.2, 0.5):
        np.testing.assert_array_equal(
            notebook["dropout_layer"](X, dropout),
            given_masks({8: uniforms >= dropout})(X, dropout),
        )


def test_all_masks_together_keep_the_mean_and_give_the_variance(notebook):
    p, h = 3 / 8, np.array([0.5, -2, 3])
    notebook["rng"] = GivenUniforms(EIGHTHS)
    draws = notebook["dropout_layer"](np.tile(h, (512, 1)), p)
    np.testing.assert_allclose(draws.mean(axis=0), h, rtol=1e-14)
    np.testing.assert_allclose(
        np.cov(draws.T, ddof=0), p / (1 - p) * np.diag(h**2), rtol=1e-13, atol=1e-14
    )


def test_all_masks_together_give_the_networks_mean_and_variance(notebook, rng):
    *below, W3, b3 = random_weights(rng, (12, 8, 3, 4))
    p = 3 / 8
    notebook.update(num_inputs=12, dropout1=0, dropout2=p)
    net = notebook["Net"]([np.abs(w) for w in below] + [W3, b3])  # all units active
    X = np.tile(rng.random(12), (512, 1))
    off = net.forward(X, is_train=False)
    h = net.saved[2][0]
    assert np.all(h > 0)
    notebook["rng"] = GivenUniforms(EIGHTHS)
    on = net.forward(X, is_train=True)
    np.testing.assert_allclose(on.mean(axis=0), off[0], rtol=1e-13)
    np.testing.assert_allclose(on.var(axis=0), p / (1 - p) * W3.T**2 @ h**2, rtol=1e-13)


# Layers


@pytest.mark.parametrize("name", ["Flatten", "Affine", "ReLU", "Dropout"])
def test_backward_of_a_layer_is_its_derivative(notebook, rng, name):
    notebook["dropout_layer"] = given_masks({12: rng.random((EXAMPLES, 12)) >= 0.2})
    arguments = {"Affine": random_weights(rng, (12, 8)), "Dropout": [0.2]}.get(name, [])
    layer = notebook[name](*arguments)
    X = rng.standard_normal((EXAMPLES, *IMAGE) if name == "Flatten" else (EXAMPLES, 12))
    Y = layer.forward(X, is_train=True)
    dY = rng.standard_normal(Y.shape)
    dX = layer.backward(dY)
    assert_close(
        dX, complex_step(lambda X: (dY * layer.forward(X, is_train=True)).sum(), X), rtol=1e-13
    )


# The loss


def test_cross_entropy_is_scipys(notebook, rng):
    for scale in (1, 30, 1000):  # exp(1000) overflows
        y_hat = scale * rng.standard_normal((EXAMPLES, 10))
        y = rng.integers(10, size=EXAMPLES)
        expected = -log_softmax(y_hat, axis=1)[np.arange(EXAMPLES), y].mean()
        np.testing.assert_allclose(notebook["cross_entropy"](y_hat, y)[0], expected, rtol=1e-14)


def test_gradient_of_cross_entropy(notebook, rng):
    y_hat = 3 * rng.standard_normal((EXAMPLES, 10))
    y = rng.integers(10, size=EXAMPLES)
    cross_entropy = notebook["cross_entropy"]
    assert_close(
        cross_entropy(y_hat, y)[1],
        complex_step(lambda y_hat: cross_entropy(y_hat, y)[0], y_hat),
        rtol=1e-13,
    )


# Networks


def random_weights(rng, sizes):
    """As the notebook's, but large, in double precision, and with biases other than 0."""
    weights = initial_weights(*sizes, sigma=0.5, seed=int(rng.integers(1000)))
    return [w + 0.3 * rng.standard_normal(w.shape) * (w.ndim == 1) for w in weights]


def set_params(net, params):
    if hasattr(net, "layers"):
        params = iter(params)
        for layer in net.layers:
            layer.params = [next(params) for _ in layer.params]
    else:
        net.params = params


@pytest.fixture
def batch(notebook, rng):
    """`(params, X, y)` of a small network; its masks are given from now on."""
    masks = {width: rng.random((EXAMPLES, width)) >= 0.4 for width in SIZES[1:3]}
    for mask in masks.values():
        mask[:, 0] = False  # a unit that every example drops
    notebook.update(num_inputs=SIZES[0], dropout_layer=given_masks(masks))
    return (
        random_weights(rng, SIZES),
        rng.standard_normal((EXAMPLES, *IMAGE)),
        rng.integers(SIZES[-1], size=EXAMPLES),
    )


@pytest.mark.parametrize("name", ["net", "concise_net"])
def test_backward_of_the_network_is_the_derivative_of_its_loss(notebook, batch, name):
    net, cross_entropy = notebook[name], notebook["cross_entropy"]
    params, X, y = batch

    def loss_and_dO(params):
        set_params(net, params)
        return cross_entropy(net.forward(X, is_train=True), y)

    grads = net.backward(loss_and_dO(params)[1])
    assert len(grads) == len(params)
    for k, (param, grad) in enumerate(zip(params, grads)):

        def loss(x):
            return loss_and_dO([*params[:k], x, *params[k + 1 :]])[0]

        assert_close(grad, complex_step(loss, param), rtol=1e-12)

    # The weights into a unit dropped in every example, and those out of it, get nothing.
    dW1, db1, dW2, db2, dW3, db3 = grads
    for nothing in (dW1[:, 0], db1[0], dW2[0], dW2[:, 0], db2[0], dW3[0]):
        assert not np.any(nothing)


@pytest.mark.parametrize("name", ["net", "concise_net"])
def test_every_step_of_training_goes_down_the_gradient(notebook, batch, name):
    net, lr, num_epochs = notebook[name], 0.3, notebook["num_epochs"]
    expected, X, y = batch
    losses, correct, correct_later = [], [], []
    for _ in range(num_epochs):
        set_params(net, [param.copy() for param in expected])
        y_hat = net.forward(X, is_train=True)
        loss, dO = notebook["cross_entropy"](y_hat, y)
        expected = [param - lr * grad for param, grad in zip(expected, net.backward(dO))]
        losses.append(loss)
        correct.append((y_hat.argmax(axis=1) == y).mean())
        set_params(net, expected)
        correct_later.append((net.forward(X, is_train=False).argmax(axis=1) == y).mean())
    data_iter = Minibatches(X, y, batch_size=EXAMPLES)  # all in one minibatch
    # The masks are given row by row, so the rows must keep their order.
    data_iter.shuffled = lambda epoch: iter(data_iter)
    set_params(net, [param.copy() for param in batch[0]])
    if hasattr(net, "layers"):
        net.params = [param for layer in net.layers for param in layer.params]
    history = notebook["train"](net, data_iter, data_iter, num_epochs, lr)
    for after, param in zip(net.params, expected, strict=True):
        np.testing.assert_allclose(after, param, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-13)
    np.testing.assert_allclose(history.train_acc, correct, rtol=1e-13)
    np.testing.assert_allclose(history.test_acc, correct_later, rtol=1e-13)


def test_scratch_and_concise_are_the_same_function(notebook, batch):
    params, X, y = batch
    outputs = []
    for name in ("net", "concise_net"):
        set_params(notebook[name], params)
        outputs.append([notebook[name].forward(X, is_train) for is_train in (True, False)])
    for scratch, concise in zip(*outputs):
        assert_close(concise, scratch, rtol=1e-13)
