"""The identities of the page "What it does", by adding up all masks.

| identity | test |
|---|---|
| eq-geometric | test_weight_scaling_is_the_geometric_mean, test_it_is_through_linear_layers |
| beyond it, an approximation | test_a_nonlinear_layer_breaks_it |
| eq-ridge-data | test_the_mean_loss_is_ridge_scaled_by_the_data |
| eq-shrinkage | test_orthogonal_inputs_shrink_by_one_minus_p |
| eq-small-noise | test_small_noise_adds_slope_and_curvature, test_it_does_for_a_tanh_network |
| its condition; smoothness | test_slope_alone_is_wrong_elsewhere, test_a_kink_breaks_it |
| eq-mean-path | test_the_mean_of_the_weights_goes_to_the_minimum |
| the weights do not stay | test_single_masks_pull_away_from_the_minimum |
| eq-logistic-noise | test_no_label_stands_in_the_penalty |
| eq-quadratic | test_the_quadratic_penalty_is_right_to_second_order |
| p log 2 | test_the_penalty_of_one_input_is_bounded |
| eq-k-masks | test_k_masks_keep_the_mean_and_divide_the_covariance |
| eq-mc-spread | test_the_spread_over_masks_tends_to_its_limit |
| eq-mc-convex | test_between_two_points_the_spread_is_no_larger_than_at_one_of_them |
"""

import math
import re
from itertools import product

import numpy as np
import pytest
import sympy as sp

from page_texts import text_of
from parallel_notebooks import sources

# What the tests below check, in the words of the page.
CHECKED = {
    "eq-geometric": r"""\begin{aligned}
& \frac{\prod_m (y_{m,k})^{P(m)}}{\sum_j \prod_m (y_{m,j})^{P(m)}} \\
& \quad = \operatorname{softmax}(Wh + b)_k .
\end{aligned}""",
    "eq-ridge-data": r"""\begin{aligned}
& E\,\Bigl\| y - \tfrac{1}{1-p}(M \odot X)\,w \Bigr\|^2 \\
& \quad = \| y - Xw \|^2 \\
& \qquad + \frac{p}{1-p} \sum_j \| x_j \|^2\, w_j^2 .
\end{aligned}""",
    "eq-shrinkage": r"w = (1-p)\, w_{\text{least squares}} .",
    "eq-small-noise": r"""\begin{aligned}
& E\,\bigl(f(x + \varepsilon) - t\bigr)^2 \\
& \quad = \bigl(f(x) - t\bigr)^2 + \sigma^2\, \|\nabla f(x)\|^2 \\
& \qquad + \sigma^2 \bigl(f(x) - t\bigr)\, \Delta f(x) \\
& \qquad + O(\sigma^4) .
\end{aligned}""",
    "eq-mean-path": r"""\begin{aligned}
& E[w_{t+1}] - w^* \\
& \quad = (I - \alpha G)\,\bigl(E[w_t] - w^*\bigr) .
\end{aligned}""",
    "eq-logistic-noise": r"""\begin{aligned}
& E[A(z') - y z'] \\
& \quad = A(z) - y z \\
& \qquad + \bigl(E[A(z')] - A(z)\bigr) .
\end{aligned}""",
    "eq-quadratic": r"""\begin{aligned}
& E[A(z')] - A(z) \\
& \quad \approx \tfrac12\, q (1 - q)\, \frac{p}{1-p} \sum_j x_j^2\, w_j^2 .
\end{aligned}""",
    "eq-k-masks": r"""\begin{aligned}
E\Bigl[\tfrac1k \sum_i g_i\Bigr] &= E[g_1] , \\
\operatorname{Cov}\Bigl[\tfrac1k \sum_i g_i\Bigr] &= \tfrac1k \operatorname{Cov}[g_1] .
\end{aligned}""",
    "eq-mc-convex": (
        r"\operatorname{Var} = \frac{p}{1-p} \sum_i w_i^2 \operatorname{ReLU}(a_i)^2 ."
    ),
    "eq-mc-spread": r"""\begin{aligned}
& \operatorname{Var}_m\bigl[w^\top x'\bigr] \\
& \quad \to p\,(1-p) \sum_j w_{0,j}^2\, x_j^2 .
\end{aligned}""",
}

rates = pytest.mark.parametrize("dropout", [0.1, 0.5, 0.8])


def test_the_page_states_what_is_checked():
    page = text_of("what-it-does")
    stated = re.findall(r"```\{math\}\n:label: (\S+)\n(.*?)\n```", page, re.DOTALL)
    assert dict(stated) == CHECKED


