"""The statistics of the protocol, against SciPy, statsmodels and enumeration."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW, ttost_paired

from dropout_book.experiments.statistics import holm, sign_flip_p, signed_sums, summary


def some(n, mean=0.3, seed=0):
    return np.random.default_rng(seed).normal(mean, 1, n)


@pytest.mark.parametrize("n", [2, 3, 10, 11])
def test_sign_flips_are_enumerated(n):
    values = some(n)
    sums = [abs(np.dot(signs, values)) for signs in product([-1, 1], repeat=n)]
    expected = np.mean([each >= abs(values.sum()) - 1e-9 for each in sums])
    assert sign_flip_p(values) == expected


def test_sign_flips_are_scipys():
    values = some(12)
    found = stats.permutation_test(
        (values,), np.sum, permutation_type="samples", n_resamples=2**12, vectorized=True
    )
    assert sign_flip_p(values) == pytest.approx(found.pvalue, abs=1e-12)


def test_the_smallest_p_there_can_be():
    assert sign_flip_p(np.ones(10)) == 2 / 1024
    assert sign_flip_p(np.ones(20)) == 2 / 2**20
    assert sign_flip_p(np.zeros(4)) == 1
    assert len(signed_sums(np.ones(5))) == 32
    with pytest.raises(ValueError, match="21 pairs"):
        sign_flip_p(np.ones(21))


def test_ties_count_whatever_rounding_says():
    """0.1 + 0.2 - 0.3 is not zero in floating point."""
    assert sign_flip_p([0.1, 0.2, -0.3]) == 1


def test_the_t_interval_is_statsmodels():
    values = some(20)
    assert summary(values).t == pytest.approx(DescrStatsW(values).tconfint_mean())
    assert summary(values).excludes == max(map(abs, summary(values).t))


def test_the_bootstrap_interval_is_near_students_where_both_hold():
    """Of 20 normal values; a wrong level or statistic would be off by a fifth and more."""
    found = summary(some(20))
    assert found.bca == pytest.approx(found.t, abs=0.2 * (found.t[1] - found.t[0]))
    assert summary(np.full(5, 0.25)).bca == (0.25, 0.25)


@pytest.mark.parametrize("margin", [0.2, 0.4, 0.6, 0.8, 1.0])
def test_equivalence_is_two_one_sided_tests(margin):
    values = some(20)
    p = ttost_paired(values, np.zeros(20), -margin, margin)[0]
    assert summary(values, margin).equivalent == (p < 0.05)
    assert summary(values).equivalent is None


def test_holms_adjustment():
    ps = np.random.default_rng(1).random(11) ** 4
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])
    # By hand: the smallest times three, the next times two, never less than one before it.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


@pytest.mark.parametrize("wrong", [[1.0], [1.0, float("nan")], [[1.0, 2.0]]])
def test_what_is_no_sample_is_an_error(wrong):
    with pytest.raises(ValueError, match="two finite differences"):
        summary(wrong)
