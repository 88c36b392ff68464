"""The textbook's setting over seeds: its record is of the notebook's own network and loop."""

import numpy as np
import pytest

from dropout_book.experiments.textbook_seeds import (
    EPOCHS,
    RATES,
    SEEDS,
    WITH,
    WITHOUT,
    notebook,
    recorded,
    sample,
)

# In twenty steps the sums of another number of threads grow 1e-6 apart; with dropout and
# without, the mean loss of these steps is 2e-3 apart.
PROCESSORS = 1e-4


def test_the_record_has_every_seed_and_epoch():
    found = recorded()
    assert set(found.arm) == set(RATES)
    for arm in RATES:
        of_arm = found[found.arm == arm]
        assert sorted(set(of_arm.seed)) == list(SEEDS)
        assert all(
            list(each.step) == list(range(1, EPOCHS + 1)) for _, each in of_arm.groupby("seed")
        )
        assert len(set(of_arm[of_arm.step == EPOCHS].test_acc)) > len(SEEDS) // 2, "other runs"


@pytest.mark.parametrize("arm", RATES)
def test_the_first_steps_are_as_recorded(arm):
    seed, found = SEEDS[-1], recorded()
    (loss,) = set(found[(found.arm == arm) & (found.seed == seed)]["sample"])
    assert sample(arm, seed) == pytest.approx(loss, rel=PROCESSORS)


def test_the_two_runs_of_a_seed_differ_in_dropout_alone():
    ours, none = notebook(WITH, 7), notebook(WITHOUT, 7)
    assert (ours["dropout1"], ours["dropout2"]) == (0.2, 0.5)
    assert (none["dropout1"], none["dropout2"]) == (0, 0)
    for mine, other in zip(ours["net"].params, none["net"].params, strict=True):
        assert np.array_equal(mine, other)
    for (X, y), (other_X, other_y) in zip(*(next_two(each) for each in (ours, none))):
        assert np.array_equal(X, other_X)
        assert np.array_equal(y, other_y)
    assert not np.array_equal(ours["net"].params[0], notebook(WITH, 8)["net"].params[0])
    assert ours["num_epochs"] == EPOCHS


def next_two(notebook):
    return [batch for batch, _ in zip(notebook["train_iter"].shuffled(0), range(2))]
