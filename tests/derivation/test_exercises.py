"""The exercises: what their answers say of masks, added up over all of them."""

import re
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest

from page_texts import text_of

PAGE = text_of("exercises")
RATES = [Fraction(1, 5), Fraction(1, 2), Fraction(4, 5)]
H, W = [3, -2], [[1, 2], [-3, 5]]


def masks(n, p):
    """All masks of n elements, already divided by 1 - p, and their probabilities."""
    for each in product((0, 1), repeat=n):
        yield [m / (1 - p) for m in each], prod(1 - p if m else p for m in each)


def moments(outcomes):
    """Means and covariances of `(values, probability)`."""
    outcomes = list(outcomes)
    size = range(len(outcomes[0][0]))
    mean = [sum(chance * values[i] for values, chance in outcomes) for i in size]
    return mean, [
        [
            sum(chance * values[i] * values[j] for values, chance in outcomes) - mean[i] * mean[j]
            for j in size
        ]
        for i in size
    ]


def test_they_are_numbered_in_order_and_as_many_as_is_said():
    numbers = [int(each) for each in re.findall(r"(?m)^### (\d+)\. ", PAGE)]
    assert numbers == list(range(1, 7 + 9 + 1))
    ours = PAGE.index("## Nine of ours")
    assert PAGE[:ours].count("\n### ") == 7 and "## The textbook's seven" in PAGE


def test_each_has_a_guess_a_hint_and_an_answer_in_this_order():
    for exercise in PAGE.split("\n### ")[1:]:
        places = [
            exercise.index(each) for each in ("```{guess}", "{dropdown} A hint", "The answer")
        ]
        assert places == sorted(places)


@pytest.mark.parametrize("p", RATES)
def test_variance_over_examples_and_masks_adds_up(p):
    assert r"\operatorname{Var}[h] + \frac{p}{1-p}\,E[h^2] ." in PAGE
    examples = [0, 2, 5]
    outcomes = [([m[0] * h], chance / 3) for h in examples for m, chance in masks(1, p)]
    (mean,), ((variance,),) = moments(outcomes)
    square = Fraction(sum(h * h for h in examples), 3)
    assert mean == Fraction(sum(examples), 3)
    assert variance == square - mean**2 + p / (1 - p) * square


@pytest.mark.parametrize("p", RATES)
def test_dropped_units_tie_outputs_together_and_dropped_weights_do_not(p):
    assert r"\frac{p}{1-p} \sum_{j} W_{1j} W_{2j}\, h_j^2 ." in PAGE
    units = (
        ([sum(w * k * h for w, k, h in zip(row, m, H)) for row in W], chance)
        for m, chance in masks(2, p)
    )
    weights = (
        (
            [sum(w * k * h for w, k, h in zip(row, m[2 * i :], H)) for i, row in enumerate(W)],
            chance,
        )
        for m, chance in masks(4, p)
    )
    (mean, of_units), (same, of_weights) = moments(units), moments(weights)
    assert mean == same == [sum(w * h for w, h in zip(row, H)) for row in W]
    noise = p / (1 - p)
    for i, row in enumerate(W):
        assert of_units[i][i] == of_weights[i][i]
        assert of_units[i][i] == noise * sum((w * h) ** 2 for w, h in zip(row, H))
    assert of_units[0][1] == noise * sum(a * b * h * h for a, b, h in zip(*W, H))
    assert of_units[0][1] != 0 == of_weights[0][1]


@pytest.mark.parametrize("p", RATES)
def test_where_inputs_are_of_one_size_dropout_is_weight_decay(p):
    assert r"$\frac{p}{1-p} s^2$" in PAGE
    s, w, y = 3, [2, -1], 5
    x = [s, -s]
    loss = sum(
        chance * (y - sum(a * m * b for a, m, b in zip(w, each, x))) ** 2
        for each, chance in masks(2, p)
    )
    plain = (y - sum(a * b for a, b in zip(w, x))) ** 2
    assert loss == plain + p / (1 - p) * s**2 * sum(a * a for a in w)


@pytest.mark.parametrize("p", RATES)
@pytest.mark.parametrize("q", RATES)
def test_two_dropout_layers_are_one(p, q):
    assert "drop probability $1-(1-p)(1-q)$" in PAGE
    one = {m[0]: chance for m, chance in masks(1, 1 - (1 - p) * (1 - q))}
    two = {}
    for (m,), chance in masks(1, p):
        for (n,), other in masks(1, q):
            two[m * n] = two.get(m * n, 0) + chance * other
    assert one == two


def test_a_mask_passes_relu_alone():
    x, c = np.array([-1.5, -0.2, 0.3, 2.0]), np.array([0.0, 2.0])[:, None]
    for function, passes in (
        (lambda z: np.maximum(z, 0), True),
        (np.tanh, False),
        (lambda z: 1 / (1 + np.exp(-z)), False),
    ):
        assert np.allclose(function(c * x), c * function(x)) == passes


@pytest.mark.parametrize("p", RATES)
def test_the_number_of_dropped_units_is_binomial(p):
    assert "the mean $dp$ and the variance $dp(1-p)$" in PAGE
    d = 5
    (mean,), ((variance,),) = moments(([sum(k == 0 for k in m)], c) for m, c in masks(d, p))
    assert (mean, variance) == (d * p, d * p * (1 - p))
