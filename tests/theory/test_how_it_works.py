"""The identities over networks of the page "How it works", and its two notebooks.

| identity | test |
|---|---|
| eq-gradient-weights | test_the_gradients_of_one_example |
| eq-gradient-minibatch | test_the_gradient_of_a_minibatch |
| (1-p) n examples train a unit | test_how_many_examples_train_a_unit |
| both, in numbers | test_gradients_by_hand, test_quotients |
| eq-labels | test_labels_stay |
| eq-noise-to-signal | test_noise_to_signal |
| eq-depth-vanilla | test_vanilla_is_inverted_but_for_the_factors |
| no bias with one layer | test_one_layer_has_no_bias |
| the sign is the last weights' | test_the_sign_turns_with_the_last_weights |
| no bias is measured where none is | test_the_product_of_halves_measures_no_noise |

The formulas over single units are held by tests/derivation.
"""

import re
from itertools import product
from math import prod

import numpy as np
import pytest
import sympy as sp

from page_texts import text_of
from parallel_notebooks import sources

# What the tests below check, in the words of the page.
CHECKED = {
    "eq-labels": r"""\begin{aligned}
E[o - y] &= E[o] - y \\
         &= \mathbf w^\top \mathbf h + b - y ,
\end{aligned}""",
    "eq-gradient-weights": r"""\begin{aligned}
\frac{\partial L}{\partial w_{ij}} &= \frac{m_j}{1-p}\, h_j\, \frac{\partial L}{\partial o_i} , \\
\frac{\partial L}{\partial u_{jk}} &= \frac{m_j}{1-p}\, \frac{\partial h_j}{\partial u_{jk}} """
    r"""\sum_i w_{ij}\, \frac{\partial L}{\partial o_i} .
\end{aligned}""",
    "eq-gradient-minibatch": r"""\frac{\partial \bar L}{\partial w_{ij}}
  = \frac1n \sum_{e=1}^{n} \frac{m_{ej}}{1-p}\, h_{ej}\, \frac{\partial L_e}{\partial o_{ei}} ,""",
    "eq-noise-to-signal": r"""\frac{\langle \operatorname{Var}[o_i] \rangle}"""
    r"""{\langle E[o_i]^2 \rangle} = \frac{p}{1-p} ,""",
    "eq-depth-vanilla": r"""\mathbf o_{\text{vanilla}} = """
    r"""(1-p)^{\ell}\, \mathbf o_{\text{inverted}} .""",
}
PAGE = text_of("derivation")

rates = pytest.mark.parametrize("dropout", [0.1, 0.5, 0.8])


@pytest.mark.parametrize("label", CHECKED)
def test_the_page_states_what_is_checked(label):
    assert f"```{{math}}\n:label: {label}\n{CHECKED[label]}\n```" in PAGE


def notebook(name, *tags):
    """What the cells with these tags define, without what they measure."""
    space = {"np": np, "rng": np.random.default_rng(0)}
    for tag in tags:
        exec(
            sources(name, "theory")[tag].split("\n\nmask = ")[0].split("\n\nnetworks = ")[0], space
        )
    return space


# Gradients: three hidden units, two inputs, two outputs; any activation, any loss.

p = sp.Symbol("p")
x, u, w = sp.symbols("x_1:3"), sp.symbols("u_1:4(1:3)"), sp.symbols("w_1:3(1:4)")
U, W = sp.Matrix(3, 2, u), sp.Matrix(2, 3, w)
phi, L = sp.Function("phi"), sp.Function("L")


def network(x, mask, loss):
    """Hidden units, outputs, loss, and its derivatives at the outputs."""
    h = [phi(U[j, 0] * x[0] + U[j, 1] * x[1]) for j in range(3)]
    o = [sum(W[i, j] * mask[j] / (1 - p) * h[j] for j in range(3)) for i in range(2)]
    at = sp.symbols("o_1:3")
    slopes = [loss(*at).diff(each).subs(dict(zip(at, o)), simultaneous=True) for each in at]
    return h, loss(*o), slopes


