"""What holds in every single call of `dropout_layer`, for all arrays and probabilities.

How often it drops, and whether its masks are independent, is in test_statistics.py.
"""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
# Tiny, nearly 1, and where float16 (11 bits) and float32 (24 bits) begin to round 1 - p
# to 1 or to 0. Not subnormal: MXNet cannot read such a number.
PROBABILITIES = st.floats(0, 1, allow_subnormal=False) | st.sampled_from(
    [0, 1, 0.2, 0.5, 0.9, 1e-300, 1e-30, 2**-12, 2**-25, 1 - 2**-11, 1 - 2**-24, 1 - 2**-53]
)
SEEDS = st.integers(0, 2**31 - 1)


def special(dtype):
    """Both zeros, infinities, NaN, and the smallest and largest numbers of the dtype."""
    dtype = np.dtype(dtype).type
    limits = np.finfo(dtype)
    values = [dtype(0), np.nextafter(dtype(0), dtype(1)), limits.tiny, limits.max, dtype("inf")]
    return [*values, *(-value for value in values), dtype("nan")]


@st.composite
def arrays(draw, dtypes):
    dtype = draw(st.sampled_from(dtypes))
    elements = hnp.from_dtype(np.dtype(dtype)) | st.sampled_from(special(dtype))
    return draw(hnp.arrays(dtype, SHAPES, elements=elements))


def dropped(library, X, p):
    """NumPy array of what the layer makes of the NumPy array X."""
    # NumPy warns of an overflow or a 0 / 0 that was asked for here.
    with library.accepts(X.dtype.name), np.errstate(all="ignore"):
        return library.numpy(library.dropout_layer(library.array(X), p))


def same(a, b):
    """Where two arrays hold the same number or both NaN; 0 and -0 differ."""
    return (a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)


def is_quotient(out, X, p, library):
    """Where `out` is X / (1 - p) to the last bit.

    1 - p is first rounded to X's dtype, and the quotient is then rounded once more.
    PyTorch divides a float16 in float32. Let u be the unit roundoff: the first step
    changes a quotient by less than 2 u times its power of two, which is one ulp, so
    that after rounding it is at most one ulp from the correctly rounded quotient.
    (This is so while 1 - p is a normal number; nearer to 1, a float16 holds 1 - p to
    fewer bits, and a quotient is as coarse.)
    MXNet's divisor, and the subnormals of TensorFlow and JAX, are less exact: the
    adapters say how.
    """
    result = np.zeros(X.shape, bool)
    ulps = np.arange(-library.divisor_ulps, library.divisor_ulps + 1)
    for wide in {X.dtype, np.result_type(X.dtype, np.float32)}:
        for divisor in np.unique((1 - p + ulps * np.spacing(1.0 - p)).astype(wide)):
            with np.errstate(all="ignore"):  # an overflow is an infinity
                quotient = (X.astype(wide) / divisor).astype(X.dtype)
            result |= same(out, quotient)
            if library.flushes_subnormals and X.dtype != np.float16:
                tiny = np.finfo(X.dtype).tiny
                result |= (out == 0) & ((np.abs(X) < tiny) | (np.abs(quotient) < tiny))
    return result


def is_dropped(out, X, p):
    """Where `out` is 0 · X / (1 - p): a zero of either sign, and NaN where X is not finite.

    At p = 1 nothing is multiplied, and all are zeros. (Where p exceeds 1 - 2^-25, a float16
    rounds 1 - p to 0, and 0 / 0 is NaN.)
    """
    undefined = np.isnan(out) if X.dtype.type(1 - p) == 0 else False
    return np.where(np.isfinite(X) | (p == 1), (out == 0) | undefined, np.isnan(out))


@given(data=st.data(), p=PROBABILITIES, seed=SEEDS)
def test_every_element_is_zero_or_the_quotient(library, data, p, seed):
    X = data.draw(arrays(library.dtypes))
    # The mask depends on the seed, not on what X holds: ones show where it keeps.
    library.seed(seed)
    kept = dropped(library, np.ones_like(X), p) > 0
    with library.accepts(X.dtype.name), np.errstate(all="ignore"):
        given_X = library.array(X.copy())
        library.seed(seed)
        out = library.numpy(library.dropout_layer(given_X, p))
        given_X = library.numpy(given_X)
    assert (out.shape, out.dtype) == (X.shape, X.dtype)
    assert is_dropped(out, X, p)[~kept].all()
    assert is_quotient(out, X, p, library)[kept].all()
    assert given_X.tobytes() == X.tobytes(), "X itself was changed"


