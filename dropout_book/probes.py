"""Ask a library's dropout a question, and say in a word or two what happened.

Each function takes calls or results, never a library, and returns the short
answer that the book's table of semantics shows. An answer that starts with
`unknown` is one that these functions have no words for.
"""

import inspect

import numpy as np
from IPython.display import display

from dropout_book.results import glue, markdown_table

# The array that most probes drop: no zeros in it, so a zero was dropped.
x = np.linspace(1, 2, 2000, dtype="float32").reshape(200, 10)


def as_array(result):
    """A library's array as NumPy's."""
    return result.asnumpy() if hasattr(result, "asnumpy") else np.asarray(result)


def outcome(call, x=x):
    """What `call()` makes of the array `x`, or the name of the error it raises.

    "drops" means zeros here and there, and all the rest scaled up by one factor.
    """
    try:
        y = call()
        if y is None:  # TensorFlow's gradient of a constant
            return "None"
        y = as_array(y)
    except Exception as error:
        return type(error).__name__
    if np.isnan(y).all():
        return "NaN"
    if y.shape != x.shape or not np.isfinite(y).all():
        return f"unknown: {y}"
    if (y == 0).all():
        return "zeros"
    if (y == x).all():
        return "unchanged"
    factors = (y / x)[y != 0]
    if not np.allclose(factors, factors[0], rtol=1e-5):
        return f"unknown: {y}"
    if (y == 0).any() and factors[0] > 1:
        return "drops"
    return f"all × {factors[0]:.2f}" if (y != 0).all() else f"unknown: {y}"


def layer_outcome(build, call, x=x):
    """The outcome of `call(build())`; where `build()` raises an error, it says so."""
    try:
        layer = build()
    except Exception as error:
        return f"{type(error).__name__} when built"
    said = outcome(lambda: call(layer), x)
    return f"{said} only when called" if said.endswith("Error") else said


def argument(function, name):
    """How the signature names the argument: by which word, with which default."""
    parameter = inspect.signature(function).parameters[name]
    if parameter.default is parameter.empty:
        return f"`{name}`, required"
    if isinstance(parameter.default, float):
        return f"`{name}={parameter.default}`"
    return f"`{name}`, with a default"  # the signature does not say which


def share_dropped(y):
    """The share of zeros in `y`: of 2,000 elements, within 0.05 of the probability."""
    return float((as_array(y) == 0).mean())


def meaning(y, p):
    """Whether `p`, far from a half, was the probability of dropping or of keeping."""
    share = share_dropped(y)
    return (
        "of dropping"
        if abs(share - p) < 0.05
        else "of keeping"
        if abs(share - (1 - p)) < 0.05
        else f"unknown: {share}"
    )


def default(call):
    """The probability when none is given, estimated to a tenth, or the error."""
    try:
        return f"{share_dropped(call()):.1f}"
    except Exception as error:
        return type(error).__name__


def dropped_infinity(call):
    """What `call()`, which drops from an array of infinities, leaves in their place."""
    try:
        y = as_array(call())
    except Exception as error:
        return type(error).__name__
    dropped = y[~np.isinf(y)]
    return (
        "zero"
        if dropped.size and (dropped == 0).all()
        else "NaN"
        if dropped.size and np.isnan(dropped).all()
        else f"unknown: {y}"
    )


def named(function, *names):
    """Which of these names the signature offers as an argument, if any."""
    found = [name for name in names if name in inspect.signature(function).parameters]
    return f"`{found[0]}=`" if found else "no argument"


def in_place(function, X, call):
    """Whether `call()`, which asks for it, leaves its result in `X` itself."""
    if "inplace" not in inspect.signature(function).parameters:
        return "no argument"
    before, y = as_array(X).copy(), as_array(call())
    if (as_array(X) == before).all():
        return "unknown: input kept"
    return "`inplace=True`" if (as_array(X) == y).all() else "unknown"


def dtype(y):
    """The type of the elements of `y`."""
    return str(as_array(y).dtype)


def scale(y, x, p):
    """How the kept elements of float64 `x` were scaled: compared to the last bit."""
    y, x = as_array(y), as_array(x)
    if y.dtype != np.float64:
        return f"unknown: {y.dtype}"
    y, x = y[y != 0], x[y != 0]
    if (y == x / (1 - p)).all():
        return "x / (1 − p)"
    if (y == x * (1 / (1 - p))).all():
        return "x · (1 / (1 − p))"
    error = np.abs(y / x * (1 - p) - 1).max()
    return "in single precision" if 1e-9 < error < 1e-6 else f"unknown: {error}"


def shared(call):
    """Along which axes of `x` all elements are kept or dropped together."""
    try:
        dropped = as_array(call()) == 0
    except Exception as error:
        return type(error).__name__
    return {
        (True, False): "axis 0 shared",
        (False, True): "axis 1 shared",
        (True, True): "both shared",
        (False, False): "none shared",
    }[bool((dropped == dropped[:1]).all()), bool((dropped == dropped[:, :1]).all())]


def switch(name, off, on):
    """`name`, if the switch that it names works: `off()` drops nothing, `on()` drops."""
    seen = outcome(off), outcome(on)
    return name if seen == ("unchanged", "drops") else f"unknown: {seen}"


def same_mask(first, second):
    """Whether two results of dropout have their zeros in the same places."""
    same = ((as_array(first) == 0) == (as_array(second) == 0)).all()
    return "same mask" if same else "another mask"


def reseeded(seed, call):
    """Whether `call()` drops the same places after `seed()` as after the last `seed()`."""
    seed()
    first = call()
    seed()
    return same_mask(first, call())


def gradient(dy, y, p):
    """Whether the gradient `dy` of the sum of `y` is mask / (1 - p)."""
    dy, y = as_array(dy), as_array(y)
    expected = (y != 0) / (1 - p)
    right = (y == 0).any() and (y != 0).any() and np.allclose(dy, expected, rtol=1e-6)
    return "mask / (1 − p)" if right else f"unknown: {dy}"


def report_answers(versions, answers):
    """Show, and glue as one record, the `{form: {question: answer}}` of a library."""
    glue("semantics", {"versions": versions, "answers": answers})
    questions = list(dict.fromkeys(key for form in answers.values() for key in form))
    display(
        markdown_table(
            ["question", *(f"`{form}`" for form in answers)],
            [
                [question, *(form.get(question, "unknown") for form in answers.values())]
                for question in questions
            ],
        )
    )
