"""One network, six libraries: with equal weights, images and masks, equal everything.

The reference is the NumPy notebook's scratch network in float64. Its gradients are
written by hand, and held to its loss in tests/derivation/test_reference.py; those of
the other libraries come from automatic differentiation.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

import numpy as np
import pytest

from adapters import ADAPTERS
from parallel_notebooks import run_cells

MODELS = ["scratch", "concise"]
LR = 0.125  # the notebooks' 0.5 amplifies rounding errors; exact in float32, too

# Errors are relative to the largest element of an array: an element that is a sum of
# terms of both signs may come out as small as you like, and its error does not.
#
# In float64 both sides do the same arithmetic in different orders: a sum of n = 784
# products errs by about √n ε = 6e-15, and each step carries the errors on.
# In float32, in which the notebooks run, ε is 6e-8 and √n ε is 2e-6.
TOLERANCE = {
    "float64": {"one pass": 1e-12, "trained": 1e-10},
    "float32": {"one pass": 1e-5, "trained": 1e-4},
}

BATCHES = 2  # in an epoch; there are as many epochs as on the page

# In float32 the minibatches are small. Among the 2.6 million inputs of ReLU in 20 steps
# of 256 images, a few lie within a rounding error of zero, where one side passes them on
# and the other does not; training makes a difference of 1e-2 of that. Among those of 20
# steps of 8 images, with these seeds, none lies that close, and no two logits that compete
# to be the largest: the reference checks both.
BATCH_SIZE = {"float64": 256, "float32": 8}
CLOSE = 1e-5  # five times √n ε, for inputs of order 1
WEIGHTS_SEED, MASKS_SEED = 0, 42


@pytest.fixture
def assert_close(record_property):
    """Compares two lists of arrays one by one, and reports the largest error."""

    def assert_close(actual, expected, tolerance):
        errors = []
        for a, e in zip(actual, expected, strict=True):
            assert np.shape(a) == np.shape(e)
            errors.append(float(np.max(np.abs(a - e)) / np.max(np.abs(e))))
        record_property("largest_error", max(errors))
        record_property("tolerance", tolerance)
        assert max(errors) < tolerance, errors

    return assert_close


def build(framework, notebook, dtype):
    """An adapter of the notebook with larger weights at the start, and biases.

    With N(0, 0.01²) the logits are 1e-3, and whatever is wrong with them is tiny too.
    """

    def initial_weights(*sizes, seed):
        rng = np.random.default_rng(WEIGHTS_SEED)
        # Rounded to float32, so that the start is the same in both precisions.
        return [
            (0.05 * rng.standard_normal(shape)).astype(np.float32).astype(dtype)
            for m, n in zip(sizes, sizes[1:])
            for shape in [(m, n), n]
        ]

    namespace = run_cells(
        framework,
        ["mlp-scratch", "training-loop", "mlp-concise"],
        {**notebook, "initial_weights": initial_weights},
    )
    library = ADAPTERS[framework](namespace)
    library.load(namespace["weights"])
    return library


@contextmanager
def masks_injected(library, model, masks):
    """In training, call k of dropout multiplies by masks[k]; all must be used."""
    left, evaluating = list(masks), []
    real_evaluation = library.notebook["evaluate_accuracy"]

    def evaluate_accuracy(*arguments):
        evaluating.append(True)
        accuracy = real_evaluation(*arguments)
        evaluating.pop()
        return accuracy

    def drop(real, X, *rest, **named):
        if evaluating:
            return real(X, *rest, **named)
        return X * library.callback(lambda: left.pop(0), X)

    with (
        mock.patch.dict(library.notebook, evaluate_accuracy=evaluate_accuracy),
        library.instead(model, drop),
    ):
        yield
    assert not left, f"{len(left)} masks were not asked for"


@dataclass
class Data:
    """Real images and labels for an epoch, and the masks of all layers in all epochs."""

    batch_size: int
    num_epochs: int
    X: np.ndarray
    y: np.ndarray
    masks: list  # two for each step, as dropout makes them: 0, or 1 / (1 - p) where kept


def one_pass(library, data, dtype):
    """Logits, loss and the six gradients of the scratch model on the first minibatch."""
    X, y = data.X[: data.batch_size].astype(dtype), data.y[: data.batch_size]
    with masks_injected(library, "scratch", [mask.astype(dtype) for mask in data.masks[:2]]):
        logits, loss, grads = library.gradients(X, y)
    return [logits, loss, *grads]


def train(library, model, data, dtype):
    """Run the notebook's own loop to its end; its History, and the parameters."""
    train_iter = library.minibatches(data.X.astype(dtype), data.y, data.batch_size)
    test_iter = library.minibatches(data.X[:10].astype(dtype), data.y[:10], data.batch_size)
    with masks_injected(library, model, [mask.astype(dtype) for mask in data.masks]):
        history = library.train(model, train_iter, test_iter, data.num_epochs, LR)
    return history, library.parameters(model)


