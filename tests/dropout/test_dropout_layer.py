"""`dropout_layer` of one framework, as its notebook defines it."""

import numpy as np
import pytest

# Bounds are 5.3 standard errors. For a normal statistic that is passed by chance
# with probability 2 (1 - Φ(5.3)) = 1.2e-7 per comparison; the normal approximation
# is good at 200,000 draws. With 3 values of p and 8 columns or fewer, all comparisons
# of one test together stay below 24 × 1.2e-7 = 2.8e-6 for a wrong alarm per run of
# random seeds; the notebooks' seeds are fixed, so a test that passed keeps passing.
BOUND = 5.3
DRAWS = 200_000


@pytest.fixture(scope="module", params=[0.2, 0.5, 0.9])
def sample(request, library):
    """`(p, h, draws)`: DRAWS rows of h' for the activations h."""
    p = request.param
    h = np.linspace(0.5, 4, 8, dtype=np.float32)
    dropped = library.dropout_layer(library.array(np.tile(h, (DRAWS, 1))), p)
    return p, h, library.numpy(dropped)


def test_drops_with_probability_p(sample):
    p, h, draws = sample
    rate = (draws == 0).mean(axis=0)
    assert np.all(np.abs(rate - p) < BOUND * np.sqrt(p * (1 - p) / DRAWS))


def test_kept_elements_are_divided_by_one_minus_p(sample):
    p, h, draws = sample
    expected = np.where(draws == 0, 0, h / np.float32(1 - p))
    np.testing.assert_allclose(draws, expected, rtol=2e-7)


def test_mean_stays(sample):
    p, h, draws = sample
    standard_error = h * np.sqrt(p / (1 - p) / DRAWS)
    error = draws.mean(axis=0, dtype=np.float64) - h
    assert np.all(np.abs(error) < BOUND * standard_error)


def test_variance_is_as_predicted(sample):
    p, h, draws = sample
    # With the rate of kept elements r, the variance is r (1-r) h² / (1-p)². Its
    # standard error follows from that of r by the derivative (1 - 2r), which
    # vanishes at p = 0.5: there the second-order term, r's squared error, decides.
    error_of_rate = BOUND * np.sqrt(p * (1 - p) / DRAWS)
    bound = (abs(1 - 2 * p) * error_of_rate + error_of_rate**2) * h**2 / (1 - p)**2
    variance = draws.var(axis=0, dtype=np.float64)
    assert np.all(np.abs(variance - p / (1 - p) * h**2) < bound + 1e-6 * h**2)


def test_calls_draw_different_masks(library):
    X = library.array(np.ones((32, 32), dtype=np.float32))
    first, second = (library.numpy(library.dropout_layer(X, 0.5)) for _ in range(2))
    # Two independent masks of 1024 elements agree with probability 2^-1024.
    assert (first != second).any()


def test_zero_keeps_everything_and_one_drops_everything(library):
    X = np.arange(1, 17, dtype=np.float32).reshape(2, 8)
    np.testing.assert_array_equal(
        library.numpy(library.dropout_layer(library.array(X), 0)), X)
    np.testing.assert_array_equal(
        library.numpy(library.dropout_layer(library.array(X), 1)), np.zeros_like(X))


def test_shape_and_dtype_stay(library):
    for p in (0, 0.5, 1):
        dropped = library.numpy(library.dropout_layer(
            library.array(np.ones((2, 3, 4), dtype=np.float32)), p))
        assert (dropped.shape, dropped.dtype) == ((2, 3, 4), np.float32)


def test_an_infinite_or_undefined_element_can_be_dropped(library):
    X = np.repeat(np.float32([np.inf, -np.inf, np.nan]), 300)
    dropped = library.numpy(library.dropout_layer(library.array(X), 0.5))
    is_zero, unchanged = dropped == 0, (dropped == X) | np.isnan(dropped) & np.isnan(X)
    assert np.all(is_zero | unchanged)
    # All 300 of one kind are kept, or all are dropped, with probability 2^-299.
    for kind in range(3):
        assert 0 < is_zero[kind * 300:][:300].sum() < 300


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan"), float("inf"), 50])
def test_a_bad_probability_is_refused_by_value(library, p):
    X = library.array(np.ones(4, dtype=np.float32))
    with pytest.raises(ValueError, match=str(p)):
        library.dropout_layer(X, p)


def test_integers_are_refused(library):
    X = library.array(np.arange(4, dtype=np.int32))
    with pytest.raises(TypeError, match="int32"):
        library.dropout_layer(X, 0.5)
