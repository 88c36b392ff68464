r"""The derivation page, checked by computer algebra.

The formulas are not typed again here: `members` reads them off the page. Their letters
stand for SymPy symbols, h' for m h / (1-p), and E[…] for the sum over all masks, each
weighted by its probability. So a formula holds if it follows from the definition of
dropout, for every p, h, W, …; a layer has three units, and the next one two.
"""

import re
from fractions import Fraction
from itertools import product
from math import isclose, prod

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from page_texts import text_of
from parallel_notebooks import ROOT

PAGE = text_of("derivation")
LABELLED = dict(re.findall(r"```\{math\}\n:label: (\S+)\n(.*?)```", PAGE, re.DOTALL))
UNLABELLED = re.findall(r"^\$\$\n(.*?)\n\$\$$", PAGE, re.DOTALL | re.MULTILINE)
INLINE = [
    latex
    for latex in re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", PAGE)
    if "E[" in latex and "=" in latex
]
LAYOUT = r"\\(?:begin|end)\{aligned\}|&|\{\}|\\\\|\\quad"
# By label, and those without one by their left side.
FORMULAS = {
    **LABELLED,
    **{re.sub(LAYOUT, "", latex).split(" = ")[0].strip(): latex for latex in UNLABELLED + INLINE},
}


def table(first_cell):
    """The cells of the rows whose first cell matches, without dollar signs."""
    rows = [
        [cell.strip().strip("$") for cell in row.split("|")[1:-1]]
        for row in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
    ]
    return [row for row in rows if re.fullmatch(first_cell, row[0])]


# Dropout by definition: p and masks, and what follows from them by counting.

p, h, y = sp.symbols("p h y", real=True)
m, *layer_masks = sp.symbols("m m_1:4")
layer_h = sp.Matrix(sp.symbols("h_1:4", real=True))
W = sp.Matrix(2, 3, sp.symbols("W_1:3(1:4)", real=True))
b = sp.Matrix(sp.symbols("b_1:3", real=True))
w = sp.Matrix(sp.symbols("w_1:4", real=True))


def drop(h, m):
    return m / (1 - p) * h


def expectation(value):
    """The mean of `value`, a number or a matrix, over all masks that occur in it."""
    drawn = [mask for mask in (m, *layer_masks) if mask in value.free_symbols]
    return sum(
        (
            prod((1 - p) if kept else p for kept in kept_units)
            * value.subs(dict(zip(drawn, kept_units)))
            for kept_units in product((0, 1), repeat=len(drawn))
        ),
        0 * value,
    )


def covariance(vector):
    deviation = vector - expectation(vector)
    return expectation(deviation * deviation.T)


# What letters stand for, formula by formula. Bold h' is written boldhdropped.

ONE_UNIT = {
    "p": p,
    "h": h,
    "m": m,
    "hdropped": drop(h, m),
    "E": expectation,
    "Var": lambda value: covariance(sp.Matrix([value]))[0],
}

layer_dropped = sp.Matrix([drop(*unit) for unit in zip(layer_h, layer_masks)])
LAYER = {
    **ONE_UNIT,
    "d": 3,
    "h": layer_h,
    "boldh": layer_h,
    "boldhdropped": layer_dropped,
    "Cov": covariance,
    "diag": sp.diag,
    "W": W,
    "boldW": W,
    "boldb": b,
    "o": W * layer_dropped + b,
    "boldo": W * layer_dropped + b,
}

LINEAR_MODEL = {
    **LAYER,
    "y": y,
    "w": w,
    "boldw": w,
    "x": layer_h,
    "boldx": layer_h,
    "boldxdropped": layer_dropped,
    "o": w.dot(layer_dropped),
}

HALF = {p: sp.Rational(1, 2)}
TWO_UNITS = {
    "E": lambda value: expectation(value).subs(HALF),
    "ReLU": lambda value: sp.Max(value, 0),
    "z": (drop(1, layer_masks[0]) - drop(1, layer_masks[1])).subs(HALF),
}

# Any loss L of h' at all, for one mask that is not drawn but given.
L, any_h = sp.Function("L"), sp.Symbol("x")
GRADIENT = [
    {
        "p": p,
        "m": kept,
        "dLbydh": L(drop(h, kept)).diff(h),
        "dLbydhdropped": L(any_h).diff(any_h).subs(any_h, drop(h, kept)),
        "dhdroppedbydh": drop(h, kept).diff(h),
    }
    for kept in (0, 1)
]