def zero(value):
    return sp.cancel(value) == 0


@pytest.mark.parametrize("mask", list(product((0, 1), repeat=3)))
def test_the_gradients_of_one_example(mask):
    h, loss, slopes = network(x, mask, L)
    for j in range(3):
        factor = mask[j] / (1 - p)
        for i in range(2):
            assert zero(loss.diff(W[i, j]) - factor * h[j] * slopes[i])
        back = sum(W[i, j] * slopes[i] for i in range(2))
        for k in range(2):
            gradient = loss.diff(U[j, k])
            assert zero(gradient - factor * h[j].diff(U[j, k]) * back)
            assert (gradient == 0) == (mask[j] == 0)


def test_the_gradient_of_a_minibatch():
    """Two examples, each with its mask, its inputs, and its label, that is, its loss."""
    for masks in [((1, 0, 1), (0, 1, 1)), ((0, 0, 1), (1, 0, 1))]:
        inputs = (x, sp.symbols("x_3:5"))
        losses = sp.symbols("L_1:3", cls=sp.Function)
        examples = [network(*each) for each in zip(inputs, masks, losses)]
        mean = sum(loss for _, loss, _ in examples) / 2
        for i, j in product(range(2), range(3)):
            terms = [m[j] / (1 - p) * h[j] * s[i] for m, (h, _, s) in zip(masks, examples)]
            assert zero(mean.diff(W[i, j]) - sum(terms) / 2)
            assert (mean.diff(W[i, j]) == 0) == (masks[0][j] == masks[1][j] == 0)


def test_how_many_examples_train_a_unit():
    said = re.search(r"on average \$(.*?)\$ of them\.", PAGE)[1].replace(r"\,", "*")
    for n in (1, 2, 4):
        mean = sum(
            prod(1 - p if kept else p for kept in mask) * sum(mask)
            for mask in product((0, 1), repeat=n)
        )
        assert zero(sp.sympify(said, {"p": p, "n": n}) - mean)


@pytest.fixture(params=range(3))
def minibatch(request):
    """The notebook's network, with other numbers."""
    space = {"num_inputs": 4, "num_hiddens": 5, "num_outputs": 3, "num_examples": 6}
    space |= {"dropout": (0.4, 0.1, 0.8)[request.param], "np": np}
    space["rng"] = np.random.default_rng(request.param)
    exec(sources("backward", "theory")["network"], space)
    exec(sources("backward", "theory")["check"].split("\n\nmask = ")[0], space)
    return space


def test_gradients_by_hand(minibatch):
    """Against complex steps, which are exact to rounding (Squire and Trapp 1998)."""
    loss, mask = minibatch["loss"], minibatch["draw_mask"]()
    W = [minibatch["W1"], minibatch["W2"]]
    for number, gradient in enumerate(minibatch["gradients"](*W, mask)):
        for place in np.ndindex(gradient.shape):
            step = np.zeros_like(gradient, dtype=complex)
            step[place] = 1e-30j
            moved = [each + step if n == number else each for n, each in enumerate(W)]
            slope = loss(*moved, mask).imag / 1e-30
            assert gradient[place] == pytest.approx(slope, rel=1e-11, abs=1e-12)
    kept = mask.any(axis=0)
    assert not gradient[~kept].any()


def test_quotients(minibatch):
    """Central differences: off by epsilon² f'''/6, about 1e-10, and rounding, about 1e-10."""
    loss, mask = minibatch["loss"], minibatch["draw_mask"]()
    W1, W2 = minibatch["W1"], minibatch["W2"]
    dW1, dW2 = minibatch["gradients"](W1, W2, mask)
    still = minibatch["quotients"](lambda W: loss(W, W2, mask), W1)
    np.testing.assert_allclose(still, dW1, atol=1e-6 * (1 + abs(dW1).max()))
    still = minibatch["quotients"](lambda W: loss(W1, W, mask), W2)
    np.testing.assert_allclose(still, dW2, atol=1e-6 * (1 + abs(dW2).max()))
    # Other masks: the quotient is a difference of losses over 2e-5, so beyond 1 unless two
    # losses agree to 2e-5. The generator is seeded, so there is no false alarm.
    anew = minibatch["quotients"](lambda W: loss(W, W2, minibatch["draw_mask"]()), W1)
    assert abs(anew - dW1).max() > 100


