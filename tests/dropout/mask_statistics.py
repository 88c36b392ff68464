"""Whether masks follow their law: bounds that need no normal approximation.

Every comparison is of the sum S of n independent draws, each 0 or 1, with its
expectation. By Bernstein's inequality (Boucheron, Lugosi and Massart, Concentration
Inequalities, 2013, section 2.8), for the variance v of the sum,

    P(|S - E[S]| >= t) <= 2 exp(-t² / (2 (v + t/3))),

which is FALSE_ALARM for the t of `bound`: about 7.5 standard errors where n is large.

The masks are compared fewer than 20,000 times in a run of all six frameworks:
10,824 times in test_training_loop.py and 3,450 times in test_statistics.py, which
say how. So whatever the seeds, a run raises a false alarm with probability below
20,000 × 1e-12 = 2e-8.
"""

import numpy as np

FALSE_ALARM = 1e-12
FEWEST = 5_000  # of fewer draws, too little would be seen: 7.5 √(¼ / 5,000) = 0.053


def bound(variance):
    """How far a sum of this variance stays from its expectation."""
    log = np.log(2 / FALSE_ALARM)
    return log / 3 + np.sqrt(log**2 / 9 + 2 * log * variance)


def assert_rate(successes, probability, p):
    """Of these draws, as many came true as `probability` says; p(1 - p) is a draw's
    variance."""
    n = len(successes)
    assert n >= FEWEST
    assert abs(successes.sum() - n * probability) < bound(n * p * (1 - p))


def assert_independent(earlier, later, p):
    """Whether the later call keeps, with probability 1 - p, does not depend on the earlier.

    Both are pairs of arrays: where an element was kept, and where that can be seen.
    Given the earlier mask, they agree where that keeps with probability 1 - p and where
    it drops with probability p. Which elements can be seen was settled before the later
    mask was drawn, so the draws are independent, each with variance p (1 - p).
    """
    (mask, seen), (next_mask, next_seen) = earlier, later
    both = seen & next_seen
    rate = mask[both].mean()
    assert_rate((mask == next_mask)[both], rate * (1 - p) + (1 - rate) * p, p)