MEANINGS = {
    "eq-dropout": [ONE_UNIT],
    "E[h']": [ONE_UNIT],
    "eq-mean": [ONE_UNIT],
    "E[h'^2]": [ONE_UNIT],
    "eq-variance": [ONE_UNIT],
    r"E[\mathbf h']": [LAYER],
    "eq-covariance": [LAYER],
    "eq-linear-mean": [LAYER],
    "eq-linear-variance": [{**LAYER, "i": 1}, {**LAYER, "i": 2}],
    "E[(y-o)^2]": [LINEAR_MODEL],
    "eq-ridge": [LINEAR_MODEL],
    r"\operatorname{ReLU}(E[z])": [TWO_UNITS],
    r"E[\operatorname{ReLU}(z)]": [TWO_UNITS],
    "eq-gradient": GRADIENT,
}

# Formulas over whole networks, which tests/theory holds.
HELD = re.findall(
    r'^    "(eq-[\w-]+)": r"""',
    (ROOT / "tests" / "theory" / "test_how_it_works.py").read_text(encoding="utf-8"),
    re.MULTILINE,
)

# From the LaTeX of the page to Python, in this order.
RULES = [
    (r"= \\begin\{cases\}.*", ""),  # has a test of its own
    (LAYOUT, ""),
    (r"\\bigl|\\bigr|^\s+|\s*[,.]?\s*$", ""),
    (r"\\operatorname\{(\w+)\}", r"\1"),
    (r"\\mathbf ?(\w)", r"bold\1"),
    (r"\\frac\{\\partial (\w'?)\}\{\\partial (\w)('?)\}", r"d\1byd\2\3"),
    ("'", "dropped"),
    (r"\\[dt]frac", r"\\frac"),
    (r"\\frac(\d)(\d)", r"\\frac{\1}{\2}"),
    (r"\\cdot", "*"),
    (r"\\sigma", "sigma"),
    (r"\\,", " "),
    (r"\s*([-+*=,])\s*", r"\1"),
    (r"\s+", "*"),  # side by side means times
    (r"(bold\w)\^\\top\*(bold\w+)", r"\1.dot(\2)"),
    (r"\(([^,]*)_1([^,]*),\\dots,\1_d\2\)", r"(*[\1_k\2 for k in range(1, d + 1)])"),
    (r"\\sum_\{?(\w)(?:=1\}\^\{d\})?\*([^=+-]*)", r"sum(\2 for \1 in range(1, d + 1))"),
    (r"\[", "("),
    (r"\]", ")"),
    (r"_\{(\w)(\w)\}", r"[\1 - 1, \2 - 1]"),
    (r"_(\w)", r"[\1 - 1]"),
    (r"\^(\d)", r"**\1"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(S(\1)/(\2))"),
]


def members(latex, names):
    """The values of a, b, c, … in `a = b = c …`."""
    for pattern, replacement in RULES:
        latex = re.sub(pattern, replacement, latex, flags=re.DOTALL)
    return [eval(member, {"S": sp.S, **names}) for member in latex.split("=")]


def assert_equal(a, b):
    assert sp.Matrix([a - b]).applyfunc(lambda e: sp.simplify(e.doit())).is_zero_matrix


def test_every_formula_has_a_meaning():
    assert sorted(FORMULAS) == sorted([*MEANINGS, *HELD])
    assert len(FORMULAS) == len(LABELLED) + len(UNLABELLED) + len(set(INLINE))
    assert len(LABELLED) == PAGE.count(":label:") == PAGE.count("{math}")
    assert 2 * len(UNLABELLED) == PAGE.count("$$")
    # MyST would show an environment outside of them as a formula, too.
    rest = PAGE
    for latex in [*LABELLED.values(), *UNLABELLED]:
        rest = rest.replace(latex, "")
    assert r"\begin" not in rest


@pytest.mark.parametrize("name", MEANINGS)
def test_formula(name):
    for names in MEANINGS[name]:
        first, *others = members(FORMULAS[name], names)
        assert others
        for other in others:
            assert_equal(first, other)


# One unit


def test_the_two_cases_of_dropout():
    cases = re.findall(r"(\S+) & \\text\{if \} m = (\d)", LABELLED["eq-dropout"])
    masks = re.findall(r"\$m = (\d)\$ with probability \$(.+?)\$", PAGE)
    assert [kept for _, kept in cases] == [kept for kept, _ in masks] == ["0", "1"]
    for kept in (0, 1):
        assert_equal(*members(f"{cases[kept][0]} = h'", {**ONE_UNIT, "hdropped": drop(h, kept)}))
        assert_equal(*members(f"{masks[kept][1]} = q", {"p": p, "q": (p, 1 - p)[kept]}))


def test_standard_deviations_in_words():
    words = {"half of": sp.Rational(1, 2), "as large as": 1, "twice as large": 2}
    said = re.findall(rf"[Aa]t \$p = ([\d.]+)\$ .*?({'|'.join(words)})", PAGE)
    assert len(said) == 3
    for dropout, ratio in said:
        variance = ONE_UNIT["Var"](drop(h, m)).subs(p, sp.Rational(dropout))
        assert_equal(variance, (words[ratio] * h) ** 2)


def test_a_layer_of_ones():
    dropout, one_in, kept = re.search(
        r"drop probability \$p = ([\d.]+)\$ turns about one in (\w+) .* into 0, "
        r"and the others into ([\d.]+)\.\n",
        PAGE,
    ).groups()
    assert sp.Rational(dropout) == sp.Rational(1, {"ten": 10}[one_in])
    assert f"{float(drop(1, 1).subs(p, dropout)):.2f}" == kept


# Through a linear layer


def test_noise_that_is_added_gives_a_penalty_whatever_the_inputs():
    """Bishop 1995. A square asks for no more of the noise than its mean and variance,
    which ±sigma, each with probability 1/2, share with Gaussian noise."""
    penalty = re.search(r"for a linear model is \$(.+?)\$, whatever the inputs", PAGE)[1]
    sigma = sp.Symbol("sigma")
    loss = (
        sum(
            (y - w.dot(layer_h + sigma * sp.Matrix(signs))) ** 2
            for signs in product((-1, 1), repeat=3)
        )
        / 8
    )
    [value] = members(penalty, {"sigma": sigma, "w": w, "d": 3})
    assert_equal(loss, (y - w.dot(layer_h)) ** 2 + value)


# Not through a nonlinearity


def test_the_relu_table():
    rows = [
        [{"¼": Fraction(1, 4)}.get(cell) or Fraction(cell.replace("−", "-")) for cell in row]
        for row in table(r"\d")
    ]
    kept = drop(1, 1).subs(HALF)
    assert {(h1, h2) for h1, h2, *_ in rows} == set(product((0, kept), repeat=2))
    assert len(rows) == 4
    for h1, h2, probability, z, relu in rows:
        assert (probability, z, relu) == (Fraction(1, 4), h1 - h2, max(h1 - h2, 0))
    mean_z, mean_relu = (sum(row[2] * row[column] for row in rows) for column in (3, 4))
    assert f"The mean of $z$ is {mean_z}, and" in PAGE
    assert mean_relu == Fraction(1, 2)


fractions = st.fractions(min_value=-9, max_value=9, max_denominator=12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(fractions, fractions), min_size=1, max_size=4),
    fractions,
    st.fractions(min_value=0, max_value=Fraction(11, 12), max_denominator=12),
)
def test_the_error_of_relu_has_one_sign(units, bias, p):
    """By Jensen's inequality; and there is no error where z keeps its sign."""
    assert r"$E[\operatorname{ReLU}(z)] \ge \operatorname{ReLU}(E[z])$" in PAGE
    outcomes = []
    for kept in product((0, 1), repeat=len(units)):
        probability = prod(1 - p if k else p for k in kept)
        z = bias + sum(w * k * h / (1 - p) for k, (w, h) in zip(kept, units))
        outcomes.append((probability, z))
    mean_z = sum(probability * z for probability, z in outcomes)
    mean_relu = sum(probability * max(z, 0) for probability, z in outcomes)
    assert mean_z == bias + sum(w * h for w, h in units)
    signs = {z > 0 for probability, z in outcomes if probability and z}
    if len(signs) == 2:
        assert mean_relu > max(mean_z, 0)
    else:
        assert mean_relu == max(mean_z, 0)


