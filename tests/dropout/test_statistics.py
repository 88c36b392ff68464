"""The masks that `dropout_layer` draws: how often they drop, and how independently.

The bounds, and the odds of a false alarm, are those of mask_statistics.py. One framework
makes, for these,

- of 4 samples, the rate of all, and rate, mean and variance of 8 columns, 28 pairs of
  columns and 2 pairs of rows: 55 comparisons each;
- of 3 dtypes, the rate of all, of 104 slices, and 4 pairs of neighbours: 109 each;
- of 6 large calls, 15 pairs;
- of the small calls, 8 masks and 1 pair;
- of 2 types of half precision, 2 rates each,

together 575 comparisons at most, all six 3,450.
"""

from itertools import combinations, product

import numpy as np
import pytest

from mask_statistics import assert_independent, assert_rate, bound

DRAWS = 200_000


@pytest.fixture(autouse=True)
def the_same_masks_in_every_run(library):
    library.seed(0)


def masks(library, X, p, calls):
    """Boolean array (calls, *X.shape): where each call keeps an element of X = 1."""
    X = library.array(X)
    return np.stack([library.numpy(library.dropout_layer(X, p)) != 0 for _ in range(calls)])


def assert_unrelated(earlier, later, p):
    everywhere = np.ones(earlier.shape, bool)
    assert_independent((earlier, everywhere), (later, everywhere), p)


def every_second(mask, axis):
    """`(mask at 0, 2, …; mask at 1, 3, …)` along the axis, of even length."""
    return [np.take(mask, range(start, mask.shape[axis], 2), axis) for start in (0, 1)]


@pytest.fixture(scope="module", params=[0.01, 0.2, 0.5, 0.9])
def sample(request, library):
    """`(p, h, draws)`: DRAWS rows of h' for the activations h."""
    p = request.param
    h = np.linspace(0.5, 4, 8, dtype=np.float32)
    library.seed(0)
    dropped = library.dropout_layer(library.array(np.tile(h, (DRAWS, 1))), p)
    return p, h, library.numpy(dropped)


def test_drops_with_probability_p(sample):
    p, h, draws = sample
    assert_rate(draws.ravel() == 0, p, p)
    for column in draws.T:
        assert_rate(column == 0, p, p)


def test_mean_stays(sample):
    p, h, draws = sample
    # A kept h' is h / (1-p), so the mean is off by that times the error of the rate.
    error = draws.mean(axis=0, dtype=np.float64) - h
    assert np.all(np.abs(error) < bound(DRAWS * p * (1 - p)) / DRAWS * h / (1 - p))


def test_variance_is_as_predicted(sample):
    p, h, draws = sample
    # With the rate of kept elements r, the variance is r (1-r) h² / (1-p)². If r is off
    # by e, then r (1-r) is off by (1-2p) e - e², either sign: at p = 0.5, e² decides.
    e = bound(DRAWS * p * (1 - p)) / DRAWS
    variance = draws.var(axis=0, dtype=np.float64)
    error = variance - p / (1 - p) * h**2
    # Float32 holds h / (1-p) to 2^-23 or so, and its square to 2^-22, that is 2.4e-7.
    assert np.all(
        np.abs(error)
        < (abs(1 - 2 * p) * e + e**2) * h**2 / (1 - p) ** 2 + 2.4e-7 * p / (1 - p) * h**2
    )


def test_elements_are_independent(sample):
    """A mask shared by columns would make them agree."""
    p, h, draws = sample
    for one, other in combinations((draws != 0).T, 2):
        assert_unrelated(one, other, p)


def test_rows_are_independent(sample):
    """Neighbours, and the two halves of a batch."""
    p, h, draws = sample
    assert_unrelated(*every_second(draws != 0, axis=0), p)
    assert_unrelated(*np.split(draws != 0, 2), p)


def test_drops_uniformly_along_each_axis(library):
    p, shape = 0.3, (24, 20, 28, 32)  # 13,440 elements or more in a slice
    for dtype in library.dtypes:
        with library.accepts(dtype):
            (mask,) = masks(library, np.ones(shape, dtype), p, 1)
        assert_rate(mask.ravel(), 1 - p, p)
        for axis in range(4):
            for piece in np.moveaxis(mask, axis, 0):
                assert_rate(piece.ravel(), 1 - p, p)
            assert_unrelated(*every_second(mask, axis), p)


@pytest.mark.parametrize("p", [0.1, 0.001])
def test_half_precision_drops_no_more_and_no_less(library, p):
    """Uniform numbers of X's own half precision would be too few: of those in bfloat16, 0.2 %
    lie below 0.001. Of four million, 7.5 standard errors are 0.11 % at p = 0.1, and 0.012 %
    at 0.001.
    """
    ones = library.array(np.ones(4_000_000, np.float32))
    for dtype in library.half:
        out = library.dropout_layer(library.cast(ones, dtype), p)
        assert library.dtype(out) == dtype
        assert_rate(library.numpy(library.cast(out, "float32")) != 0, 1 - p, p)


def test_successive_calls_are_independent(library):
    """Any two of six: a mask may come back in the next call, or in every second one."""
    p, X = 0.4, np.ones((120, 100), np.float32)
    for earlier, later in combinations(masks(library, X, p, 6), 2):
        assert_unrelated(earlier, later, p)


def test_small_masks_have_their_probabilities(library):
    """All eight masks of three elements, as often as independent draws make them.

    A layer that drops exactly p n elements of n, in random order, has the right rate;
    but then each of these masks has one dropped element.
    """
    p, calls = 1 / 3, 4_000
    drawn = masks(library, np.ones(3, np.float32), p, calls)
    for mask in product([False, True], repeat=3):
        probability = (1 - p) ** sum(mask) * p ** (3 - sum(mask))
        times = np.all(drawn == mask, axis=1).sum()
        # Between 4000/27 = 148 times, give or take 100, and 1185, give or take 227.
        assert abs(times - calls * probability) < bound(calls * probability * (1 - probability))
    assert_unrelated(*every_second(drawn, axis=0), p)
