"""Both models of one framework: the same start, dropout on in training, off outside."""

import numpy as np
import pytest

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
    np.testing.assert_allclose(library.logits("scratch", images, training=False),
                               H2 @ W3 + b3, rtol=0, atol=1e-7)