@pytest.fixture(scope="module")
def cells():
    """What the notebook's functions need, without its training."""
    space = {"np": np, "product": product}
    code = sources("ensemble", "theory")
    exec(code["train"].split("\n\n\n")[0], space)
    exec(code["means"].split("\n\n\nhidden = ")[0], space)
    return space


@pytest.fixture
def layer():
    rng = np.random.default_rng(0)
    return rng.normal(size=6), rng.normal(size=(6, 4)), rng.normal(size=4)


@rates
def test_weight_scaling_is_the_geometric_mean(cells, layer, dropout):
    h, W, b = layer
    arithmetic, geometric = cells["two_means"](h, W, b, dropout)
    scaled = cells["softmax"](h @ W + b)
    np.testing.assert_allclose(geometric, scaled, rtol=1e-12)
    assert abs(arithmetic - scaled).max() > 1e-3


@rates
def test_it_is_through_linear_layers(cells, layer, dropout):
    h, W, b = layer
    V = np.random.default_rng(1).normal(size=(4, 3))
    masks, chances = cells["all_masks"](len(h), dropout)
    y = cells["softmax"]((masks * h / (1 - dropout) @ W + b) @ V)
    mean = np.exp(chances @ np.log(y))
    expected = cells["softmax"]((h @ W + b) @ V)
    np.testing.assert_allclose(mean / mean.sum(), expected, rtol=1e-12)


def test_a_nonlinear_layer_breaks_it(cells, layer):
    h, W, b = layer
    V = np.random.default_rng(1).normal(size=(4, 3))
    masks, chances = cells["all_masks"](len(h), 0.5)
    y = cells["softmax"](np.maximum(masks * h / 0.5 @ W + b, 0) @ V)
    mean = np.exp(chances @ np.log(y))
    expected = cells["softmax"](np.maximum(h @ W + b, 0) @ V)
    assert abs(mean / mean.sum() - expected).max() > 1e-3


def mean_loss(X, y, w, p):
    """E of the squared loss, over all masks of X."""
    total = 0
    for bits in product([0, 1], repeat=len(X)):
        chance = sp.prod([1 - p if bit else p for bit in bits])
        masked = sp.Matrix(*X.shape, [bit * x / (1 - p) for bit, x in zip(bits, X)])
        residual = y - masked * w
        total += chance * residual.dot(residual)
    return total


def test_the_mean_loss_is_ridge_scaled_by_the_data():
    p = sp.Symbol("p")
    X, y, w = (
        sp.Matrix(2, 2, sp.symbols("x:4")),
        sp.Matrix(sp.symbols("y:2")),
        sp.Matrix(sp.symbols("w:2")),
    )
    plain = (y - X * w).dot(y - X * w)
    penalty = p / (1 - p) * sum(X[:, j].dot(X[:, j]) * w[j] ** 2 for j in range(2))
    assert sp.simplify(mean_loss(X, y, w, p) - plain - penalty) == 0


def test_orthogonal_inputs_shrink_by_one_minus_p():
    p, w = sp.Symbol("p"), sp.Matrix(sp.symbols("w:2"))
    X, y = sp.Matrix([[1, 4], [2, -2]]), sp.Matrix([3, 5])
    assert X[:, 0].dot(X[:, 1]) == 0
    [best] = sp.solve([sp.diff(mean_loss(X, y, w, p), each) for each in w], list(w), dict=True)
    least_squares = (X.T * X).inv() * X.T * y
    assert all(sp.simplify(best[w[j]] - (1 - p) * least_squares[j]) == 0 for j in range(2))


@pytest.fixture(scope="module")
def penalties():
    """The functions of the notebook of penalties, without its figures."""
    code = sources("penalties", "theory")
    space = {"np": np, "product": product, "rng": np.random.default_rng(0), "erf": math.erf}
    space["glue"] = lambda key, value: space.setdefault("glued", {}).update({key: value})
    for tag in ("smooth", "kink", "logistic"):
        exec(code[tag], space)
    exec(code["shrinkage"].split("\n\n\northogonal = ")[0], space)
    return space


def mean_over_gaussian(expression, noise, sigma):
    """E of a polynomial in independent Gaussians: E e^2k = (2k-1)!! sigma^2k, odd moments 0."""
    total = 0
    for powers, factor in sp.Poly(expression, *noise).terms():
        if all(power % 2 == 0 for power in powers):
            total += factor * sp.prod(
                [sp.factorial2(power - 1) * sigma**power for power in powers]
            )
    return sp.expand(total)


