"""What a run does: the same everywhere, paired by seed, as its configuration says."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dropout_book.experiments import data, in_pytorch, measures, scores
from dropout_book.experiments.run import LIBRARIES, Run
from small_runs import apart, entry_of, result_of, short

DROPOUT = (0.5, 0.5)
SMALL = short(Run(seed=0, dropout=DROPOUT, widths=(32, 32)), steps=30)


def test_a_run_does_not_depend_on_what_ran_before(few_images):
    one = replace(SMALL, noise="gaussian", measures=("activations",))
    other = replace(SMALL, seed=1, network="cnn", batch_norm=True, measures=("shift",))
    before = [result_of(one), result_of(other)]
    torch.manual_seed(1234)
    assert [result_of(other), result_of(one)] == before[::-1]


def test_measures_change_nothing_but_what_is_measured(few_images):
    plain = result_of(SMALL)
    measured = result_of(replace(SMALL, measures=("activations", "masks", "rotated")))
    assert measured["curves"]["validation_loss"] == plain["curves"]["validation_loss"]
    assert {name: measured["last"][name] for name in plain["last"]} == plain["last"]


def test_settings_are_read_back_as_they_were():
    run = Run(seed=3, dropout=DROPOUT, max_norm=2.0, measures=("masks",))
    assert Run.of(json.loads(json.dumps(run.settings()))) == run
    assert "lr" not in run.settings()
    with pytest.raises(TypeError, match="learning_rate"):
        Run.of({"seed": 1, "learning_rate": 1})


def test_seeds_pair_runs_and_nothing_else_does(few_images):
    arms = SMALL, replace(SMALL, dropout=(0.0, 0.0), lr=0.3)
    one, two = map(data.problem, arms)
    assert np.array_equal(one.X, two.X) and np.array_equal(one.y, two.y)
    assert all(np.array_equal(a, b) for a, b in zip(*(data.start(arm)[0] for arm in arms)))
    orders = [
        [next(batches) for _ in range(9)]
        for batches in (data.minibatches(arm, 100) for arm in arms)
    ]
    assert np.array_equal(*map(np.concatenate, orders))
    other = data.problem(replace(SMALL, seed=1))
    assert not np.array_equal(one.X, other.X)
    assert np.array_equal(one.X_validation, other.X_validation)


def test_an_epoch_meets_each_image_once():
    batches = data.minibatches(replace(SMALL, batch_size=30), 100)
    epoch = np.concatenate([next(batches) for _ in range(4)])
    assert sorted(epoch) == list(range(100))


def test_images_for_choosing_are_not_trained_on():
    """With the real images: 5,000 held out, or of its own."""
    validation, pool = data.held_out()
    assert len(validation) == 5_000 and not set(validation) & set(pool)
    assert len(pool) == 55_000
    own = data.problem(Run(seed=0, n=300, own_validation=True))
    assert (len(own.X), len(own.X_validation)) == (240, 60)
    together = {each.tobytes() for each in [*own.X, *own.X_validation]}
    assert together == {each.tobytes() for each in data.problem(Run(seed=0, n=300)).X}
    with pytest.raises(ValueError, match="55000 training images"):
        data.problem(Run(seed=0, n=55_001))


def test_wrong_labels(few_images):
    wrong = data.problem(replace(SMALL, labels="wrong"))
    true = data.problem(SMALL)
    assert wrong.wrong.sum() == 20 and not true.wrong.any()
    assert np.array_equal(wrong.wrong, wrong.y != true.y)
    assert data.problem(replace(SMALL, labels="random")).wrong.sum() > 70
    with pytest.raises(ValueError, match="labels is 'false'"):
        data.problem(replace(SMALL, labels="false"))


@pytest.mark.parametrize("name", in_pytorch.NOISES)
@pytest.mark.parametrize("p", [0.2, 0.5])
def test_noise_has_the_mean_and_the_variance_of_bernoullis(name, p):
    rng, n = torch.Generator().manual_seed(0), 1_000_000
    if name == "exponential" and p != 0.5:
        with pytest.raises(ValueError, match="p = 0.5"):
            in_pytorch.NOISES[name]((n,), p, rng)
        return
    drawn = in_pytorch.NOISES[name]((n,), p, rng).double()
    variance = p / (1 - p)
    # Six standard errors, so a false alarm is rarer than 1e-8; the fourth central moment
    # of all of these is at most 9 times the variance squared.
    assert abs(drawn.mean() - 1) < 6 * math.sqrt(variance / n)
    assert abs(drawn.var() - variance) < 6 * math.sqrt(8 * variance**2 / n)


def test_dropconnect_drops_weights_and_the_same_for_a_batch():
    net = in_pytorch.MLP(replace(SMALL, noise="dropconnect"), 0)
    X = torch.rand(1, 784).repeat(2, 1)
    net.train()
    first, second = net(X)
    assert torch.equal(first, second) and not torch.equal(net(X)[0], first)
    net.eval()
    assert torch.equal(net(X), net(X))


def test_r_drop_is_its_formula():
    net = in_pytorch.MLP(replace(SMALL, widths=(8, 8)), 0)
    X, y = torch.rand(5, 784), torch.arange(5)
    state = net.rng.get_state()
    found = in_pytorch.objective(net, X, y, r_drop=3.0).item()
    net.rng.set_state(state)
    P, Q = net(torch.cat([X, X])).softmax(dim=1).double().chunk(2)
    fit = -(P[range(5), y].log() + Q[range(5), y].log()).mean() / 2
    both_ways = (P * (P / Q).log()).sum(1) + (Q * (Q / P).log()).sum(1)
    # Liang et al. (2021), halved: [-log P - log Q + α/2 (KL + KL)] / 2.
    assert found == pytest.approx((fit + 3 * both_ways.mean() / 4).item(), rel=1e-5)


def descended(**changed):
    """Parameters after three steps of Descent, and of PyTorch's own SGD."""
    run = Run(seed=0, steps=4, **changed)
    torch.manual_seed(0)
    nets = [torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.Linear(4, 2)) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    weights = [each for each in nets[1].parameters() if each.ndim > 1]
    biases = [each for each in nets[1].parameters() if each.ndim == 1]
    theirs = torch.optim.SGD(
        [{"params": weights, "weight_decay": run.weight_decay}, {"params": biases}],
        lr=run.lr,
        momentum=run.momentum,
    )
    ours = in_pytorch.Descent(run, nets[0].parameters())
    for step in range(1, 4):
        X = torch.randn(5, 6)
        for net in nets:
            net(X).square().mean().backward()
        for group in theirs.param_groups:
            group["lr"] = run.lr * (1 - (step - 1) / 4 if run.decay else 1)
        ours.step(step)
        theirs.step()
        theirs.zero_grad()
    return [list(net.parameters()) for net in nets]


