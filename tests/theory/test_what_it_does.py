"""The identities of the page "What it does", by adding up all masks.

| identity | test |
|---|---|
| eq-geometric | test_weight_scaling_is_the_geometric_mean, test_it_is_through_linear_layers |
| beyond it, an approximation | test_a_nonlinear_layer_breaks_it |
| eq-ridge-data | test_the_mean_loss_is_ridge_scaled_by_the_data |
| eq-shrinkage | test_orthogonal_inputs_shrink_by_one_minus_p |
"""

import re
from itertools import product

import numpy as np
import pytest
import sympy as sp

from parallel_notebooks import ROOT, sources

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
}

rates = pytest.mark.parametrize("dropout", [0.1, 0.5, 0.8])


def test_the_page_states_what_is_checked():
    page = (ROOT / "book" / "what-it-does.md").read_text(encoding="utf-8")
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
