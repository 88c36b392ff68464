"""The five notebooks that question each library's own dropout, and their answers."""

import re

import numpy as np
import pytest
import yaml

import outputs
import parallel_notebooks
from dropout_book import probes
from installed import is_installed
from parallel_notebooks import FRAMEWORKS, ROOT, glued, path_of, read

TOPIC = "semantics"
SPEC = yaml.safe_load((ROOT / "book" / "semantics.yml").read_text(encoding="utf-8"))
COLUMNS, QUESTIONS = SPEC["columns"], SPEC["questions"]
TAGS = [
    "setup",
    "argument",
    "edge-cases",
    "bad-p",
    "inputs",
    "half-precision",
    "mask-shape",
    "switch-and-seed",
    "network",
    "compiled",
    "gradient",
    "results",
]
INSTALLED = [name for name in COLUMNS if is_installed(name)]
by_framework = pytest.mark.parametrize("framework", COLUMNS)
by_installed = pytest.mark.parametrize("framework", INSTALLED)


@pytest.fixture(scope="module")
def executed():
    return {framework: parallel_notebooks.executed(framework, TOPIC) for framework in INSTALLED}


@pytest.fixture(scope="module")
def answers(executed):
    return {framework: glued(nb)["semantics"]["answers"] for framework, nb in executed.items()}


# --- parallel


def test_the_folder_the_contents_and_the_list_of_columns_agree():
    """Every library has a dropout of its own, except NumPy."""
    assert list(COLUMNS) == [name for name in FRAMEWORKS if name != "numpy"]
    folder = path_of("pytorch", TOPIC).parent
    assert {path.stem for path in folder.glob("*.ipynb")} == set(COLUMNS)
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"notebooks/semantics/(\w+)", toc) == list(COLUMNS)


@by_framework
def test_cells_have_the_same_tags_in_the_same_order(framework):
    tags = [
        cell.metadata.get("tags")
        for cell in read(framework, TOPIC).cells
        if cell.cell_type == "code"
    ]
    assert tags == [[tag] for tag in TAGS]


@by_framework
def test_a_text_with_the_same_heading_comes_before_each_cell(framework):
    def outline(name):
        return [
            (
                cell.cell_type,
                cell.id,
                cell.source.splitlines()[0] if cell.source.startswith("## ") else None,
            )
            for cell in read(name, TOPIC).cells
        ]

    assert outline(framework) == outline("pytorch")
    headings = [heading for _, _, heading in outline(framework) if heading]
    assert len(headings) == len(set(headings)) == len(TAGS)


@by_framework
def test_the_twins_are_linked(framework):
    title = next(cell.source for cell in read(framework, TOPIC).cells if cell.id == "title")
    for other in COLUMNS:
        label = FRAMEWORKS[other]
        assert (f"**{label}**" if other == framework else f"[{label}]({other}.ipynb)") in title
    assert title.splitlines()[0] == f"# Semantics of dropout in {FRAMEWORKS[framework]}"


@by_framework
def test_no_line_is_too_wide_to_read(framework):
    too_wide = [
        line
        for cell in read(framework, TOPIC).cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if len(line) > 78 and "%pip" not in line
    ]
    assert not too_wide


# --- answered


@by_installed
def test_no_cell_failed_and_none_warned(executed, framework):
    assert outputs.failures(executed[framework]) == []


@by_installed
def test_every_form_answers_every_question(answers, framework):
    keys = {question["key"] for question in QUESTIONS}
    assert set(answers[framework]) == set(COLUMNS[framework])
    for form, given in answers[framework].items():
        assert set(given) == keys, form
        assert not [answer for answer in given.values() if answer.startswith("unknown")], form


def test_the_version_is_named(executed):
    for framework, nb in executed.items():
        assert re.search(r" \d+\.\d+", glued(nb)["semantics"]["versions"]), framework


# --- what is expected, and the advice


