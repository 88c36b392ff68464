"""The gradient of `dropout_layer`: 1 / (1 - p) where an element was kept, 0 where dropped."""

import numpy as np
import pytest


@pytest.mark.parametrize("p", [0, 0.2, 0.5, 0.9, 1])
@pytest.mark.parametrize("element", [2, -3])
def test_the_gradient_is_the_mask_rescaled(library, p, element):
    X = np.full((20, 30), element, dtype=np.float32)
    dropped, gradient = library.dropout_and_gradient(X, p)
    expected = np.where(dropped == 0, 0, 1 / (1 - p) if p < 1 else 0)
    # Of h' + X; the sum is rounded to a bit of numbers up to 11.
    np.testing.assert_allclose(gradient - 1, expected, rtol=0, atol=1e-6)