# Labels and noise


def mean_and_variance(weights, h, bias=0):
    """Of o = w h' + b, over all masks."""
    masks = list(product((0, 1), repeat=len(h)))
    chances = [prod(1 - p if kept else p for kept in mask) for mask in masks]
    o = [sum(w * m * x for w, m, x in zip(weights, mask, h)) / (1 - p) + bias for mask in masks]
    mean = sum(chance * each for chance, each in zip(chances, o))
    return mean, sum(chance * (each - mean) ** 2 for chance, each in zip(chances, o))


h3 = sp.symbols("h_1:4")


def test_labels_stay():
    """The gradient at b of half the squared error, and the label that it leads to."""
    b, y, o = sp.symbols("b y o")
    assert sp.diff((o - y) ** 2 / 2, o) == o - y  # and o moves as b does
    mean, _ = mean_and_variance(w[:3], h3, b)
    plain = sum(each * x for each, x in zip(w, h3)) + b
    assert zero(mean - y - (plain - y))
    # Labels divided by 1-p: the mean gradient is 0 where inference answers y / (1-p).
    [answer] = sp.solve(o - y / (1 - p), o)
    assert "would learn to answer $y/(1-p)$" in PAGE and zero(answer - y / (1 - p))


def test_the_outputs_mean_over_masks_is_that_without_dropout(minibatch):
    """The cell of the notebook: its masks follow from a seed, so there is no false alarm."""
    exec(sources("backward", "theory")["labels"], minibatch)
    outputs, plain = minibatch["outputs"], minibatch["plain"]
    error = outputs.std(axis=0) / len(outputs) ** 0.5
    assert (abs(outputs.mean(axis=0) - plain) < 5 * error).all()
    assert error.max() < 0.05 * abs(plain).max()


def test_the_mean_gradient_at_a_weight_has_half_the_penaltys_slope():
    """Of half the squared error, over all masks of three units."""
    b, y = sp.symbols("b y")
    mean = 0
    for mask in product((0, 1), repeat=3):
        chance = sp.prod([1 - p if kept else p for kept in mask])
        dropped = [kept * x / (1 - p) for kept, x in zip(mask, h3)]
        o = sum(each * x for each, x in zip(w, dropped)) + b
        mean += chance * (o - y) * dropped[0]
    plain = (sum(each * x for each, x in zip(w, h3)) + b - y) * h3[0]
    penalty = p / (1 - p) * w[0] ** 2 * h3[0] ** 2  # of eq-ridge
    assert zero(mean - plain - sp.diff(penalty / 2, w[0]))


def test_labels_at_random_are_smoothed_labels():
    """The cross-entropy of four classes, the third of which is the true one."""
    classes, true = 4, 2
    losses, q = sp.symbols("l_1:5"), sp.symbols("q")  # the loss with each class as the label
    mean = (1 - q) * losses[true] + q * sum(loss / classes for loss in losses)
    smooth = [(1 - q) * int(k == true) + q / classes for k in range(classes)]
    assert zero(sum(smooth) - 1)
    assert zero(mean - sum(label * loss for label, loss in zip(smooth, losses)))


def test_a_division_by_p_is_right_at_one_half_alone():
    h = sp.symbols("h", positive=True)
    mean = p * 0 + (1 - p) * h / p
    assert zero(mean - (1 - p) / p * h) and sp.solve(mean - h, p) == [sp.Rational(1, 2)]


