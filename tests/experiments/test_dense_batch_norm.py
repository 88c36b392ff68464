"""Batch norm in a dense network: its record, and that the network is what it is said to be."""

import numpy as np
import pytest
import torch
from torch import nn

from dropout_book.experiments import in_pytorch, values
from dropout_book.experiments.dense_batch_norm import (
    ARMS,
    BOTH,
    LAST,
    METRIC,
    SAMPLE_STEPS,
    network,
    recorded,
    sample,
)
from dropout_book.experiments.design import RATES
from dropout_book.experiments.questions import question

PROCESSORS = 2e-3  # see test_records.py


def arm(name):
    return next(each for each in ARMS if each.name == name)


@pytest.mark.parametrize("each", ARMS, ids=lambda each: each.name)
def test_the_record_is_whole_and_begins_as_recorded(each):
    found = recorded()[each.name]
    assert found["rate"] in RATES
    assert len(set(found[METRIC])) == each.seeds
    assert sample(each, found["rate"]) == pytest.approx(found["sample"], rel=PROCESSORS)
    assert SAMPLE_STEPS < each.settings["steps"]


def test_it_is_compared_with_runs_of_the_same_setting():
    other = question("does-it-help").arm("none, 3,000")
    given = {"network", "batch_norm", "dropout", "measures"}
    for each in ARMS:
        assert {k: v for k, v in each.settings.items() if k not in given} == {
            k: v for k, v in other.settings.items() if k not in given
        }
        assert each.seeds == other.seeds == len(values("does-it-help", other.name, METRIC))
        assert each.tuning()[0].seed == other.tuning()[0].seed


@pytest.mark.parametrize("name", [BOTH, LAST])
def test_a_layer_is_affine_map_batch_norm_rectifier_dropout(name):
    run = arm(name).run(0)
    net = network(run, 0)
    plain = in_pytorch.MLP(run, 0)
    X = torch.from_numpy(np.random.default_rng(0).random((40, 784), dtype=np.float32))

    net.train()
    passed, logits = net.hidden(X)
    affine = X @ plain.weights[0].T + plain.biases[0]
    normed = (affine - affine.mean(dim=0)) / (affine.var(dim=0, correction=0) + 1e-5).sqrt()
    kept = passed[0] != 0
    factor = 1 / (1 - run.dropout[0])
    torch.testing.assert_close(passed[0][kept], factor * normed.relu()[kept], rtol=1e-4, atol=1e-5)
    # After a rectifier half of 10,240 units are zero; of what is left, dropout takes half.
    active = (normed > 0).sum().item()
    assert (kept.sum().item() < 0.6 * active) == (run.dropout[0] > 0)
    # Six standard deviations of a binomial with half of some 5,000 are 4 %.
    active = nn.functional.batch_norm(
        passed[0] @ plain.weights[1].T + plain.biases[1], None, None, training=True
    )
    assert 0.46 < (passed[1] != 0).sum().item() / (active > 0).sum().item() < 0.54
    torch.testing.assert_close(logits, passed[1] @ plain.weights[2].T + plain.biases[2])

    net.eval()
    assert torch.equal(net(X), net(X))