@by_installed
def test_every_surprise_has_advice_and_all_advice_a_surprise(answers, framework):
    surprises = {
        (question["key"], given[question["key"]])
        for given in answers[framework].values()
        for question in QUESTIONS
        if question.get("expected")
        and given[question["key"]] not in (*question["expected"], *SPEC["excuses"])
    }
    excused = {
        question
        for given in answers[framework].values()
        for question, answer in given.items()
        if answer in SPEC["excuses"]
    }
    advised = [
        (question["key"], each["answer"])
        for question in QUESTIONS
        for each in question.get("advice", [])
        if framework in each["in"]
        and ((question["key"], each["answer"]) in surprises or question["key"] not in excused)
    ]
    assert len(advised) == len(set(advised))
    assert set(advised) == surprises


def test_advice_names_every_library_that_it_is_for(answers):
    """The library by its name, or by that of its function."""
    names = {
        "paddle": ["PaddlePaddle"],
        "jax": ["Flax"],
        "mxnet": ["MXNet", "Gluon", "`npx."],
        "pytorch": ["PyTorch", "`F.dropout`"],
        "tensorflow": ["TensorFlow", "Keras", "`tf.nn.dropout"],
    }
    for question in QUESTIONS:
        for each in question.get("advice", []):
            for framework in each["in"]:
                assert any(name in each["text"] for name in names[framework]), each["text"]
            assert each["text"].endswith(".")


def test_in_the_middle_all_libraries_agree(answers):
    """What the page's introduction claims."""
    for forms in answers.values():
        for form in forms.values():
            assert form["meaning"] == "of dropping"
            assert form["p = 0"] == "unchanged"
            assert form["gradient"] == "mask / (1 − p)"
            assert form["shapes"] == "all alike"
            assert form["check, anew"] == "fails" and form["check, seeded"] == "agrees"
    told = {
        (framework, form)
        for framework, forms in answers.items()
        for form, given in forms.items()
        if given["second call"] != "another mask"
    }
    assert told <= {("jax", "linen.Dropout")}  # which keeps no state


@by_installed
def test_a_mask_drawn_in_half_precision_is_tensorflows_alone(answers, framework):
    """What the advice on half precision says: who drops another share than was asked for."""
    for given in answers[framework].values():
        for dtype in ("float16", "bfloat16"):
            for p in (0.1, 0.001):
                said = given[f"{dtype}, p = {p}"]
                right = said in (f"drops {p}", "no bfloat16")
                assert right != (framework == "tensorflow"), said


@by_installed
def test_a_compiled_function_draws_anew_and_obeys_its_switch(answers, framework):
    """But for Linen, whose key is given; and a missing compiler is an answer."""
    for form, given in answers[framework].items():
        anew = "one key: same mask" if form == "linen.Dropout" else "another mask"
        assert given["compiled, second call"] in (anew, "no C++ compiler")
        assert given["compiled, seed again"] in ("same mask", "no C++ compiler")
        assert given["compiled, off"] in ("unchanged", "no switch", "no C++ compiler")


@by_installed
def test_the_recipe_for_monte_carlo_dropout_leaves_batch_norm_alone(answers, framework):
    assert {given["Monte Carlo"] for given in answers[framework].values()} == {"drops, mean stays"}


def test_jax_itself_has_no_dropout(executed):
    cell = next(cell for cell in executed["jax"].cells if cell.id == "argument")
    assert cell.outputs[0].text == "dropout in JAX itself: none\n"


# --- the probes can tell right from wrong


RNG = np.random.default_rng(0)


def dropped(p, factor=None, rng=RNG):
    keep = rng.random(probes.x.shape) >= p
    return np.where(keep, probes.x * (factor or 1 / (1 - p)), 0)


@pytest.mark.parametrize(
    "result, said",
    [
        (probes.x, "unchanged"),
        (0 * probes.x, "zeros"),
        (np.nan * probes.x, "NaN"),
        (dropped(0.5), "drops"),
        (probes.x / 1.1, "all × 0.91"),
        (None, "None"),
    ],
)
def test_outcomes(result, said):
    assert probes.outcome(lambda: result) == said