@pytest.mark.parametrize("units", [1, 2])
def test_noise_to_signal(units):
    """Weights of ±1 are independent, of mean 0 and variance 1: their mean is a sum."""
    h = h3[:units]
    signs = list(product((-1, 1), repeat=units))
    moments = [mean_and_variance(weights, h) for weights in signs]
    noise = sum(variance for _, variance in moments) / len(signs)
    signal = sum(mean**2 for mean, _ in moments) / len(signs)
    assert zero(noise / signal - p / (1 - p))


# Many layers


@pytest.fixture
def deep():
    """The notebook's functions, and a network of three layers of four units."""
    space = notebook("depth", "network", "error")
    rng = np.random.default_rng(1)
    weights, readout = rng.normal(size=(3, 4, 4)), rng.normal(size=(4, 5))
    return space, rng.normal(size=4), weights, readout


@rates
def test_vanilla_is_inverted_but_for_the_factors(deep, dropout):
    space, x, weights, readout = deep
    kept = np.random.default_rng(2).random((3, 50, 4)) >= dropout
    forms = space["forms_of"](kept, 1 - dropout)
    factors = (1 - dropout) ** np.arange(1, 4).reshape(3, 1, 1)
    for vanilla, inverted in zip(forms["vanilla"], forms["inverted"]):
        np.testing.assert_allclose(
            space["outputs"](x, weights, readout, vanilla),
            factors * space["outputs"](x, weights, readout, inverted),
            rtol=1e-12,
            atol=1e-14,
        )
    # Forgotten: vanilla in training, inverted in inference.
    assert (forms["factor forgotten"][0] == forms["vanilla"][0]).all()
    assert (forms["factor forgotten"][1] == forms["inverted"][1]).all()


@rates
def test_one_layer_has_no_bias(deep, dropout):
    """Over all masks; two layers have one."""
    space, x, weights, readout = deep
    masks = np.array(list(product([0.0, 1.0], repeat=8))).reshape(-1, 2, 4).swapaxes(0, 1)
    chances = np.prod(np.where(masks, 1 - dropout, dropout), axis=(0, 2))
    training, inference = space["forms_of"](masks, 1 - dropout)["inverted"]
    mean = chances @ space["outputs"](x, weights[:2], readout, training)
    [one], [two] = space["outputs"](x, weights[:2], readout, inference)
    np.testing.assert_allclose(mean[0], one, rtol=1e-12)
    assert abs(mean[1] - two).max() > 1e-3


def test_the_sign_turns_with_the_last_weights(deep):
    space, x, weights, readout = deep
    kept = np.random.default_rng(2).random((3, 50, 4)) >= 0.5
    there, back = (
        [
            space["outputs"](x, weights, last, factors)
            for factors in space["forms_of"](kept, 0.5)["inverted"]
        ]
        for last in (readout, -readout)
    )
    errors = [inference[:, 0] - training.mean(axis=1) for training, inference in (there, back)]
    assert (errors[0] == -errors[1]).all() and abs(errors[0]).min() > 0


def test_the_product_of_halves_measures_no_noise(deep):
    """Outputs of mean 1 with noise of 1, and no bias: the squared error is 0 ± .0007.

    A half has 8 masks, so a mean's noise is 1/8; the product of two of them has a standard
    deviation of 1/8, its mean over 4,000 networks of 10 outputs 1/8/200 = .0006. The bound
    .1² of squared error is 16 of them (below 1e-50); the mean of a square would show 1/16,
    that is, .25.
    """
    space, *_ = deep
    rng = np.random.default_rng(3)
    runs = [(1 + rng.normal(size=(1, 16, 10)), np.ones((1, 10))) for _ in range(4_000)]
    assert space["relative_error"](runs)[0] < 0.1
    # A bias of a half, against a mean of 1.
    runs = [(training, inference / 2) for training, inference in runs]
    assert space["relative_error"](runs)[0] == pytest.approx(0.5, abs=0.05)