@pytest.mark.parametrize(
    "changed",
    [{}, {"momentum": 0.9}, {"weight_decay": 0.1, "momentum": 0.5}, {"decay": True}],
    ids=str,
)
def test_descent_is_pytorchs(changed):
    for ours, theirs in zip(*descended(**changed)):
        torch.testing.assert_close(ours, theirs)


def test_max_norm_bounds_what_comes_into_hidden_units():
    (W, _, V, _), (free, _, free_V, _) = descended(max_norm=0.3)
    assert W.norm(dim=1).max() <= 0.3 + 1e-6 < free.norm(dim=1).max()
    torch.testing.assert_close(V.norm(), free_V.norm(), atol=0.1, rtol=0)


@pytest.mark.parametrize(
    ("schedule", "on"),
    [("throughout", range(1, 9)), ("early", range(1, 3)), ("late", range(3, 9))],
)
def test_schedules(few_images, monkeypatch, schedule, on):
    seen = []
    original = in_pytorch.objective
    monkeypatch.setattr(
        in_pytorch, "objective", lambda net, *more: seen.append(net.on) or original(net, *more)
    )
    result_of(replace(SMALL, steps=8, schedule=schedule))
    assert [step for step, each in enumerate(seen, 1) if each] == list(on)


def test_best_weights_are_those_of_the_least_validation_loss(few_images):
    found = result_of(replace(SMALL, steps=60, lr=0.5))
    curve = found["curves"]["validation_loss"]
    best = min(curve)
    assert found["best"]["step"] == found["curves"]["step"][curve.index(best)] < 60
    assert found["best"]["validation_loss"] == pytest.approx(best, rel=1e-4)
    assert found["last"]["validation_loss"] == pytest.approx(curve[-1], rel=1e-4)
    assert curve[-1] > best


