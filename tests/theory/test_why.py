"""The identities of the page "Why drop?".

| identity | test |
|---|---|
| eq-bias-variance | test_the_squared_error_is_squared_bias_and_variance |
| the prior of ridge, in prose | test_the_normal_prior_is_the_penalty |
"""

import re
from itertools import product

import pytest
import sympy as sp

from page_texts import text_of
from parallel_notebooks import executed

# What the tests below check, in the words of the page.
CHECKED = {
    "eq-bias-variance": r"""\begin{aligned}
& E\big[(f_S(x) - f(x))^2\big] \\
& \quad = \big(E[f_S(x)] - f(x)\big)^2 \\
& \qquad {} + E\big[(f_S(x) - E[f_S(x)])^2\big] ,
\end{aligned}""",
}


def test_the_page_states_what_is_checked():
    page = text_of("why")
    stated = re.findall(r"```\{math\}\n:label: (\S+)\n(.*?)\n```", page, re.DOTALL)
    assert {label: text.strip() for label, text in stated} == CHECKED


@pytest.mark.built
def test_as_many_features_as_examples_fit_anything():
    """What the page's cell printed: features, error on its own examples, on new ones. Of 200
    trials with fixed seeds, so that nothing is left to chance."""
    cells = executed("overfitting", "theory").cells
    [printed] = next(c for c in cells if "features" in c.metadata.get("tags", [])).outputs
    rows = [list(map(float, line.split())) for line in printed.text.splitlines()[1:]]
    own = {features: error for features, error, _ in rows}
    new = {features: error for features, _, error in rows}
    assert all((error == 0) == (features >= 20) for features, error in own.items())
    assert min(new.values()) > 1  # worse than nothing
    assert max(new, key=new.get) == 20 and new[40] < new[18]  # worst where they are just enough


def test_the_squared_error_is_squared_bias_and_variance():
    """For least squares through two points, over all training sets that coins can make."""
    x, truth, noise = sp.symbols("x f s")
    learned = [
        sp.interpolate([(0, first * noise), (1, truth + second * noise)], x)
        for first, second in product([-1, 1], [-2, 1, 1])
    ]

    def mean(values):
        return sum(values) / sp.Integer(len(values))

    average = mean(learned)
    error = mean([(f - truth * x**2) ** 2 for f in learned])
    bias, variance = average - truth * x**2, mean([(f - average) ** 2 for f in learned])
    assert sp.expand(error - bias**2 - variance) == 0
    assert sp.expand(bias) != 0 and sp.expand(variance) != 0


def test_the_normal_prior_is_the_penalty():
    w, strength = sp.Symbol("w", real=True), sp.Symbol("lambda", positive=True)
    density = sp.sqrt(strength / (2 * sp.pi)) * sp.exp(-strength * w**2 / 2)
    assert sp.integrate(density, (w, -sp.oo, sp.oo)) == 1
    assert sp.simplify(sp.integrate(w**2 * density, (w, -sp.oo, sp.oo)) - 1 / strength) == 0
    rest = sp.expand_log(-sp.log(density), force=True) - strength * w**2 / 2
    assert sp.simplify(sp.diff(rest, w)) == 0
    # Of a mean over n examples, n times the sum of loss and penalty is the sum's with n lambda.
    n, total = sp.symbols("n S", positive=True)
    penalised = n * (total / n + strength * w**2 / 2)
    assert sp.simplify(penalised - total - (n * strength) * w**2 / 2) == 0