@pytest.fixture(scope="module")
def reference():
    """Makes the reference: each call a fresh one, which may be trained."""
    notebook = run_cells("numpy", ["setup", "dropout-layer", "data"])
    return lambda: build("numpy", notebook, "float64")


@pytest.fixture(scope="module", params=["float64", "float32"])
def dtype(request, library):
    with library.precision(request.param):
        yield request.param


@pytest.fixture(scope="module")
def data(reference, dtype):
    notebook, batch_size = reference().notebook, BATCH_SIZE[dtype]
    num_epochs = notebook["num_epochs"]
    rng, n = np.random.default_rng(MASKS_SEED), BATCHES * batch_size
    layers = [
        (notebook["dropout1"], notebook["num_hiddens1"]),
        (notebook["dropout2"], notebook["num_hiddens2"]),
    ] * (BATCHES * num_epochs)
    masks = [(rng.random((batch_size, width)) >= p) / (1 - p) for p, width in layers]
    X, y = notebook["X_train"][:n], notebook["y_train"][:n]
    return Data(batch_size, num_epochs, X.astype(np.float64), y, masks)


@contextmanager
def nothing_close(reference, dtype):
    """No input of ReLU comes so near zero that float32 might mistake its sign, and no logit
    so near the largest that it might be taken for it."""
    relu, count_correct = (reference.notebook[name] for name in ["relu", "count_correct"])
    nearest = []

    def watched_relu(Z):
        nearest.append(np.abs(Z).min())
        return relu(Z)

    def watched_count(y_hat, y):
        second, first = np.sort(y_hat)[:, -2:].T
        nearest.append((first - second).min())
        return count_correct(y_hat, y)

    with mock.patch.dict(reference.notebook, relu=watched_relu, count_correct=watched_count):
        yield
    assert dtype == "float64" or min(nearest) > CLOSE, "choose other seeds"


@pytest.fixture(scope="module")
def expected_pass(reference, data, dtype):
    library = reference()
    with nothing_close(library, dtype):
        return one_pass(library, data, "float64")


@pytest.fixture(scope="module")
def expected_training(reference, data, dtype):
    library = reference()
    with nothing_close(library, dtype):
        return train(library, "scratch", data, "float64")


@pytest.fixture
def twin(framework, notebook, dtype):
    """The framework's two models, with the reference's weights."""
    return build(framework, notebook, dtype)


def test_one_pass_gives_the_references_logits_loss_and_gradients(
    twin, data, dtype, expected_pass, assert_close
):
    assert_close(one_pass(twin, data, dtype), expected_pass, TOLERANCE[dtype]["one pass"])


@pytest.mark.parametrize("model", MODELS)
def test_training_takes_the_references_road(
    twin, model, data, dtype, expected_training, assert_close
):
    history, parameters = train(twin, model, data, dtype)
    expected, expected_parameters = expected_training
    # Accuracies are counts, which some libraries divide in float32.
    np.testing.assert_allclose(history.train_acc, expected.train_acc, rtol=0, atol=1e-6)
    np.testing.assert_allclose(history.test_acc, expected.test_acc, rtol=0, atol=1e-6)
    assert_close(
        [np.array(history.train_loss), *parameters],
        [np.array(expected.train_loss), *expected_parameters],
        TOLERANCE[dtype]["trained"],
    )


@pytest.mark.parametrize("model", MODELS)
def test_evaluation_gives_the_references_logits(twin, reference, model, dtype, assert_close):
    X, library = twin.notebook["X_test"][:500], reference()
    assert_close(
        [twin.logits(model, X.astype(dtype), training=False)],
        [library.logits("scratch", X.astype(np.float64), training=False)],
        TOLERANCE[dtype]["one pass"],
    )