def test_a_mean_of_networks_is_of_their_probabilities(few_images):
    one = result_of(SMALL)["last"]
    three = result_of(replace(SMALL, members=3))["last"]
    assert three["validation_loss"] < one["validation_loss"] + 0.1
    p = np.array([[[0.2, 0.8]], [[0.6, 0.4]]])
    assert np.exp(scores.mean_probability(np.log(p))) == pytest.approx(np.array([[0.4, 0.6]]))


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_agree_without_dropout_and_a_run_may_diverge(few_images, library):
    plain = replace(SMALL, dropout=(0.0, 0.0))
    ours = result_of(plain)
    theirs = apart(library, entry_of, replace(plain, library=library))["result"]
    assert theirs["curves"]["validation_loss"] == pytest.approx(
        ours["curves"]["validation_loss"], rel=1e-4
    )
    entry = apart(library, entry_of, replace(plain, library=library, lr=1e12))
    found = entry["result"]
    assert found["diverged"] > 1 and "nan" not in json.dumps(entry).lower()
    assert found["last"]["loss"] == found["best"]["tempered"] == pytest.approx(2.302585, rel=1e-4)
    assert found["last"]["accuracy"] == 0.1


def test_numpys_gradient_is_pytorchs(few_images):
    """With dropout: the same masks, one step."""
    from dropout_book.experiments import in_numpy

    class Half:
        def random(self, shape, dtype):
            return np.indices(shape).sum(axis=0).astype(dtype) % 2

    run, problem = SMALL, data.problem(SMALL)
    layers = data.start(run)
    in_numpy.step(layers, problem.X, problem.y, run.dropout, Half(), np.float32(0.1))
    net = in_pytorch.MLP(run, 0)
    net.noisy = lambda H, p, noise="bernoulli": (
        H * torch.from_numpy(np.indices(H.shape).sum(axis=0) % 2) * 2 if p else H
    )
    descent = in_pytorch.Descent(run, net.parameters())
    in_pytorch.objective(
        net, torch.from_numpy(problem.X), torch.from_numpy(problem.y), None
    ).backward()
    descent.step(1)
    for (W, b), theirs_W, theirs_b in zip(layers, net.weights, net.biases):
        assert W == pytest.approx(theirs_W.detach().numpy().T, abs=1e-6)
        assert b == pytest.approx(theirs_b.detach().numpy(), abs=1e-6)


# --- measures


def test_correlation_is_of_units_that_vary():
    H = np.random.default_rng(0).normal(size=(1000, 3))
    H[:, 1] = -2 * H[:, 0]
    H = np.column_stack([H, np.zeros(1000)])
    r = np.corrcoef(H[:, 0], H[:, 2])[0, 1]
    assert measures.correlation(H) == pytest.approx((1 + 2 * abs(r)) / 3)
    assert measures.correlation(np.zeros((10, 3))) == 0


def test_errors_are_detected_by_doubt():
    log_p = np.log([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.7, 0.3]])
    y = np.array([0, 0, 1, 0])  # the third is wrong
    doubt = np.array([0.1, 0.2, 0.9, 0.3])
    assert measures.detects(doubt, log_p, y) == 1
    assert measures.detects(-doubt, log_p, y) == 0
    assert measures.detects(np.zeros(4), log_p, y) == 0.5


def test_temperature_and_calibration():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 10)) * 2
    p = np.exp(scores.tempered(logits, 1.0))
    y = (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)
    # Labels drawn from p itself: right at temperature 1, and thrice too sure at a third.
    assert scores.fit_temperature(logits * 3, y) == pytest.approx(3, rel=0.05)
    assert scores.calibration_error(np.log(p), y) < 0.03
    assert scores.calibration_error(scores.tempered(logits * 3, 1.0), y) > 0.1


def test_monte_carlo_without_dropout_is_the_network(few_images):
    found = result_of(replace(SMALL, dropout=(0.0, 0.0), measures=("masks", "rotated")))
    for weights in found["last"], found["best"]:
        assert weights["mc_loss"] == pytest.approx(weights["loss"], rel=1e-4)
        assert weights["mc_rotated_loss"] == pytest.approx(weights["rotated_loss"], rel=1e-4)
