"""The code and the identities of the page "In practice", by hand.

| what the page says | test |
|---|---|
| eq-r-drop, its reductions and padding | test_r_drop_… |
| eq-shift | test_the_next_batch_norm_sees_the_noise_of_dropout, test_the_figure_shows_it |
| ReLU and dropout change places | test_relu_and_dropout_change_places |
| eq-entropy, its maximum, and that of the noise | test_the_entropy_of_a_mask |
"""

from itertools import product
from unittest.mock import MagicMock

import numpy as np
import pytest
import sympy as sp
import torch

from parallel_notebooks import run_cells


@pytest.fixture(scope="module")
def r_drop_loss():
    import torch.nn.functional as F

    space = run_cells("pytorch", ["r-drop"], {"torch": torch, "F": F}, topic="at-work")
    return space["r_drop_loss"]


def softmax(row):
    powers = np.exp(row)
    return powers / powers.sum()


def by_hand(first, second, labels, alpha):
    """One example after the other, from the definitions; `None` is padding."""
    losses = []
    for a, b, label in zip(first, second, labels):
        if label is not None:
            p, q = softmax(a), softmax(b)
            kl = sum(p * np.log(p / q)), sum(q * np.log(q / p))
            ce = -np.log(p[label]), -np.log(q[label])
            losses.append(sum(ce) / 2 + alpha * sum(kl) / 4)
    return np.mean(losses)


@pytest.fixture
def logits():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 6, 4)), [3, 0, 1, 2, 2, 0]


def of(r_drop_loss, logits, labels, alpha):
    first, second = (torch.tensor(each) for each in logits)
    y = torch.tensor([-100 if label is None else label for label in labels])
    return r_drop_loss(first, second, y, alpha).item()


@pytest.mark.parametrize("alpha", [0, 0.5, 5])
def test_r_drop_is_the_formula(r_drop_loss, logits, alpha):
    both, labels = logits
    assert of(r_drop_loss, both, labels, alpha) == pytest.approx(by_hand(*both, labels, alpha))


def test_r_drop_weighs_both_terms_alike_in_minibatches_of_any_size(r_drop_loss, logits):
    both, labels = logits
    once = of(r_drop_loss, both, labels, 1)
    assert of(r_drop_loss, np.tile(both, (1, 3, 1)), labels * 3, 1) == pytest.approx(once)


def test_r_drop_of_equal_predictions_is_the_cross_entropy(r_drop_loss, logits):
    (first, _), labels = logits
    alone = of(r_drop_loss, (first, first), labels, 5)
    y = torch.tensor(labels)
    expected = torch.nn.functional.cross_entropy(torch.tensor(first), y).item()
    assert alone == pytest.approx(expected)


def test_r_drop_leaves_padding_out_of_both_terms_and_of_what_they_are_divided_by(
    r_drop_loss, logits
):
    both, labels = logits
    padded = labels[:4] + [None, None]
    expected = by_hand(*both, padded, 1)
    assert of(r_drop_loss, both, padded, 1) == pytest.approx(expected)
    other = both.copy()
    other[:, 4:] = 100 * np.random.default_rng(1).normal(size=(2, 2, 4))
    assert of(r_drop_loss, other, padded, 1) == pytest.approx(expected)


def test_r_drop_takes_sequences(r_drop_loss, logits):
    both, labels = logits
    first, second = (torch.tensor(each).reshape(2, 3, 4) for each in both)
    y = torch.tensor(labels).reshape(2, 3)
    assert r_drop_loss(first, second, y, 1).item() == pytest.approx(by_hand(*both, labels, 1))


def test_r_drop_pulls_at_both_passes(r_drop_loss, logits):
    """Neither is a fixed target: autograd's derivatives are those of the formula."""
    both, labels = logits
    inputs = [torch.tensor(each, requires_grad=True) for each in both]
    y = torch.tensor(labels)
    assert torch.autograd.gradcheck(lambda a, b: r_drop_loss(a, b, y, 2.0), inputs)


def test_the_experiment_has_the_same_alpha(r_drop_loss, logits):
    from dropout_book.experiments.in_pytorch import objective

    both, labels = logits
    first, second = (torch.tensor(each) for each in both)
    y = torch.tensor(labels)
    found = objective(lambda X: torch.cat([first, second]), torch.zeros(6, 1), y, 5.0)
    assert found.item() == pytest.approx(r_drop_loss(first, second, y, 5.0).item())


def test_whose_alpha():
    """The authors' page sums the divergence: its alpha is 2n of the paper's."""
    space = run_cells(
        "pytorch",
        ["r-drop", "r-drop-reductions"],
        {"torch": torch, "F": torch.nn.functional, "glue": lambda key, value: None},
        topic="at-work",
    )
    for (name, n), alpha in space["same_as"].items():
        expected = {"sum": 2 * n, "mean": 2 / 10, "batchmean": 2}[name]
        assert alpha == pytest.approx(expected, rel=1e-3)


def test_the_next_batch_norm_sees_the_noise_of_dropout():
    """Over two examples, equally likely, and all masks of two units."""
    p, w1, w2, *hs = sp.symbols("p w_1 w_2 a_1 a_2 b_1 b_2", real=True)
    examples, w = [hs[:2], hs[2:]], (w1, w2)

    def variance(outcomes):
        mean = sum(chance * value for chance, value in outcomes)
        return sum(chance * value**2 for chance, value in outcomes) - mean**2

    half = sp.Rational(1, 2)
    off = [(half, sum(a * b for a, b in zip(w, h))) for h in examples]
    on = [
        (
            half * sp.prod([1 - p if bit else p for bit in mask]),
            sum(a * b * bit / (1 - p) for a, b, bit in zip(w, h, mask)),
        )
        for h in examples
        for mask in product([0, 1], repeat=2)
    ]
    squares = [(examples[0][j] ** 2 + examples[1][j] ** 2) * half for j in range(2)]
    noise = p / (1 - p) * sum(a**2 * square for a, square in zip(w, squares))
    assert sp.simplify(variance(on) - variance(off) - noise) == 0


def test_relu_and_dropout_change_places():
    z = np.random.default_rng(0).normal(size=100)
    mask = np.random.default_rng(1).integers(0, 2, 100) / 0.5
    assert (np.maximum(mask * z, 0) == mask * np.maximum(z, 0)).all()

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    assert (sigmoid(mask * z)[mask == 0] == 0.5).all()


def test_the_entropy_of_a_mask():
    def entropy(p):
        return -p * np.log2(p) - (1 - p) * np.log2(1 - p)

    n, rates = 6, np.arange(1, 10) / 10
    for p in rates:
        chances = [p ** mask.count(0) * (1 - p) ** mask.count(1) for mask in masks(n)]
        assert -np.sum(chances * np.log2(chances)) == pytest.approx(n * entropy(p))
    assert rates[np.argmax(entropy(rates))] == 0.5
    assert entropy(0.5) == 1
    assert (np.diff(rates / (1 - rates)) > 0).all()


def masks(n):
    return list(product([0, 1], repeat=n))


def test_the_figure_shows_it():
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    unseen = dict.fromkeys(["plt", "color_of", "glue"], MagicMock())
    unseen["plt"].subplots.return_value = MagicMock(), MagicMock()
    torch.manual_seed(0)
    space = run_cells("pytorch", ["next-batch-norm"], names | unseen, topic="at-work")
    assert space["spread"][0] == pytest.approx(1, abs=0.001)
    # Seeded, so that this is no bound on chance; the two differ by some thousandths.
    for p, spread in space["spread"].items():
        assert spread == pytest.approx(space["predicted"](p), abs=0.02)
