"""The protocol's statistics of paired differences."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95
RESAMPLES = 9_999
EXACT_UP_TO = 20  # pairs


@dataclass(frozen=True)
class Summary:
    """Of paired differences: their mean, intervals (low, high), and the sign-flip test's p.

    t: Student's interval. bca: the bootstrap's, bias-corrected and accelerated.
    excludes: how large a difference, either way, the t interval rules out.
    equivalent: whether the t interval of twice the tail (90 %) lies within the margin; None
        without one. It is the two one-sided tests at 5 %.
    """

    n: int
    mean: float
    t: tuple
    bca: tuple
    p: float
    excludes: float
    equivalent: bool | None = None


def summary(differences, margin=None):
    """Differences of pairs, at least two, all finite."""
    differences = np.asarray(differences, float)
    if differences.ndim != 1 or len(differences) < 2 or not np.isfinite(differences).all():
        raise ValueError("give two finite differences or more, one for each seed")
    low, high = t_interval(differences)
    equivalent = None
    if margin is not None:
        inner = t_interval(differences, 2 * LEVEL - 1)
        equivalent = bool(-margin < inner[0] and inner[1] < margin)
    return Summary(
        len(differences),
        float(differences.mean()),
        (low, high),
        bca_interval(differences),
        sign_flip_p(differences),
        max(abs(low), abs(high)),
        equivalent,
    )


def t_interval(differences, level=LEVEL):
    n = len(differences)
    half = stats.t.ppf((1 + level) / 2, n - 1) * np.std(differences, ddof=1) / math.sqrt(n)
    return float(np.mean(differences) - half), float(np.mean(differences) + half)


def bca_interval(differences, level=LEVEL):
    if np.ptp(differences) == 0:  # SciPy's acceleration divides by their spread
        return float(differences[0]), float(differences[0])
    found = stats.bootstrap(
        (differences,),
        np.mean,
        confidence_level=level,
        n_resamples=RESAMPLES,
        method="BCa",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)


def sign_flip_p(differences):
    """Two-sided p of the mean under all 2^n choices of signs, each as likely, exactly.

    Sums of the two halves' signs are made apart and added, so twenty pairs take a million
    additions. Raises ValueError beyond that.
    """
    differences = np.asarray(differences, float)
    if len(differences) > EXACT_UP_TO:
        raise ValueError(f"{len(differences)} pairs: exact up to {EXACT_UP_TO}")
    half = len(differences) // 2
    sums = np.add.outer(*map(signed_sums, (differences[:half], differences[half:])))
    # Sums that are equal but for rounding count as equal.
    slack = 1e-12 * np.abs(differences).sum()
    return float(np.mean(np.abs(sums) >= abs(differences.sum()) - slack))


def signed_sums(values):
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums - value, sums + value])
    return sums


def holm(ps):
    """Holm's adjusted p, in the order given."""
    from statsmodels.stats.multitest import multipletests

    return multipletests(ps, method="holm")[1].tolist()
