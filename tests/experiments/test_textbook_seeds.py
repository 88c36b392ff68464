"""The textbook's setting over seeds: its record is of the notebook's own network and loop."""

import numpy as np
import pytest

from dropout_book.experiments.textbook_seeds import (
    RATES,
    SEEDS,
    WITH,
    WITHOUT,
    notebook,
    recorded,
    run,
)

# As in test_records.py: after 235 steps processors agree on more digits than these, and any
# change of what is done shows in the second one.
PROCESSORS = 2e-3


def test_the_record_has_every_seed_and_epoch():
    found = recorded()
    assert set(found.arm) == set(RATES)
    for arm in RATES:
        of_arm = found[found.arm == arm]
        assert sorted(set(of_arm.seed)) == list(SEEDS)
        assert all(list(each.step) == list(range(1, 11)) for _, each in of_arm.groupby("seed"))
        assert len(set(of_arm[of_arm.step == 10].test_acc)) > len(SEEDS) // 2, "other runs"


@pytest.mark.parametrize("arm", RATES)
def test_the_first_epoch_is_as_recorded(arm):
    seed, found = SEEDS[-1], recorded()
    first = found[(found.arm == arm) & (found.seed == seed) & (found.step == 1)]
    assert run(arm, seed, num_epochs=1)["train_loss"] == [
        pytest.approx(first.train_loss.item(), rel=PROCESSORS)
    ]


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


def next_two(notebook):
    return [batch for batch, _ in zip(notebook["train_iter"].shuffled(0), range(2))]