@pytest.mark.parametrize(
    "result",
    [
        probes.x**2,
        dropped(0.5, factor=1),
        probes.x[:5],
        np.where(probes.x > 1.5, np.nan, probes.x),
    ],
)
def test_what_is_no_dropout_is_unknown(result):
    assert probes.outcome(lambda: result).startswith("unknown")


def test_errors_are_named_with_their_time():
    def fail():
        raise ValueError

    assert probes.outcome(fail) == "ValueError"
    assert probes.layer_outcome(fail, lambda layer: layer) == "ValueError when built"
    assert (
        probes.layer_outcome(lambda: None, lambda layer: fail()) == "ValueError only when called"
    )


def test_a_keep_probability_is_told_from_a_drop_probability():
    assert probes.meaning(dropped(0.2), 0.2) == "of dropping"
    assert probes.meaning(dropped(0.8), 0.2) == "of keeping"
    assert probes.meaning(dropped(0.5), 0.2).startswith("unknown")


def test_the_last_bit_counts():
    doubles = probes.x.astype(float)
    keep = dropped(0.3) != 0
    for factor, said in [
        (np.float32(1 / (1 - 0.3)).astype(float), "in single precision"),
        (1 / (1 - 0.3), "x · (1 / (1 − p))"),
        (1.4, "unknown"),
    ]:
        assert probes.scale(keep * doubles * factor, doubles, 0.3).startswith(said)
    assert probes.scale(keep * (doubles / (1 - 0.3)), doubles, 0.3) == "x / (1 − p)"


def test_shared_axes_are_seen():
    rows, columns = dropped(0.5)[:, :1], dropped(0.5)[:1]
    whole = np.ones_like(probes.x)
    assert probes.shared(lambda: rows * whole) == "axis 1 shared"
    assert probes.shared(lambda: columns * whole) == "axis 0 shared"
    assert probes.shared(lambda: dropped(0.5)) == "none shared"


def test_a_wrong_gradient_is_unknown():
    y = dropped(0.2)
    assert probes.gradient((y != 0) / 0.8, y, 0.2) == "mask / (1 − p)"
    assert probes.gradient((y != 0) / 1.0, y, 0.2).startswith("unknown")


def test_a_dropped_infinity_and_a_switch():
    some = dropped(0.5) != 0
    assert probes.dropped_infinity(lambda: np.where(some, np.inf, 0)) == "zero"
    assert probes.dropped_infinity(lambda: np.where(some, np.inf, np.nan)) == "NaN"
    assert probes.switch("s", lambda: probes.x, lambda: dropped(0.5)) == "s"
    assert probes.switch("s", lambda: dropped(0.5), lambda: probes.x).startswith("unknown")


def share_of(drawn, steps=None):
    """`kept` for a mask that drops one of `steps` values too many, or exactly what is asked."""

    def kept(X):
        n = len(X)
        return n - RNG.binomial(n, np.ceil(drawn * steps) / steps if steps else drawn)

    return kept


def ones(dtype="float16"):
    return np.ones(probes.BATCH, dtype)


@pytest.mark.parametrize(
    "dtype, p, steps, said",
    [
        ("float16", 0.1, None, "drops 0.1"),
        ("float16", 0.1, 2**10, "drops 103/1024"),
        ("float16", 0.001, None, "drops 0.001"),
        ("float16", 0.001, 2**10, "drops 1/512"),
        ("bfloat16", 0.1, None, "drops 0.1"),
        ("bfloat16", 0.1, 2**7, "drops 13/128"),
        ("bfloat16", 0.001, None, "drops 0.001"),
        ("bfloat16", 0.001, 2**7, "drops 1/128"),
        ("bfloat16", 0.001, 2**8, "drops 1/256"),
    ],
)
def test_shares_in_half_precision_are_told_apart(dtype, p, steps, said):
    assert probes.half_precision(dtype, p, ones, share_of(p, steps)) == said