# The gradient


def test_gradient_of_a_network_mask_by_mask():
    """The weights w into a dropped unit get no gradient, nor do those out of it, v."""
    x, v, u = sp.Symbol("x"), sp.symbols("v_1:4"), sp.symbols("u_1:4")
    activation, loss = sp.Function("phi"), sp.Function("L")
    units = [activation(weight * x) for weight in w]
    for kept in product((0, 1), repeat=3):
        sent = [out * drop(unit, k) for out, unit, k in zip(v, units, kept)]
        for j, k in enumerate(kept):
            dL = loss(*u).diff(u[j]).subs(dict(zip(u, sent)))
            into, out_of = loss(*sent).diff(w[j]), loss(*sent).diff(v[j])
            assert_equal(into, k / (1 - p) * v[j] * dL * units[j].diff(w[j]))
            assert_equal(out_of, dL * drop(units[j], k))
            assert (into == 0) == (out_of == 0) == (k == 0)


def test_a_gradient_without_the_factor_is_too_small():
    assert_equal(expectation(drop(h, m).diff(h)), sp.Integer(1))
    too_small_by = re.search(r"gradients too small by the factor \$(.*)\$\.\n", PAGE)[1]
    assert_equal(*members(f"{too_small_by} = E[m]", ONE_UNIT))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_weight_goes_without_a_gradient_if_every_example_drops_its_unit(n):
    """Each example adds its mask times something of its own."""
    said = re.search(r"only if every example dropped it, which has probability \$(.*?)\$", PAGE)[1]
    examples = sp.symbols(f"c_1:{n + 1}")
    without = sum(
        prod(1 - p if k else p for k in kept)
        for kept in product((0, 1), repeat=n)
        if sum(k / (1 - p) * c for k, c in zip(kept, examples)) == 0
    )
    assert_equal(without, sp.sympify(said.replace("^", "**"), {"p": p, "n": n}))


