"""Ask a library's dropout a question, and say in a word or two what happened.

Each function takes calls or results, never a library, and returns the short
answer that the book's table of semantics shows. An answer that starts with
`unknown` is one that these functions have no words for.
"""

import inspect
import math
import re

import numpy as np
from IPython.display import display

from dropout_book.results import glue, markdown_table

# The array that most probes drop: no zeros in it, so a zero was dropped.
x = np.linspace(1, 2, 2000, dtype="float32").reshape(200, 10)

# Of half precision: how many ones are dropped at a time, and how often at most.
BATCH, BATCHES = 2**20, 32
# In how many steps a type can draw between 0 and 1: by the bits of its fraction, and one more.
STEPS = {"float16": (2**10, 2**11), "bfloat16": (2**7, 2**8)}
# Shapes for which dropout must work as for any other: scalar, vector, empty, three axes.
SHAPES = (), (5,), (0,), (2, 3, 4)


def as_array(result):
    """A library's array as NumPy's."""
    if hasattr(result, "detach"):  # PyTorch gives NumPy nothing that awaits a gradient
        result = result.detach()
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


def half_precision(dtype, p, ones, kept):
    """Which share of half-precision ones `kept(ones())` drops, asked for `p`.

    `ones()` makes `BATCH` ones, `kept` returns how many of them dropout left. A mask drawn
    in the type itself cannot have any share: with n steps between 0 and 1, it drops
    ceil(p n) / n. The answer is the one share, of these and `p`, that six standard
    deviations do not exclude. That the true one is excluded at one of 32 looks has a
    probability below 32 * 2e-9 = 6e-8. The closest pair, .1 and 103/1024, is 11 standard
    deviations apart after all 32 looks, so that two remain has one below 1e-6.
    """
    shares = {f"{p}": p}
    for steps in STEPS[dtype]:
        n = math.ceil(p * steps)
        if abs(n / steps - p) > p / 500:  # closer to p than can be told apart
            shares.setdefault(
                f"{n // math.gcd(n, steps)}/{steps // math.gcd(n, steps)}", n / steps
            )
    try:
        X = ones()
    except Exception:
        return f"no {dtype}"
    dropped = drawn = 0
    while len(shares) > 1 or not drawn:
        if drawn == BATCH * BATCHES:
            return f"unknown: {dropped / drawn}, which may be {' or '.join(shares)}"
        try:
            dropped += BATCH - int(kept(X))
        except Exception as error:
            return type(error).__name__
        drawn += BATCH
        shares = {
            name: share
            for name, share in shares.items()
            if abs(dropped / drawn - share) < 6 * math.sqrt(share * (1 - share) / drawn)
        }
        if not shares:
            return f"unknown: {dropped / drawn}"
    return f"drops {next(iter(shares))}"


def stays(dtype, ones, drop):
    """The type of what `drop(ones())` makes of ones of `dtype`."""
    try:
        X = ones()
    except Exception:
        return f"no {dtype}"
    try:
        return re.search(r"b?float\d+", str(drop(X).dtype))[0]
    except Exception as error:
        return type(error).__name__


def shapes(call, allowed):
    """For which of `SHAPES` `call(ones)` keeps the shape, with `allowed` values alone."""
    refused = []
    for shape in SHAPES:
        try:
            y = as_array(call(np.ones(shape, dtype="float32")))
            if y.shape != shape or not np.isin(y, allowed).all():
                return f"unknown: {y}"
        except Exception as error:
            refused.append(f"{shape}: {type(error).__name__}")
    return ", ".join(refused) or "all alike"


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


def compared(first, second):
    """Whether `first()` and `second()` have the same mask, or the error that comes instead."""
    try:
        y = as_array(first())
        if not 0 < (y == 0).mean() < 1:
            return f"unknown: {y}"
        return same_mask(y, second())
    except Exception as error:
        return missing_compiler(error) or type(error).__name__


def missing_compiler(error):
    """What to say where the error, or one below it, is that no C++ compiler works."""
    while error is not None:
        if re.search("(Cpp|Cxx)Compile", f"{type(error).__name__}: {error}"):
            return "no C++ compiler"
        error = error.__cause__ or error.__context__
    return ""


def compiled_outcome(call):
    """The outcome of `call()`, where the compiler may be missing."""
    try:
        y = call()
    except Exception as error:
        return missing_compiler(error) or type(error).__name__
    return outcome(lambda: y)


def attention(call, without):
    """Whether `call()` gives what attention gives `without()` dropout, or varies."""
    try:
        first, second, reference = as_array(call()), as_array(call()), as_array(without())
    except Exception as error:
        return type(error).__name__
    if np.allclose(first, reference, atol=1e-6) and np.allclose(second, reference, atol=1e-6):
        return "unchanged"
    return "drops" if not np.allclose(first, second, atol=1e-6) else f"unknown: {first}"


def by_loss(call):
    """What dropout at p = 1/2 did, from the mean squared error between `x` and its result.

    2x - x and 0 - x have one square, so the error is the mean of x² whatever the mask.
    """
    try:
        loss = float(call())
    except Exception as error:
        return type(error).__name__
    if loss == 0:
        return "unchanged"
    return "drops" if np.isclose(loss, np.mean(x**2), rtol=1e-4) else f"unknown: {loss}"


def moved(statistic, call):
    """Whether `call()` moves what `statistic()` reads: a batch norm's running mean."""
    before = as_array(statistic()).copy()
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "stays" if (as_array(statistic()) == before).all() else "moves"


def monte_carlo(statistic, call):
    """Whether `call()` drops, and what becomes of the batch norm beside it."""
    before = as_array(statistic()).copy()
    try:
        share = share_dropped(call())
    except Exception as error:
        return type(error).__name__
    if not 0.4 < share < 0.6:  # nine standard deviations of 2,000 elements at a half
        return f"unknown: {share}"
    return "drops, mean stays" if (as_array(statistic()) == before).all() else "drops, mean moves"


def numeric(function, gradient):
    """Whether the numeric derivative of `function(x)` along `x` agrees with `gradient()`.

    `function` returns the sum of dropout's result. It is linear while its mask is held
    still, so the step may be half of x, and the rest is rounding.
    """
    step = (float(function(1.5 * x)) - float(function(0.5 * x))) / 1.0
    slope = float((as_array(gradient()) * x).sum())
    return "agrees" if math.isclose(step, slope, rel_tol=1e-4) else "fails"


def backward(*calls):
    """What comes of each `call()`: one answer if it is the same of all."""
    answers = set()
    for call in calls:
        try:
            call()
            answers.add("works")
        except Exception as error:
            answers.add(type(error).__name__)
    return answers.pop() if len(answers) == 1 else f"unknown: {sorted(answers)}"


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