def test_small_noise_adds_slope_and_curvature():
    # f of two inputs, by its derivatives at x: the general Taylor polynomial of order four.
    sigma, t, a, b = sp.symbols("sigma t a b")
    d = {(i, j): sp.Symbol(f"d{i}{j}") for i in range(5) for j in range(5 - i)}
    f = sum(d[i, j] * a**i * b**j / sp.factorial(i) / sp.factorial(j) for i, j in d)
    mean = mean_over_gaussian(sp.expand((f - t) ** 2), (a, b), sigma)
    slope = d[1, 0] ** 2 + d[0, 1] ** 2
    curvature = (d[0, 0] - t) * (d[2, 0] + d[0, 2])
    assert sp.expand(mean.coeff(sigma, 0) - (d[0, 0] - t) ** 2) == 0
    assert sp.expand(mean.coeff(sigma, 2) - slope - curvature) == 0


def test_it_does_for_a_tanh_network(penalties):
    x = np.random.default_rng(1).normal(size=(40, 2))
    squared_slope, laplacian = penalties["slopes"](x)
    for t in (penalties["network"](x), np.zeros(40)):
        formula = (squared_slope + (penalties["network"](x) - t) * laplacian).mean()
        left = [penalties["noise_penalty"](x, t, s) - s**2 * formula for s in (0.04, 0.02)]
        assert 15 < left[0] / left[1] < 17  # of order four: 16


def test_slope_alone_is_wrong_elsewhere():
    # f = x², x = 1.3, t = .5: 6.76 by the slope, 9.14 with the curvature.
    sigma, e = sp.symbols("sigma e")
    x, t = sp.Rational(13, 10), sp.Rational(1, 2)
    mean = mean_over_gaussian(sp.expand(((x + e) ** 2 - t) ** 2), (e,), sigma)
    assert mean.coeff(sigma, 2) == sp.Rational(914, 100) != (2 * x) ** 2 == sp.Rational(676, 100)


def test_a_kink_breaks_it(penalties):
    found = penalties["glued"]
    assert abs(found["relu_formula"] - 0.5) < 1e-3 and abs(found["relu_measured"] - 1) < 1e-2


def a_regression():
    """Two correlated inputs, two examples; p = 1/3; X, y and the minimum of the mean loss."""
    X, y, p = sp.Matrix([[1, 2], [3, -1]]), sp.Matrix([1, 4]), sp.Rational(1, 3)
    G = X.T * X + p / (1 - p) * sp.diag(*[X[:, j].dot(X[:, j]) for j in range(2)])
    return X, y, p, G, G.inv() * X.T * y


def masked(X, p):
    """Each X' and its probability."""
    for bits in product([0, 1], repeat=len(X)):
        chance = sp.prod([1 - p if bit else p for bit in bits])
        yield chance, sp.Matrix(*X.shape, [bit * x / (1 - p) for bit, x in zip(bits, X)])


def test_the_mean_of_the_weights_goes_to_the_minimum():
    X, y, p, G, minimum = a_regression()
    alpha, w = sp.Symbol("alpha"), sp.Matrix(sp.symbols("w:2"))
    step = sp.zeros(2, 1)
    for chance, dropped in masked(X, p):
        step += chance * (w - alpha * dropped.T * (dropped * w - y))
    claimed = (sp.eye(2) - alpha * G) * (w - minimum)
    assert sp.simplify(step - minimum - claimed) == sp.zeros(2, 1)


def test_single_masks_pull_away_from_the_minimum():
    X, y, p, _, minimum = a_regression()
    pulls = [dropped.T * (dropped * minimum - y) for _, dropped in masked(X, p)]
    assert any(pull != sp.zeros(2, 1) for pull in pulls)


@rates
@pytest.mark.parametrize("label", [0, 1])
def test_no_label_stands_in_the_penalty(penalties, dropout, label):
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=5), rng.normal(size=5)
    masks, chances = penalties["all_masks"](5, dropout)
    A, z = penalties["log_partition"], masks * x / (1 - dropout) @ w
    added = chances @ (A(z) - label * z) - (A(x @ w) - label * (x @ w))
    exact = penalties["exact_penalty"](x[None], w, dropout)
    assert added > 0
    np.testing.assert_allclose(exact, added, rtol=1e-10)