@given(data=st.data(), p=st.sampled_from([0, 0.0, 1, 1.0]))
def test_zero_keeps_everything_and_one_drops_everything(library, data, p):
    X = data.draw(arrays(library.dtypes))
    out = dropped(library, X, p)
    assert (out.shape, out.dtype) == (X.shape, X.dtype)
    assert out.tobytes() == (np.zeros_like(X) if p else X).tobytes()


def test_a_dropped_infinity_is_not_hidden(library):
    """It becomes NaN, as 0 · ∞ is, and no zero."""
    for dtype in library.dtypes:
        X = np.repeat(np.array([np.inf, -np.inf, np.nan], dtype), 300).reshape(3, 300)
        out = dropped(library, X, 0.5)
        assert np.all(np.isnan(out) | same(out, X))
        # All 300 infinities of a sign are kept, or all are dropped, with probability 2^-299.
        lost = np.isnan(out).sum(axis=1)
        assert np.all((0 < lost[:2]) & (lost[:2] < 300)) and lost[2] == 300


@pytest.mark.parametrize("number", [np.float16, np.float32, np.float64])
def test_a_probability_from_numpy_changes_nothing(library, number):
    """`for p in np.linspace(0, 1, 5)` gives a np.float64."""
    for dtype in library.dtypes:
        X = np.ones((8, 8), dtype)
        results = []
        for p in (number(0.5), 0.5):
            library.seed(1)
            results.append(dropped(library, X, p))
        assert results[0].dtype == X.dtype
        np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("p", [0, 0.5, 1])
def test_the_result_lies_where_X_lies(library, p):
    """On a second device as well, where one can be had on a CPU: PyTorch's meta device,
    MXNet's cpu(1), two CPU devices of JAX, a graph of TensorFlow that is not run."""
    X = np.ones((3, 4), np.float32)
    out = library.dropout_layer(library.array(X), p)
    assert library.place(out) == library.place(library.array(X))
    with library.elsewhere(X) as there:
        out = library.dropout_layer(there, p)
        assert tuple(out.shape) == X.shape
        assert library.place(out) == library.place(there)


@given(seed=SEEDS, other=SEEDS)
@settings(max_examples=20)
def test_the_seed_decides_every_mask(library, seed, other):
    assume(seed != other)
    X = np.ones((8, 8), np.float32)
    runs = []
    for n in (seed, seed, other):
        library.seed(n)
        runs.append([dropped(library, X, 0.5) for _ in range(3)])
    np.testing.assert_array_equal(runs[0], runs[1])
    # Two independent masks of 64 elements agree with probability 2^-64.
    masks = runs[0] + runs[2]
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def assert_refused(library, X, p, error, match=None):
    """Refused, and before anything is drawn: the next mask is what it would have been."""
    masks = []
    for bad_call in (False, True):
        library.seed(2)
        if bad_call:
            with pytest.raises(error, match=match):
                library.refused(library.array(X), p)
        masks.append(dropped(library, np.ones((8, 8), np.float32), 0.5))
    np.testing.assert_array_equal(*masks)


@given(
    p=st.floats(max_value=0, exclude_max=True)
    | st.floats(min_value=1, exclude_min=True)
    | st.just(float("nan"))
    | st.integers(max_value=-1)
    | st.integers(min_value=2)
)
def test_a_bad_probability_is_refused_by_value(library, p):
    assert_refused(library, np.ones(4, np.float32), p, ValueError, rf"got {re.escape(str(p))}$")


@pytest.mark.parametrize("p", ["0.5", "half", None, [0.5], 0.5j])
def test_what_is_no_number_is_no_probability(library, p):
    assert_refused(library, np.ones(4, np.float32), p, TypeError, "<=|dropout")


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
@pytest.mark.parametrize("p", [0, 0.5, 1])
def test_integers_are_refused(library, dtype, p):
    with library.accepts("float64"):  # JAX makes an int64 where it makes a float64
        assert_refused(library, np.ones(4, dtype), p, TypeError, dtype)