def test_momentum_and_weight_decay_move_a_weight_without_a_gradient():
    """The step of SGD, once it has a velocity: v <- mu v + g + decay w, w <- w - lr v."""
    assert "momentum carries on, and weight decay shrinks it." in PAGE
    weight, velocity, mu, decay, lr = sp.symbols("w v mu lambda eta", positive=True)

    def step(gradient, mu, decay):
        return weight - lr * (mu * velocity + gradient + decay * weight)

    assert step(0, 0, 0) == weight
    assert_equal(step(0, mu, 0), weight - lr * mu * velocity)
    assert_equal(step(0, 0, decay), (1 - lr * decay) * weight)


# Inverted and vanilla dropout


def test_a_vanilla_step_is_an_inverted_one_with_another_learning_rate():
    """One step on any loss of o = W (m h) + b, with h = phi(u x), mask by mask."""
    said = re.search(r"learning rate of these weights is multiplied by \$(.*?)\$", PAGE)[1]
    factor = sp.sympify(said.replace("^", "**"), {"p": p})
    assert "have $(1-p)\\,\\mathbf W$ instead" in PAGE
    assert factor.subs(HALF) == sp.Rational(1, 4) and "At $p = 0.5$ that is a quarter." in PAGE
    v, u = sp.symbols("v_1:3"), sp.symbols("u_1:3")  # weights out of the layer, and into it
    x, bias, lr = sp.symbols("x b eta")
    activation, loss = sp.Function("phi"), sp.Function("L")
    for kept in product((0, 1), repeat=2):
        hidden = [activation(weight * x) for weight in u]
        inverted = loss(sum(w * drop(h, k) for w, h, k in zip(v, hidden, kept)) + bias)
        inverse = {w: (1 - p) * w for w in v}  # what v is, in terms of the vanilla weights
        vanilla = loss(sum(w * k * h for w, h, k in zip(v, hidden, kept)) + bias)
        assert_equal(inverted.subs(inverse, simultaneous=True), vanilla)
        for w in v:
            moved = (1 - p) * (w - lr * vanilla.diff(w))
            step = w - lr * factor * inverted.diff(w)
            assert_equal(moved, step.subs(inverse, simultaneous=True))
        for other in (*u, bias):
            step = inverted.diff(other).subs(inverse, simultaneous=True)
            assert_equal(vanilla.diff(other), step)


@pytest.mark.parametrize("kind", ["vanilla", "inverted"])
def test_inference_sees_the_mean_of_training(kind):
    [[_, training, inference, mean]] = table(kind)
    assert_equal(*members(f"E[{training}] = {inference}", ONE_UNIT))
    assert_equal(*members(f"{inference} = {mean}", ONE_UNIT))


@pytest.mark.parametrize("dropout", [0.5, 0.2])
def test_geometric_mean_of_one_softmax_layer_is_weight_scaling(dropout):
    """Srivastava et al. 2014, section 7.5 compare with the arithmetic mean, which is not.

    With one layer, the geometric mean of the vanilla sub-networks' outputs, normalised,
    is the output of the network with weights times 1-p (Baldi and Sadowski 2013).
    """
    rng = np.random.default_rng(2013)
    W, b, h = rng.standard_normal((5, 6)), rng.standard_normal(5), rng.standard_normal(6)
    masks = np.array(list(product((0, 1), repeat=6)))
    probability = np.prod(np.where(masks, 1 - dropout, dropout), axis=1)
    assert isclose(probability.sum(), 1, rel_tol=1e-14)
    log_outputs = log_softmax(masks * h @ W.T + b, axis=1)
    geometric_mean = np.exp(probability @ log_outputs)
    geometric_mean /= geometric_mean.sum()
    scaled = softmax((1 - dropout) * W @ h + b)
    np.testing.assert_allclose(geometric_mean, scaled, rtol=1e-12)
    assert np.abs(probability @ np.exp(log_outputs) - scaled).max() > 1e-3