@rates
def test_the_quadratic_penalty_is_right_to_second_order(penalties, dropout):
    rng = np.random.default_rng(3)
    X, w = rng.normal(size=(6, 5)), rng.normal(size=5)
    ratios = [
        penalties["quadratic_penalty"](X, c * w, dropout)
        / penalties["exact_penalty"](X, c * w, dropout)
        for c in (1e-2, 5e-3)
    ]
    assert abs(ratios[0] - 1) < 0.05 and abs(ratios[1] - 1) < 0.6 * abs(ratios[0] - 1)
    # Far out it is no approximation: the exact one grows, the quadratic one dies away.
    far = 30 * w
    assert penalties["quadratic_penalty"](X, far, dropout) < 0.5 * penalties["exact_penalty"](
        X, far, dropout
    )


def test_the_penalty_of_one_input_is_bounded():
    w, p = sp.symbols("w p", positive=True)
    # log(1 + e^z) = z + log(1 + e^-z), which SymPy needs for the limit.
    A = lambda z: z + sp.log(1 + sp.exp(-z))  # noqa: E731
    half = sp.Rational(1, 2)
    penalty = half * sp.log(2) + half * A(2 * w) - A(w)
    assert sp.limit(penalty, w, sp.oo) == sp.log(2) / 2
    general = p * sp.log(2) + (1 - p) * A(w / (1 - p)) - A(w)
    at = general.subs({p: sp.Rational(1, 5), w: 200}).evalf()
    assert abs(at - 0.2 * math.log(2)) < 1e-12


@pytest.mark.parametrize("k", [2, 3])
def test_k_masks_keep_the_mean_and_divide_the_covariance(k):
    p = sp.Rational(1, 3)
    gradients = {sp.Matrix(sp.symbols("a:2")).as_immutable(): p}
    gradients[sp.Matrix(sp.symbols("b:2")).as_immutable()] = 1 - p

    def moments(outcomes):
        mean = sum((chance * g for g, chance in outcomes), sp.zeros(2, 1))
        square = sum((chance * g * g.T for g, chance in outcomes), sp.zeros(2, 2))
        return mean, square - mean * mean.T

    means = [
        (sum((g for g, _ in drawn), sp.zeros(2, 1)) / k, sp.prod([chance for _, chance in drawn]))
        for drawn in product(gradients.items(), repeat=k)
    ]
    (one, spread), (mean, less) = moments(gradients.items()), moments(means)
    assert sp.simplify(mean - one) == sp.zeros(2, 1)
    assert sp.simplify(less - spread / k) == sp.zeros(2, 2)


def test_the_spread_over_masks_tends_to_its_limit():
    p = sp.Symbol("p", positive=True)
    w0, x = sp.Matrix(sp.symbols("w:2")), sp.Matrix(sp.symbols("x:2"))
    # Of G / n and X'y / n the limits, for inputs with E[x x'] = I.
    w = (sp.eye(2) * (1 + p / (1 - p))).inv() * w0
    assert sp.simplify(w - (1 - p) * w0) == sp.zeros(2, 1)
    outcomes = [(chance, (dropped * w)[0]) for chance, dropped in masked(x.T, p)]
    mean = sum(chance * o for chance, o in outcomes)
    variance = sum(chance * o**2 for chance, o in outcomes) - mean**2
    claimed = p * (1 - p) * sum(w0[j] ** 2 * x[j] ** 2 for j in range(2))
    assert sp.simplify(variance - claimed) == 0


def spread_on_a_line(cells, dropout, rng):
    """The variance over all masks of a network with five hidden units, and what eq-mc-convex
    says of it, at points on a line from one end to the other."""
    V, c, w, b = rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=5), rng.normal()
    start, end = 3 * rng.normal(size=(2, 2))
    points = start + np.linspace(0, 1, 41)[:, None] * (end - start)
    masks, chances = cells["all_masks"](5, dropout)
    hidden = np.maximum(0, points @ V.T + c)
    outputs = (hidden[:, None] * masks / (1 - dropout)) @ w + b
    variance = outputs**2 @ chances - (outputs @ chances) ** 2
    claimed = dropout / (1 - dropout) * (w * hidden) ** 2
    return variance, claimed.sum(axis=1)


@rates
def test_between_two_points_the_spread_is_no_larger_than_at_one_of_them(cells, dropout):
    rng = np.random.default_rng(0)
    for _ in range(50):
        variance, claimed = spread_on_a_line(cells, dropout, rng)
        np.testing.assert_allclose(variance, claimed, rtol=1e-9, atol=1e-12)
        assert variance.max() <= max(variance[0], variance[-1]) * (1 + 1e-9)
