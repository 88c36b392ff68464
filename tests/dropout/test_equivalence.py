"""One network, six libraries: with equal weights, images and masks, equal everything.

The reference is the NumPy notebook's scratch network in float64. Its gradients are
written by hand, so they are tested against its loss first; those of the other
libraries come from automatic differentiation.
"""

from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest

from adapters import ADAPTERS
from parallel_notebooks import run_cells

MODELS = ["scratch", "concise"]
LR = 0.5

# Errors are relative to the largest element of an array: an element that is a sum of
# terms of both signs may come out as small as you like, and its error does not.
#
# In float64 both sides do the same arithmetic in different orders: a sum of n = 784
# products errs by about √n ε = 6e-15, and each step carries the errors on.
# In float32, in which the notebooks run, ε is 6e-8 and √n ε is 2e-6.
TOLERANCE = {"float64": {"one pass": 1e-12, "trained": 1e-10},
             "float32": {"one pass": 1e-5, "trained": 1e-5}}

# In float32 one step only. Among the 2.6 million inputs of ReLU in 20 steps, a few lie
# within a rounding error of zero, where one side passes them on and the other does
# not; training makes a difference of 1e-2 of that. In the first batch no input lies
# that close, which the reference checks.
STEPS = {"float64": 20, "float32": 1}
KINK = 5e-6     # √n ε of inputs of order 1, twice and a half
WEIGHTS_SEED, MASKS_SEED = 0, 1     # with which that holds


def assert_close(actual, expected, tolerance):
    """Two lists of arrays, one by one."""
    errors = []
    for a, e in zip(actual, expected, strict=True):
        assert np.shape(a) == np.shape(e)
        errors.append(np.max(np.abs(a - e)) / np.max(np.abs(e)))
    assert max(errors) < tolerance, errors


def build(framework, notebook, dtype):
    """An adapter of the notebook with larger weights at the start, and biases.

    With N(0, 0.01²) the logits are 1e-3, and whatever is wrong with them is tiny too.
    """
    def initial_weights(*sizes, seed):
        rng = np.random.default_rng(WEIGHTS_SEED)
        # Rounded to float32, so that the start is the same in both precisions.
        return [(0.05 * rng.standard_normal(shape)).astype(np.float32).astype(dtype)
                for m, n in zip(sizes, sizes[1:]) for shape in [(m, n), n]]

    namespace = run_cells(framework, ["mlp-scratch", "training-loop", "mlp-concise"],
                          {**notebook, "initial_weights": initial_weights})
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

    with (mock.patch.dict(library.notebook, evaluate_accuracy=evaluate_accuracy),
          library.instead(model, drop)):
        yield
    assert not left, f"{len(left)} masks were not asked for"


def one_pass(library, data, dtype):
    """Logits, loss and the six gradients of the scratch model on the first batch."""
    X, y, masks = data
    batch_size = library.notebook["batch_size"]
    with masks_injected(library, "scratch", [mask.astype(dtype) for mask in masks[:2]]):
        logits, loss, grads = library.gradients(X[:batch_size].astype(dtype), y[:batch_size])
    return [logits, loss, *grads]


def train(library, model, data, dtype, steps):
    """Run the notebook's own loop for one epoch; its mean loss and the parameters."""
    X, y, masks = data
    n = steps * library.notebook["batch_size"]
    train_iter = library.minibatches(X[:n].astype(dtype), y[:n])
    test_iter = library.minibatches(X[:10].astype(dtype), y[:10])
    with masks_injected(library, model, [mask.astype(dtype) for mask in masks[:2 * steps]]):
        history = library.train(model, train_iter, test_iter, 1, LR)
    return [history.train_loss[0], *library.parameters(model)]


@pytest.fixture(scope="module")
def reference():
    """Makes the reference: each call a fresh one, which may be trained."""
    notebook = run_cells("numpy", ["setup", "dropout-layer", "data"])
    return lambda: build("numpy", notebook, "float64")


@pytest.fixture(scope="module")
def data(reference):
    """Real images and labels, and for each step two masks as dropout makes them:
    1 / (1 - p) where kept, 0 where dropped."""
    notebook, steps = reference().notebook, max(STEPS.values())
    rng, n = np.random.default_rng(MASKS_SEED), notebook["batch_size"]
    masks = [(rng.random((n, width)) >= p) / (1 - p)
             for _ in range(steps)
             for p, width in [(notebook["dropout1"], notebook["num_hiddens1"]),
                              (notebook["dropout2"], notebook["num_hiddens2"])]]
    X, y = notebook["X_train"][:steps * n], notebook["y_train"][:steps * n]
    return X.astype(np.float64), y, masks


@contextmanager
def away_from_the_kink(reference):
    """No input of ReLU comes so near zero that float32 might mistake its sign."""
    relu, nearest = reference.notebook["relu"], []

    def watched_relu(Z):
        nearest.append(np.abs(Z).min())
        return relu(Z)

    with mock.patch.dict(reference.notebook, relu=watched_relu):
        yield
    assert min(nearest) > KINK, "choose other seeds"


@pytest.fixture(scope="module")
def expected_pass(reference, data):
    library = reference()
    with away_from_the_kink(library):
        return one_pass(library, data, "float64")


@pytest.fixture(scope="module")
def expected_training(reference, data, dtype):
    library = reference()
    if dtype == "float64":
        return train(library, "scratch", data, "float64", STEPS[dtype])
    with away_from_the_kink(library):
        return train(library, "scratch", data, "float64", STEPS[dtype])


@pytest.fixture(scope="module", params=["float64", "float32"])
def dtype(request, library):
    with library.precision(request.param):
        yield request.param


@pytest.fixture
def twin(framework, notebook, dtype):
    """The framework's two models, with the reference's weights."""
    return build(framework, notebook, dtype)


def test_the_references_gradients_are_those_of_its_loss(reference, data, expected_pass):
    X, y, masks = data
    library, rng, step = reference(), np.random.default_rng(2), 1e-30
    X, y = X[:library.notebook["batch_size"]], y[:library.notebook["batch_size"]]
    net, cross_entropy = library.models["scratch"], library.notebook["cross_entropy"]
    start = net.params
    for k, grad in enumerate(expected_pass[2:]):
        for _ in range(3):
            # Squire and Trapp (1998): Im loss(w + i h v) / h is the derivative along v,
            # with no difference of nearly equal numbers, so to the last digits.
            v = rng.standard_normal(grad.shape)
            net.params = [w + 1j * step * v if j == k else w for j, w in enumerate(start)]
            with masks_injected(library, "scratch", masks[:2]):
                loss, _ = cross_entropy(net.forward(X, is_train=True), y)
            # A sum of products of both signs: relative to what they add up to in size.
            assert abs(loss.imag / step - (grad * v).sum()) < 1e-12 * abs(grad * v).sum()


def test_one_pass_gives_the_references_logits_loss_and_gradients(
        twin, data, dtype, expected_pass):
    assert_close(one_pass(twin, data, dtype), expected_pass, TOLERANCE[dtype]["one pass"])


@pytest.mark.parametrize("model", MODELS)
def test_training_takes_the_references_road(twin, model, data, dtype, expected_training):
    assert_close(train(twin, model, data, dtype, STEPS[dtype]), expected_training,
                 TOLERANCE[dtype]["trained"])


@pytest.mark.parametrize("model", MODELS)
def test_evaluation_gives_the_references_logits(twin, reference, model, data, dtype):
    X = data[0][:500]
    assert_close([twin.logits(model, X.astype(dtype), training=False)],
                 [reference().logits("scratch", X, training=False)],
                 TOLERANCE[dtype]["one pass"])