def test_another_share_is_unknown_and_what_is_missing_is_named():
    assert probes.half_precision("float16", 0.1, ones, share_of(0.2)).startswith("unknown")
    assert probes.half_precision("float16", 0.1, ones, lambda X: X.missing) == "AttributeError"
    nothing = lambda: np.ones(3, "float11")  # noqa: E731 - bfloat16 is there once JAX is
    assert probes.half_precision("bfloat16", 0.1, nothing, len) == "no bfloat16"
    assert probes.stays("bfloat16", nothing, lambda X: X) == "no bfloat16"
    assert probes.stays("float16", ones, lambda X: X) == "float16"
    assert probes.stays("float16", ones, lambda X: X.astype("float32")) == "float32"


def test_shapes_that_are_refused_are_named():
    def refuse_vectors(X):
        if X.ndim == 1:
            raise ValueError
        return 2 * X

    assert probes.shapes(lambda X: 2 * X, (0, 2)) == "all alike"
    assert probes.shapes(refuse_vectors, (0, 2)) == "(5,): ValueError, (0,): ValueError"
    assert probes.shapes(lambda X: X, (0, 2)).startswith("unknown")
    assert probes.shapes(lambda X: 2 * X.ravel(), (0, 2)).startswith("unknown")


def test_masks_are_compared_and_a_missing_compiler_is_named():
    y = dropped(0.5)

    def no_compiler():
        raise RuntimeError("InvalidCxxCompiler: No working C++ compiler found")

    def below():
        try:
            no_compiler()
        except RuntimeError as error:
            raise ValueError from error

    assert probes.compared(lambda: y, lambda: y) == "same mask"
    assert probes.compared(lambda: y, lambda: dropped(0.5)) == "another mask"
    assert probes.compared(lambda: probes.x, lambda: probes.x).startswith("unknown")
    assert probes.compared(lambda: y.missing, lambda: y) == "AttributeError"
    for call in (no_compiler, below):
        assert probes.compared(call, lambda: y) == "no C++ compiler"
        assert probes.compiled_outcome(call) == "no C++ compiler"
    assert probes.compiled_outcome(lambda: probes.x) == "unchanged"
    assert probes.compiled_outcome(lambda: y) == "drops"


def test_attention_that_drops_is_told_from_attention_that_does_not():
    assert probes.attention(lambda: probes.x, lambda: probes.x) == "unchanged"
    assert probes.attention(lambda: dropped(0.5), lambda: probes.x) == "drops"
    y = dropped(0.5)  # one mask for ever
    assert probes.attention(lambda: y, lambda: probes.x).startswith("unknown")


def test_the_loss_says_whether_a_loop_dropped():
    def loss(y):
        return lambda: np.mean((y - probes.x) ** 2)

    assert probes.by_loss(loss(probes.x)) == "unchanged"
    assert probes.by_loss(loss(dropped(0.5))) == "drops"
    assert probes.by_loss(loss(dropped(0.4))).startswith("unknown")


def test_a_mean_that_moves_is_seen():
    mean = np.zeros(10)

    def move():
        mean[0] += 1
        return dropped(0.5)

    assert probes.moved(lambda: mean, lambda: None) == "stays"
    assert probes.moved(lambda: mean, move) == "moves"
    assert probes.monte_carlo(lambda: mean, move) == "drops, mean moves"
    assert probes.monte_carlo(lambda: mean, lambda: dropped(0.5)) == "drops, mean stays"
    assert probes.monte_carlo(lambda: mean, lambda: probes.x).startswith("unknown")


def test_a_numeric_check_needs_a_mask_that_stands_still():
    """And a gradient that forgets the mask, or the factor, does not pass it."""
    mask = (dropped(0.5) != 0) / 0.5

    def still(X):
        return (mask * X).sum()

    assert probes.numeric(still, lambda: mask) == "agrees"
    assert probes.numeric(lambda X: dropped(0.5).sum() * X.mean(), lambda: mask) == "fails"
    assert probes.numeric(still, lambda: np.full_like(mask, 2)) == "fails"
    assert probes.numeric(still, lambda: mask / 2) == "fails"


def test_backward_passes_that_differ_are_unknown():
    def fail():
        raise RuntimeError

    assert probes.backward(fail, fail) == "RuntimeError"
    assert probes.backward(lambda: None) == "works"
    assert probes.backward(fail, lambda: None).startswith("unknown")
