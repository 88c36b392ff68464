"""Both models of one framework: the same start, dropout on in training, off outside."""

import numpy as np
import pytest

from dropout_book.data import load_fashion_mnist
from dropout_book.weights import initial_weights

MODELS = ["scratch", "concise"]


@pytest.fixture(scope="module")
def images(notebook):
    return np.ascontiguousarray(notebook["X_test"][:500])


@pytest.mark.parametrize("model", MODELS)
def test_evaluation_is_deterministic(library, images, model):
    first, second = (library.logits(model, images, training=False) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("model", MODELS)
def test_training_drops_units_anew_in_each_pass(library, images, model):
    first, second = (library.logits(model, images, training=True) for _ in range(2))
    off = library.logits(model, images, training=False)
    # 500 images × 256 units at p = 0.5: equal masks have probability 2^-128,000.
    # Each image has masks of its own, so every row differs.
    assert (first != second).any(axis=1).all()
    assert (first != off).any(axis=1).all()


def test_scratch_and_concise_start_from_the_same_weights(library, images):
    scratch, concise = (library.logits(model, images, training=False) for model in MODELS)
    # Float32 sums of 784 products, taken in different orders. The logits are ~1e-3.
    np.testing.assert_allclose(scratch, concise, rtol=0, atol=1e-7)


def test_every_framework_starts_from_numpys_weights(library, notebook, images):
    W1, b1, W2, b2, W3, b3 = (w.astype(np.float64) for w in notebook["weights"])
    H1 = np.maximum(images.reshape(-1, 784) @ W1 + b1, 0)
    H2 = np.maximum(H1 @ W2 + b2, 0)
    np.testing.assert_allclose(
        library.logits("scratch", images, training=False), H2 @ W3 + b3, rtol=0, atol=1e-7
    )


def test_the_weights_are_the_books(notebook):
    expected = initial_weights(784, 256, 256, 10, sigma=0.01, seed=0)
    for actual, w in zip(notebook["weights"], expected, strict=True):
        np.testing.assert_array_equal(actual, w)


def test_training_and_test_data_are_fashion_mnists(library, notebook):
    for name, (X, y) in zip(["train_iter", "test_iter"], load_fashion_mnist(), strict=True):
        data_iter = notebook[name]
        assert data_iter.num_examples == len(X)
        first_X, first_y = map(library.numpy, next(iter(data_iter)))
        assert len(first_X) == 256
        np.testing.assert_array_equal(first_X, X[:256])
        np.testing.assert_array_equal(first_y, y[:256])


@pytest.mark.parametrize("model", MODELS)
def test_accuracy_is_the_share_of_correct_answers(library, notebook, images, model):
    y = notebook["y_test"][: len(images)]
    y_hat = library.logits(model, images, training=False)
    data_iter = library.minibatches(images, y, batch_size=150)  # the last one has 50
    assert (
        abs(float(library.evaluate(model, data_iter)) - (y_hat.argmax(axis=1) == y).mean()) < 1e-6
    )  # float32
