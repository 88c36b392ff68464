"""What the pages say in prose, each sentence made anew from what it is about.

`facts()` lists, for each page, what must stand on it word for word; every number in it is
computed from a notebook, a record, the data or a package, and every "on", "off" and name
by looking at what it names. What no number decides is in statements.yml.
`problems(page, text)` compares a page with them, and finds numbers, and the words on and
off in bold, that no fact is about.
"""

import ast
import importlib.metadata
import math
import re
import statistics
import sys
from functools import cache

import numpy as np
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from scipy import stats

import parallel_notebooks
from benchmarks.libraries import LIBRARIES
from benchmarks.run import REPETITIONS
from dropout_book import probes, textbook
from dropout_book.data import load_fashion_mnist
from dropout_book.experiments import answers as told
from dropout_book.experiments import (
    contrast,
    data,
    dense_batch_norm,
    design,
    differences,
    questions,
    textbook_seeds,
    values,
)
from dropout_book.experiments import statistics as paired
from dropout_book.experiments.dense_batch_norm import BN, BOTH, LAST, METRIC
from dropout_book.experiments.run import DIVERGED, Run
from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records import speed
from dropout_book.records.record import load
from installed import INSTALLED
from parallel_notebooks import ROOT, glued, path_of, sources
from sidebyside import training
from sidebyside.showing import likeness

NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
# The last points of the curves in the section's figures (zh.d2l.ai, of 2023), read off
# their SVG paths: train loss and test accuracy, from scratch and concise; train accuracy.
PUBLISHED = {
    "pytorch": [(0.330, 0.857), (0.344, 0.844)],
    "tensorflow": [(0.282, 0.857), (0.291, 0.875)],
    "mxnet": [(0.348, 0.877), (0.346, 0.866)],
    "paddle": [(0.447, 0.852), (0.346, 0.831)],
}
PUBLISHED_TRAIN = {
    "pytorch": (0.877, 0.875),
    "tensorflow": (0.894, 0.890),
    "mxnet": (0.872, 0.875),
    "paddle": (0.842, 0.872),
}
FIT_SCRIPT = ROOT / "book/_ext/sidebyside/fit/static/fit.js"
FIT = dict(re.findall(r"(?m)^    (\w+): ([\d.]+),", FIT_SCRIPT.read_text(encoding="utf-8")))
SHORT = {"from scratch": "scratch", "concise": "concise"}
ON = {"drops": "**on**", "unchanged": "**off**"}


def word(n):
    return NUMBERS[n]


def first(text):
    return text[0].upper() + text[1:]


def label(framework):
    return FRAMEWORKS[framework].label


def labels(frameworks):
    *most, last = map(label, frameworks)
    return f"{', '.join(most)} and {last}" if most else last


@cache
def settings():
    """The numbers that a notebook's cells set; the six set the same, a test says."""
    found = {}
    for source in sources("pytorch").values():
        for node in ast.parse(TransformerManager().transform_cell(source)).body:
            if isinstance(node, ast.Assign):
                try:
                    value = ast.literal_eval(node.value)
                except ValueError:
                    continue
                (target,) = node.targets
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = value if isinstance(target, ast.Tuple) else [value]
                found |= {name.id: each for name, each in zip(names, values)}
    return found


@cache
def answers(framework):
    executed = parallel_notebooks.executed(framework, "semantics")
    return glued(executed)["semantics"]["answers"]


@cache
def figures(framework, topic="dropout"):
    return glued(parallel_notebooks.executed(framework, topic))


def those(condition):
    """The frameworks for which something holds, in the order of the tabs."""
    return [framework for framework in FRAMEWORKS if condition(framework)]


def layer(framework):
    """What the library's own layer answered; functions have no state to forget."""
    return next(form for name, form in answers(framework).items() if name.endswith("Dropout"))


def said_nothing(framework):
    return ON[layer(framework)["nothing said"]]


def switch_of(framework):
    return layer(framework)["switch"]


def images():
    (X_train, y_train), (X_test, y_test) = load_fashion_mnist()
    assert len(X_train) == len(y_train) and len(X_test) == len(y_test)
    return X_train.shape, X_test.shape, len(set(y_train.tolist()))


def switches():
    """Rows of the table in the implementation chapter."""
    stateful = those(lambda each: "net.train()" in sources(each)["training-loop"])
    by_state = [each for each in stateful if each in INSTALLED]
    assert {said_nothing(each) for each in by_state} == {"**on**"}
    assert all("net.eval()" in sources(each)["training-loop"] for each in stateful)
    yield (
        f"| {', '.join(map(label, stateful))} | the network's state, `net.train()` and "
        "`net.eval()` | **on** |"
    )
    loop = sources("numpy")["training-loop"]
    assert "is_train=True" in loop and "is_train=False" in loop
    forward = re.search(r"def \w*\(self, X, is_train(.*?)\)", sources("numpy")["mlp-scratch"])
    assert forward[1] == ""  # no default
    yield f"| {label('numpy')} (this book's) | an argument, `is_train` | must be said |"
    assert "training=" in switch_of("tensorflow")
    looped = [layer("tensorflow")[name] for name in ("fit", "evaluate", "predict")]
    assert looped == ["drops", "unchanged", "unchanged"]
    yield (
        f"| TensorFlow, Keras | an argument, `training` | {said_nothing('tensorflow')}; but `fit` "
        "passes True, and `evaluate` and `predict` False |"
    )
    assert "autograd.record()" in sources("mxnet")["training-loop"]
    said = said_nothing("mxnet") if "mxnet" in INSTALLED else "**off**"
    yield f"| MXNet | a scope, `autograd.record()` | {said} |"
    assert "key=None" in sources("jax")["mlp-scratch"]
    yield "| JAX (this book's) | an argument: a random key, or none | **off** |"
    assert "model.train()" in sources("jax")["mlp-concise"]
    yield (
        "| Flax NNX | the model's state, `model.train()` and `model.eval()` | "
        f"{said_nothing('jax')}, and an error without a key |"
    )
    linen = answers("jax")["linen.Dropout"]
    assert linen["switch"] == "`deterministic=`" and linen["nothing said"] == "ValueError"
    yield "| Flax Linen | an argument, `deterministic` | must be said |"


def implementation():
    of, (train, test, classes) = settings(), images()
    six = word(len(FRAMEWORKS))
    rates = of["dropout1"], of["dropout2"]
    multiplying = [
        re.search(r"mask(\.astype\(.*?\)|, dtype=tf\.float32\))? \* X", text)
        for topic in ("dropout", "d2l")
        for text in (
            sources(each, topic)["dropout-layer"]
            for each in FRAMEWORKS
            if path_of(each, topic).exists()
        )
    ]
    assert all(multiplying)
    forgetful = those(lambda each: "net.eval()" in sources(each)["training-loop"])
    yield f"Here it is in {six} of them, twice in each"
    # Its last release was 1.9.1, of 2022; the Apache Attic took it in September 2023.
    yield "MXNet has been retired since 2023 and is here because"
    yield f"The cells come from {six} [parallel notebooks]"
    yield f"What all {six} share is not about dropout"
    yield "with $p = 50$ for 50 %, every element would be dropped"
    yield (
        "0.8 is as legal a drop probability as it is a keep probability, and a network that "
        "mistakes one for the other still trains"
    )
    yield (
        f"All {six} multiply by the mask, as the textbook does, but in the type of "
        "$\\mathbf{X}$; only the random numbers are in single precision always."
    )
    for each in INSTALLED:
        assert figures(each)["gradient_error_held_still"] < 1e-3
        assert figures(each)["gradient_error_drawn_anew"] > 1
    yield (
        r"multiplied by $\frac{1}{1-p}$ where an element was kept and by 0 where it was dropped."
    )
    yield (
        f"{train[0]:,} training and {test[0]:,} test images of {train[1]} × {train[2]} pixels, "
        f"in {word(classes)} classes."
    )
    yield (
        rf"$784 \to {of['num_hiddens1']} \to {of['num_hiddens2']} \to {of['num_outputs']}$"
    ).replace("784", str(of["num_inputs"]))
    for n, rate in enumerate(rates, start=1):
        yield rf"\mathbf H_{n} &= \operatorname{{dropout}}_{{{rate}}}\bigl("
    yield from switches()
    yield "dropout is switched **on** for the updates, and **off** for the test."
    yield (
        f"{first(word(of['num_epochs']))} epochs, with the same initial weights and the same "
        "minibatches in the same order in every library; the masks differ."
    )
    yield (
        "Train loss and train accuracy are averages over the epoch, with dropout on; test "
        "accuracy is measured after it, with dropout off"
    )
    yield (
        f"With dropout left on (in {labels(forgetful)} it is enough to forget `net.eval()`), "
        "two passes over the test images disagree on some of them."
    )
    yield f"sets all {word(2 * len(FRAMEWORKS))} side by side"


def written(tag, *texts):
    """The frameworks in whose cell one of these stands."""
    return those(lambda each: any(text in sources(each)[tag] for text in texts))


def dictionary():
    paths = {each: ROOT / f"notebooks/dropout/{each}.ipynb" for each in FRAMEWORKS}
    alike = likeness.shares(paths)
    yield f"{labels(max(alike, key=alike.get))} are the most alike."
    mean = {
        each: statistics.fmean(alike[pair] for pair in alike if each in pair)
        for each in FRAMEWORKS
    }
    least = min(mean, key=mean.get)
    assert all(
        least in min((pair for pair in alike if each in pair), key=alike.get)
        for each in FRAMEWORKS
    )
    yield f"{label(least)} is the least like any other."
    stateful = written("training-loop", "net.train()")
    told = written("training-loop", "is_train=True", "training=True", "X, key)")
    assert written("training-loop", "with autograd.record():") == ["mxnet"]
    assert {*stateful, *told, "mxnet"} == set(FRAMEWORKS)
    yield f"In {labels(stateful)} the network does, and remembers it."
    yield f"In {labels(told)} the caller says it in every call."
    yield "In MXNet it depends on where the call stands: inside `autograd.record()`"
    keyed = written("dropout-layer", "X, dropout, key)")
    (jax,) = map(label, keyed)
    others = labels(each for each in FRAMEWORKS if each not in keyed)
    yield f"{jax} has no hidden state: whoever drops is given a key"
    yield f"In {others}, a generator remembers where it is, and a seed sets it back."
    assert written("training-loop", "return params, history") == keyed
    yield f"In {jax} they are an argument of the network, and a step returns new ones."
    yield f"In {others} the network holds them, and a step overwrites them."
    backward = written("training-loop", "loss.backward()")
    yield f"In {labels(backward)}, `backward` leaves them with the parameters."
    returned = [
        *written("training-loop", "= tape.gradient("),
        *written("training-loop", "grads = jax.value_and_grad("),
    ]
    assert {*backward, *returned, "numpy"} == set(FRAMEWORKS)
    tape, value_and_grad = map(label, returned)
    yield f"{tape}'s tape and {value_and_grad}'s `value_and_grad` return them."
    yield f"In {label('numpy')}, they are derived by hand."
    recording = written("training-loop", "with tf.GradientTape()", "with autograd.record()")
    yield f"In {labels(recording)}, what stands in a block."
    exempting = written("training-loop", "no_grad()")
    yield f"In {labels(exempting)}, everything but what `no_grad` exempts."
    clearing = written("training-loop", "zero_grad()", "clear_grad()")
    yield f"{labels(clearing)} have to be told to forget them."


def alike(framework):
    """Whether its two models draw the same masks: then only rounding tells them apart."""
    found = figures(framework)
    losses = found["scratch_train_loss"], found["concise_train_loss"]
    return abs(losses[0] - losses[1]) < 1e-4 * losses[0]


def comparison():
    of = settings()
    columns = yaml.safe_load((ROOT / "book/semantics.yml").read_text("utf-8"))["columns"]
    twelve = word(2 * len(FRAMEWORKS))
    yield f"So {word(len(columns))} notebooks, one for each library"
    (without,) = set(FRAMEWORKS) - set(columns)
    yield f"{label(without)} has no dropout of its own"
    assert FRAMEWORKS["jax"].module == "flax"
    yield "has none either, and its columns are Flax's: the layers of NNX and of the older Linen."
    assert "all × 0.91" in str(answers("jax"))
    forms = [
        answer["scale"]
        for each in INSTALLED
        if each in columns
        for answer in answers(each).values()
    ]
    assert set(forms) >= {"x / (1 − p)", "x · (1 / (1 − p))"}
    yield '- **"x / (1 − p)"** and **"x · (1 / (1 − p))"** are equal to the last bit of a double'
    yield '**"all × 0.91"** that nothing was dropped and everything multiplied.'
    asked = {
        form["meaning"] + form["gradient"]
        for each in INSTALLED
        if each in columns
        for form in answers(each).values()
    }
    assert asked == {"of droppingmask / (1 − p)"}
    yield (
        "asked for $p = 0.2$ on numbers in single precision, every one drops with that "
        "probability, and its gradient is the mask over $1-p$."
    )
    said = str([answers(each) for each in INSTALLED if each in columns])
    assert "drops 13/128" in said and "drops 0.1" in said
    yield '- **"drops 13/128"** is the share that was dropped of a million ones or more'
    assert probes.BATCH > 1e6
    yield 'names the one fraction that agrees with it; **"drops 0.1"**, that it was the one asked'
    assert [len(shape) for shape in probes.SHAPES if 0 not in shape] == [0, 1, 3]
    yield "arrays without elements, without axes, with one and with three are treated as others"
    assert of["num_hiddens1"] == of["num_hiddens2"]
    yield (
        f"{first(twelve)} models, after {word(of['num_epochs'])} epochs on Fashion-MNIST: the "
        f"[network](implementation.md) has two hidden layers of {of['num_hiddens1']} units with "
        f"dropout {of['dropout1']} and {of['dropout2']}, and learns by plain SGD with learning "
        f"rate {of['lr']} and minibatches of {of['batch_size']}."
    )
    yield (
        "Train figures are averages over the epoch, with dropout on; the test accuracy is taken "
        "with dropout off."
    )
    reached = [
        figures(each)[f"{model}_test_acc"]
        for each in INSTALLED
        for model in ("scratch", "concise")
    ]
    assert max(reached) - min(reached) < 0.04
    yield f"**All {twelve} learn the same task about equally well.**"
    agreeing = [each for each in INSTALLED if alike(each)]
    yield f"**{labels(agreeing)}'s two rows agree** because its own layer, on a CPU,"
    yield "**Seconds are the median epoch's**, its test included"


def index():
    yield f"Dropout in {labels(FRAMEWORKS)}: derived once"
    yield f"each in {word(len(FRAMEWORKS))} tabs, with its outputs as it ran."
    yield f"what the {word(2 * len(FRAMEWORKS))} models reached."
    yield f"{first(word(len(questions.IDS)))} questions, each with its effect and interval"
    yield f":caption: Fashion-MNIST, {word(settings()['num_epochs'])} epochs, single runs."
    assert settings()["dropout1"] == 0.2 and settings()["dropout2"] == 0.5  # of that edition
    yield "keeps the names and the network of its Chinese edition 2.0, so that"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Run one library's notebook")[1]
    lines = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1].splitlines()
    yield f"the repository says how in {word(len(lines))} lines."


def defects():
    """Of the list of changes: what stands in the audited code, and what to write."""
    published = {
        each: sources(each, "d2l") for each in FRAMEWORKS if path_of(each, "d2l").exists()
    }
    pytorch = published["pytorch"]
    assert "torch.rand(X.shape)" in pytorch["dropout-layer"]
    assert "torch.randn(X.shape)" in pytorch["dropout-layer"]
    repair = "torch.rand(X.shape, device=X.device) >= dropout"
    assert f"mask = {repair}\n" in pytorch["dropout-layer"]
    yield (
        f"not `torch.rand(X.shape) > dropout` but `{repair}`. Else [an `X` on a GPU is an error]"
    )
    yield "the same for `torch.randn(X.shape) > dropout`. Else [too much is dropped]"
    assert "return mask * X / (1.0 - dropout)" in pytorch["dropout-layer"]
    yield "in PyTorch `mask * X / (1 - dropout)`, without the `.float()`."
    yield from half_precision()
    repair = "net(X, training=True) if isinstance(net, tf.keras.Model) else net(X)"
    written = re.sub(r'"\s*"', "", published["tensorflow"]["one-line"])
    assert f'"y_hat = ({repair})"' in written
    assert figures("tensorflow", "d2l")["scratch_steps_that_dropped"] == 0
    yield (
        f"**TensorFlow**: in `d2l.train_epoch_ch3`, not `net(X)` but `{repair}`. "
        "Else [nothing is ever dropped]"
    )
    assert figures("tensorflow", "d2l")["plain_train_loss"] < 1.5  # chance: log 10
    yield (
        "section 3.6 gives it a plain function: `training=True` for all is a `TypeError` there, "
        "so the repair asks whether it has a Keras model."
    )
    yield "- **MXNet**: nothing in float32."
    paddle = published["paddle"]["dropout-layer"]
    assert "paddle.uniform(X.shape) >" in paddle and "min=-1, max=1" in paddle
    kept = figures("paddle", "d2l")
    assert abs(kept["published_kept_50"] - 0.5) < 0.005  # the range is [0, 1)
    yield (
        "not `paddle.uniform(X.shape) > dropout` but `paddle.uniform(X.shape, min=0, max=1) >= "
        "dropout`. Else [too much is dropped in version 2.6.2]"
    )
    yield (
        "which was $[-1, 1)$ in PaddlePaddle 2.6.2 and is $[0, 1)$ in the version that ran here."
    )
    assert "key=get_key()):" in published["jax"]["dropout-layer"]
    yield "not `key=d2l.get_key()` as a default but a fresh key in every call."


def half_precision():
    """Of a million ones: what `rand_like` and the repair keep, at p = .1, .001 and 0."""
    found = figures("pytorch", "d2l")
    said = [("kept_100", 0.1), ("kept_1", 0.001), ("kept_0", 0)]
    for key, p in said:
        for dtype in "bfloat16", "float16":
            allowed = textbook.bound(p, 10**6)
            assert abs(found[f"repaired_{dtype}_{key}"] - (1 - p)) <= allowed
            repaired = figures("tensorflow", "d2l")[f"repaired_{dtype}_{key}"]
            assert abs(repaired - (1 - p)) <= allowed
        # 0.1 and 0.001 off by more than chance, at 0 any miss is one.
        assert (1 - p) - found[f"like_bfloat16_{key}"] > textbook.bound(p, 10**6)

    def row(layer, dtype):
        return [f"{glue('pytorch')}::{layer}_{dtype}_{key}:.4f`" for key, _ in said]

    like, half = row("like", "bfloat16"), row("like", "float16")
    repaired = row("repaired", "bfloat16")
    yield (
        f"Of a million ones in bfloat16 it keeps {like[0]} at $p = 0.1$, {like[1]} at $p = "
        f"0.001$ and {like[2]} at $p = 0$; in float16, {half[0]}, {half[1]} and {half[2]}."
    )
    yield (
        "The repair above, with float32 draws and `>=`, keeps "
        f"{repaired[0]}, {repaired[1]} and {repaired[2]} in bfloat16."
    )
    yield "Its draws lie on a coarse grid that includes 0, and $p$ falls between the points."
    yield (
        "The published layers draw in float32, and so keep the right fraction; but they make "
        "the mask float32, too."
    )
    yield (
        "a float32 from `torch.rand` is a multiple of $2^{-24}$, and is 0 once in "
        f"{2**24 / 1e6:.0f} million draws."
    )


def editions():
    """Read in d2l-ai/d2l-zh at e6b18cce, d2l-ai/d2l-en at 23d7a5ae (and its tag v1.0.3), and
    smolix/d2l-neu at 01a4f3e1, in chapter_multilayer-perceptrons/dropout.md; the loop of the
    English edition in d2l/tensorflow.py, `Trainer.fit_epoch`."""
    yield "| defect | Chinese | English | later |"
    yield "| PyTorch: a mask on the CPU | yes | yes | no |"
    yield "| PyTorch: a mask drawn in half precision, by `rand_like` | no | no | yes |"
    yield "| TensorFlow: the loop never says `training` | yes | no | – |"
    yield "| PaddlePaddle: the range of `uniform` | yes | no such tab | no such tab |"
    yield "| JAX: a key by default | no such tab | yes | no |"
    yield (
        "| at $p = 0$, `>` drops a uniform number that is 0 | no | yes, except in TensorFlow | "
        "yes, except in TensorFlow |"
    )
    yield "the [Chinese edition 2.0]"
    yield "the [English edition 1.0]"
    yield f"with d2l {importlib.metadata.version('d2l')}, *English*"
    yield "with d2l 1.0.3"
    yield "sets `model.training = True` before the minibatches of an epoch"


def installing():
    """What d2l pins, and what it imports that the library's package does not bring."""
    package = importlib.metadata.distribution("d2l")
    pins = dict(
        re.fullmatch(r"(\w+) ?\(?==([\d.]+)\)?", each).groups() for each in package.requires
    )
    # Its files on PyPI: "Requires-Python >=3.7,<3.11".
    yield (
        f"`pip install d2l=={package.version}` fails on Python 3.11 and later: it pins NumPy "
        f"{pins['numpy']}, which is for older ones."
    )
    imported = set()
    for module in "torch", "tensorflow", "mxnet", "paddle":
        source = package.locate_file(f"d2l/{module}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.partition(".")[0] for name in names}
    others = imported - sys.stdlib_module_names
    brought = {"torch", "tensorflow", "mxnet", "paddle", "numpy", "torchvision", "d2l"}
    names = {"IPython": "ipython", "matplotlib_inline": "matplotlib-inline", "PIL": "pillow"}
    order = "pandas requests matplotlib matplotlib-inline ipython pillow".split()
    assert {names.get(each, each) for each in others - brought} == set(order)
    yield f"pip install --no-deps d2l=={package.version} pip install {' '.join(order)}"
    yield "[#2638](https://github.com/d2l-ai/d2l-en/issues/2638)"
    yield "[#2659](https://github.com/d2l-ai/d2l-en/issues/2659)"
    yield "For `d2l.torch` add torchvision; for MXNet, say `numpy.bool = bool` before you"


def seeds_say_nothing():
    """Of the textbook's setting, with dropout and without."""
    seeds = textbook_seeds.recorded()
    last = seeds[seeds.step == textbook_seeds.EPOCHS]
    last = last.pivot(index="seed", columns="arm", values="test_acc")
    low, high = paired.t_interval(last[textbook_seeds.WITH] - last[textbook_seeds.WITHOUT])
    return low < 0 < high


def dense_gains(first_arm, second):
    """Whether the second arm's test loss is shown to be the lower one, in a dense network."""
    losses = {arm: found[METRIC] for arm, found in dense_batch_norm.recorded().items()}
    losses["none"] = values("does-it-help", "none, 3,000", METRIC)
    return paired.t_interval(np.subtract(losses[first_arm], losses[second]))[0] > 0


def d2l():
    of = settings()
    yield from editions()
    yield from installing()
    version = importlib.metadata.version("d2l")
    yield f"(4.6 in the Chinese edition 2.0, whose package is d2l {version})"
    yield from defects()
    yield "the edge case $p = 1$, and the switch between training and test in"
    yield (
        f"[the same setting ran from {word(len(textbook_seeds.SEEDS))} seeds]"
        "(../notebooks/experiments/does-it-help.ipynb"
    )
    assert seeds_say_nothing()
    yield "By seed, their difference cannot be told from zero."
    for key in "with", "without":
        yield (
            f"{{glue:text}}`../notebooks/experiments/does-it-help.ipynb::seeds_{key}_mean:.3f` ± "
            f"{{glue:text}}`../notebooks/experiments/does-it-help.ipynb::seeds_{key}_spread:.3f` "
            + {"with": "with dropout and", "without": "without, mean and standard deviation"}[key]
        )
    yield f":::{{table}} After {word(of['num_epochs'])} epochs. Single runs."
    odd = set()
    for framework, runs in PUBLISHED.items():
        for run, (loss, accuracy) in zip(("from scratch", "concise"), runs):
            # Bold are the traces of defects: far from what most runs end at.
            middle = statistics.median(loss for each in PUBLISHED.values() for loss, _ in each)
            text = f"{loss:.3f}".lstrip("0")
            if abs(loss - middle) > 0.05:
                odd.add((framework, run))
                text = f"**{text}**"
            tab = label(framework) if run == "from scratch" else ""
            yield f"| {tab} | {run} | {text} | " if tab else f"|  | {run} | {text} | "
            accuracy = f"{accuracy:.3f}".lstrip("0")
            yield f"| {accuracy} | {glue(framework)}::{SHORT[run]}_test_acc:.3f` |"
    yield f"The {word(len(odd))} train losses in bold are the traces that two defects left"
    told_of, far = [], set()
    middle = statistics.median(each for pair in PUBLISHED_TRAIN.values() for each in pair)
    for framework, pair in PUBLISHED_TRAIN.items():
        both = " and ".join(f"{each:.3f}".lstrip("0") for each in pair)
        told_of.append(f"{both} in {label(framework)}")
        far |= {(framework, run) for run, each in zip(SHORT, pair) if abs(each - middle) > 0.012}
    assert far == odd
    yield f"The curves have train accuracies as well: {', '.join(told_of)},"
    yield f"each from scratch and concise; the same {word(len(far))} stand out."
    accuracies = [accuracy for runs in PUBLISHED.values() for _, accuracy in runs]
    points = 100 * (max(accuracies) - min(accuracies))
    yield f"The published test accuracies lie within {points:.1f} points of each other"
    yield "near the published .447, and without it"
    changed = {each: sources(each, "d2l")["one-line"] for each in PUBLISHED}
    assert "training=True" in changed["tensorflow"] and "no_dropout" in changed["mxnet"]
    assert "normal_layer" in changed["pytorch"] and "old_default_layer" in changed["paddle"]
    yield (
        "The one line is the repair in TensorFlow and the defect in PyTorch and PaddlePaddle; "
        "in MXNet it switches dropout off."
    )
    losses = {each: figures(each, "d2l") for each in PUBLISHED if each in INSTALLED}
    rose = losses["tensorflow"]
    assert rose["changed_train_loss"] > rose["scratch_train_loss"]
    yield "With it, the train loss of the network from scratch rises from"
    assert losses["pytorch"]["normal_dropped_percent_20"] > 20 + 10
    assert losses["pytorch"]["normal_dropped_percent_50"] > 50 + 10
    yield "At these rates normal numbers exceed $p$ more rarely than uniform ones:"
    yield "Of a million elements, at $p = 0.5$, the layer now keeps"
    yield "so every call has the same key: two calls on a million elements gave the same mask."
    factor = 1 / (1 - of["dropout2"])
    yield f"still with the factor {factor:g}, so that $E[h'] = {{}}$"
    yield "the tab had `randn` for a time in 2021 ([#1714]"
    yield "**PyTorch, in copies of 2021**"
    assert "from the fifth on" in textbook.report_runs.__doc__
    yield "After the fifth epoch, the test accuracy still moved from one epoch to the next"
    checks = re.findall(r"assert (\w+) (?:<|<= 1 and \w+ >) ([\d.]+)", train_ch3())
    assert ("train_loss", "0.5") in checks and ("train_acc", "0.7") in checks
    yield "a train loss below 0.5, accuracies above 0.7."
    yield "In the other three tabs it changed the output in every step."
    kept = "::published_kept_50:.4f`"
    yield f"it keeps {glue('tensorflow')}{kept} at $p = 0.5$."
    yield f"The rate is right either way: {glue('jax')}{kept} kept at $p = 0.5$."
    dropped = f"{glue('pytorch')}::normal_dropped_percent_"
    yield f"at $p = 0.2$ it drops {dropped}20:.1f` %, at $p = 0.5$ {dropped}50:.1f` %"


def glue(framework):
    return f"{{glue:text}}`../notebooks/d2l/{framework}.ipynb"


def train_ch3():
    """The source of `d2l.train_ch3`, unimported: its module would bring its library."""
    package = importlib.metadata.distribution("d2l").locate_file("d2l/torch.py")
    source = package.read_text(encoding="utf-8")
    return source[source.index("def train_ch3") :].partition("\ndef ")[0]


def proof():
    yield f"This book claims that its {word(len(FRAMEWORKS))} libraries drop out in the same way"
    yield (
        "each element is $x/(1-p)$, to the last bit, or 0, and what is dropped that was infinite "
        "is NaN"
    )
    yield "- **The gradient**: $1/(1-p)$ where an element was kept, 0 where it was dropped."
    yield "chance alone breaks one in less than one of $10^6$ runs, and so narrow that 0.3"
    yield f"- **{first(word(len(FRAMEWORKS)))} networks, one function.**"
    yield f"## How far the {word(len(FRAMEWORKS))} come apart"
    yield (
        f"so that after {word(settings()['num_epochs'])} whole epochs with the same masks the "
        "libraries would no longer agree in every digit."
    )
    reference = (ROOT / "tests/derivation/test_reference.py").read_text(encoding="utf-8")
    assert "complex" in reference and "1j" in reference
    yield "are compared with its loss by complex-step differentiation {cite}`squire1998`"
    yield "the libraries must agree with the reference, NumPy in float64, in whatever they compute"
    equivalence = (ROOT / "tests/dropout/test_equivalence.py").read_text(encoding="utf-8")
    steps = int(re.search(r"(?m)^BATCHES = (\d+)", equivalence)[1])
    rate = float(re.search(r"(?m)^LR = ([\d.]+)", equivalence)[1])
    assert 'num_epochs = notebook["num_epochs"]' in equivalence and rate < settings()["lr"]
    epochs = word(settings()["num_epochs"])
    yield (
        f"So an epoch has {word(steps)} steps here, but there are {epochs}, as in the notebooks, "
        "at a smaller learning rate than theirs."
    )
    mistakes = yaml.safe_load((ROOT / "tests/mutants/mutants.yml").read_text("utf-8"))
    published = [each for each in mistakes if each.get("published") == "textbook"]
    yield f"Among them are the {word(len(published))} that were published with the textbook"


def speed_page():
    train, test, _ = images()
    record = load(ROOT / "benchmarks/results.json")[""]
    data, made = record["data"], record["made"]
    yield "three forward and five backward for a minibatch, on arrays that lie in memory"
    yield "It reports the same three figures after each epoch."
    yield f"the {train[0]:,} images of Fashion-MNIST to learn from, and {test[0]:,} to test."
    rows, columns = speed.MASK_SHAPE
    yield (
        f"Each drops out an array of {rows} × {columns} floats with $p = "
        f"{speed.MASK_PROBABILITY}$, in training mode"
    )
    own = [each for each in FRAMEWORKS if not hasattr(LIBRARIES[each], "own_dropout")]
    yield f"{labels(own)} has no dropout of its own"
    asked = [
        each
        for each in INSTALLED
        if each != "numpy" and layer(each)["in place"] == "`inplace=True`"
    ]
    yield f"Those of {labels(asked)} can be asked to overwrite their input;"
    timed = [each for each in FRAMEWORKS if hasattr(LIBRARIES[each], "own_dropout_in_place")]
    yield f"{labels(timed)}'s was timed so, too"
    selecting = {
        each: speed.ratio(data, each, speed.Ratio("selecting mask", "mask"))
        for each in data["tasks"]
    }
    slower = sorted(
        (each for each in selecting if selecting[each].lowest > 1),
        key=lambda each: -selecting[each].median,
    )
    factors = {}
    for each in slower:
        factors.setdefault(f"{selecting[each].median:.1f} times", []).append(each)
    assert len(factors) == 3
    most, middle, least = ((times, labels(each)) for times, each in factors.items())
    yield (
        f"selecting takes {most[0]} as long in {most[1]}, {middle[0]} in {middle[1]}, and "
        f"{least[0]} in {least[1]};"
    )
    alike = [each for each in selecting if each not in slower]
    assert all(selecting[each].lowest <= 1 <= selecting[each].highest for each in alike)
    yield f"in {labels(alike)}, whose step is compiled, the two cannot be told apart"
    # tests/timed/test_dropouts.py, tests/benchmarks/test_memory.py
    yield "From the same random numbers both leave the same, unless `X` holds an infinity"
    yield "multiplied by 0 it becomes NaN, and not selected it becomes 0"
    yield "keeps one array for the backward pass instead of two: the mask, but no result beside"
    saved = speed.ratio(data, "pytorch", speed.Ratio("library mask in place", "library mask"))
    assert saved.highest > 1
    yield (
        f"It saves no time: it takes {saved.median:.2f} times as long as the other "
        f"({saved.lowest:.2f} to {saved.highest:.2f})."
    )
    yield (
        f"Width and batch size are varied on {speed.FEWER:,} training examples, and a sixth as "
        "many are used for the evaluation."
    )
    assert train[0] == 6 * test[0]
    price = {
        each: speed.ratio(data, each, speed.Ratio("scratch", "without dropout"))
        for each in data["tasks"]
    }
    dear = those(lambda each: each in price and price[each].lowest > 1)
    # Visible: more than a twentieth.
    assert all(price[each].median > 1.05 for each in dear)
    assert all(each.lowest <= 1 <= each.highest for id, each in price.items() if id not in dear)
    yield f"In {labels(dear)} dropout has a price in every repetition,"
    yield "in the others it drowns in the spread."
    textbook_and_ours = [
        speed.ratio(data, each, speed.Ratio("textbook", "scratch")) for each in data["tasks"]
    ]
    slower = [each.median for each in textbook_and_ours if each]
    # Twice ours: then what it adds, the loader above all, is more than all that ours does.
    assert sum(each > 2 for each in slower) > len(slower) / 2
    yield "as the textbook's do in most tabs, costs more than all of the arithmetic."
    assert made["minutes"] < 30 and data["repetitions"] == REPETITIONS
    yield "takes less than half an hour on an idle machine with two cores"
    yield "The cost of the middle matrix grows with the square of the width"
    times = []
    for each in data["tasks"]:
        sizes = speed.growth(data, each, "batch size")
        assert sizes[max(sizes)].median < sizes[min(sizes)].median
        examples = speed.growth(data, each, "examples")
        assert max(examples) == 4 * min(examples)
        times.append(examples[max(examples)].median / examples[min(examples)].median)
    yield "A larger minibatch spreads the fixed price of a step over more examples."
    yield (
        f"Four times as many examples take {min(times):.1f} to {max(times):.1f} times as long, "
        "by library."
    )
    yield "**Without dropout**, `dropout1` and `dropout2` are zero"


def derivation():
    draws = {
        re.search(r"100_000|100,000|100000", sources(each)["unbiased"]) is not None
        for each in FRAMEWORKS
    }
    assert draws == {True}
    yield "each draws $h'$ 100,000 times for $h = 1, \\dots, 8$."
    yield "a bar reaches four standard errors each way."
    if "mxnet" in INSTALLED:
        assert layer("mxnet")["p = 1"] == "NaN"
    nan = [each for each in INSTALLED if each != "numpy" and layer(each)["p = 1"] == "NaN"]
    yield f"Not every library does: {labels(nan or ['mxnet'])}'s own layer returns NaN."
    yield "This book's layers then return 0 for every unit, and the mean no longer stays."
    yield "for a small network with one hidden layer."
    yield "The mean of $z$ is 0, and $\\operatorname{ReLU}(E[z]) = 0$"
    yield "(their section 7.5)"
    yield (f"turns about one in ten of them into 0, and the others into {1 / (1 - 0.1):.2f}.")
    for framework, name in {"pytorch": "p", "paddle": "p", "tensorflow": "rate"}.items():
        assert name in layer(framework)["argument"]
        assert layer(framework)["meaning"] == "of dropping"
    yield "| PyTorch, PaddlePaddle | `p` | dropping |"
    yield "| TensorFlow 2, Keras, Flax | `rate` | dropping |"
    yield "| MXNet | `p`, in Gluon `rate` | dropping |"
    yield "| this book; the textbook {cite}`zhang2023` | $p$, `dropout` | dropping |"
    yield '| {cite:t}`hinton2012` | "with a probability of 0.5" | dropping |'
    yield "| {cite:t}`srivastava2014` | $p$ | **keeping** |"
    yield (
        "| TensorFlow 1, `tf.nn.dropout` (deprecated late in 1.x) | `keep_prob` | **keeping** |"
    )
    yield '(PaddlePaddle by default; its `mode="downscale_in_infer"` is vanilla)'
    yield "| vanilla | $m\\,h$ | $(1-p)\\,h$ | $(1-p)\\,h$ |"
    yield "| inverted | $\\dfrac{m}{1-p}\\,h$ | $h$ | $h$ |"
    yield "training gives $m\\,h$, and inference $h$."
    yield "the learning rate of these weights is multiplied by $(1-p)^2$, and that of all others"
    yield "At $p = 0.5$ that is a quarter."
    yield "only if every example dropped it, which has probability $p^n$: practically never."
    yield "momentum carries on, and weight decay shrinks it."
    # (1 - p) < 1: tests/derivation has the proof.
    yield "trains the layers below with gradients too small by the factor $1-p$."
    assert [round((rate / (1 - rate)) ** 0.5, 9) for rate in (0.2, 0.5, 0.8)] == [0.5, 1, 2]
    yield (
        "At $p = 0.2$ the standard deviation of $h'$ is half of $h$; at $p = 0.5$ it is as "
        "large as $h$; at $p = 0.8$ it is twice as large."
    )
    yield "- Inference is training with $p$ set to 0, whatever $p$ was"
    yield from networks()


def networks():
    """Of the chapter "How it works": what its two notebooks drew and measured."""
    figure = (ROOT / "book" / "dropped-units.html").read_text(encoding="utf-8")
    assert [figure.count(f">h{each}<") for each in "₁₂₃₄₅"] == [2, 0, 2, 2, 0]
    yield "Below are five hidden units, two of them dropped for one example."
    yield "where a 0 was sent forward, a 0 comes back."
    yield "A dashed ring is a dropped unit, and its gradient is 0"
    space = {}
    for name in ("backward", "depth"):
        lines = sources(name, "theory")["setup"].splitlines()
        exec("\n".join(line for line in lines if line.startswith(("num_", "dropout,"))), space)
    examples, units = space["num_examples"], space["num_hiddens"]
    yield f"The figure shows {word(examples)} examples (rows), {word(units)} units (columns)"
    yield f"networks of one to {word(space['depth'])} hidden layers"
    yield f"then dropout with $p = {space['dropout']}$"
    yield f"There are {space['num_networks']} networks of each width"
    outputs = re.search(r"\(width, (\d+)\)", sources("depth", "theory")["network"])[1]
    yield f"{outputs} outputs each, and {space['num_masks']} masks"
    yield "with mean 0 and the same variance"
    measured = figures("depth", "theory")
    assert measured["most_2"] < measured["least_8"] < 1 < measured["forgotten_2"]
    assert measured["vanilla_gap"] < 1e-12
    # Width does not help: no width has half the error of another, at either depth.
    assert all(measured[f"most_{each}"] < 2 * measured[f"least_{each}"] for each in (2, 8))
    yield "so its relative error is the same: the crosses lie on the curves."
    assert "inference[3]" in sources("depth", "theory")["error"]
    yield "% of the outputs at depth 4 are too high in inference, the others too low."
    assert max(space["widths"]) == 128
    times = {layers: round(1 / (1 - space["dropout"]) ** layers) for layers in (2, 8)}
    yield f"{times[2]} times for two layers and {times[8]} times for eight;"
    # The error would be the factor less one, if inference had been right before.
    assert all(measured[f"forgotten_{layers}"] < each - 1 for layers, each in times.items())
    yield "as it was too small before, its error goes from"
    yield "(width 128)."


def srivastava():
    """Srivastava et al. (2014), their p turned round: the introduction on rates, sections 6.1
    (MNIST), 7.4 (sizes of data sets) and 10 (Gaussian noise), the conclusion, Appendix A."""
    typical, inputs = [f"{1 - keep:.1f}" for keep in (0.8, 0.5)], f"{1 - 0.8:.1f}"
    yield f"they give {inputs} as typical where the inputs are real numbers, such as pixels."
    yield (
        f"| hidden layers | {typical[0]} to {typical[1]} | typical {{cite}}`srivastava2014`; 0.5 "
        '"seems to be close to optimal for a wide range of networks and tasks" |'
    )
    yield f"| real-valued inputs | {inputs} | typical {{cite}}`srivastava2014` |"
    yield "| 0.5 is near the best for many tasks; nothing of a maximum |"
    yield f"| {' to '.join(typical)} is typical for hidden units; where to start is not said |"
    yield "where $n$ units are best without dropout, take at least $n/(1-p)$ with it"
    yield "| that many times what is best *without* dropout |"
    yield "| 0.95 to 0.99, where 0.9 is common without dropout |"
    yield "0.99 is in their range, 0.9 is not;"
    # Appendices A.3, B.1 and B.2.
    yield "| 3 to 4; 4 in their network for house numbers, 2 in those for MNIST |"
    yield "4 is theirs, 5 is misquoted |"
    yield "| useful with dropout, too; no rule for it;"  # section 5.1
    yield '| "2-3 times longer" than the same network without |'
    yield "Gaussian noise of mean 1;"
    yield "{cite:t}`srivastava2014`, section 10"
    yield ("with 100 and 500 images of MNIST, {cite:t}`srivastava2014` themselves saw no gain.")
    yield "In 2014, {cite:t}`srivastava2014` reported gains in vision, speech, text and"
    yield "two to three times the training time."


def tips():
    """As they are handed on; and what the experiments try of them."""
    from dropout_book.experiments.questions import tips, which_rates

    yield "| Rate 0.5, for the most sub-networks"
    yield "| Keep 0.8 of the inputs"
    yield (
        "| The usual rates are 0.5, 0.9 and 0.1 | of these, 0.5 as typical for hidden units; "
        "their network for house numbers keeps 0.9 of its input |"
    )
    yield f"[Which rates?][which-rates], up to {max(which_rates.GRID)} |"
    yield "| ask which way round $p$ is: 0.9 dropped leaves little |"
    yield "| Start at 0.2, stay within 0.2 and 0.5"
    yield "| see *keep 0.8* |"
    yield "| Raise the learning rate 10 to 100 times"
    yield "| Momentum 0.9 or 0.99"
    yield "| Max-norm 4 or 5"
    (dropped,) = {arm.settings["input_dropout"] for arm in which_rates.ON_INPUT}
    yield f"[Which rates?][which-rates], with and without {dropped} on the pixels"
    yield f"[The tips?][tips], {tips.MOMENTUM['momentum']} |"
    bound = f"{tips.MAX_NORM['max_norm']:g}"
    yield f"[The tips?][tips], {bound}, which no unit reaches without momentum, so that none"
    yield "would reach 4; with momentum, 4 was not run |"
    yield from told_by_runs()
    assert tips.WIDE["widths"] == tuple(2 * width for width in Run.widths)
    yield "[The tips?][tips] doubles the width of a network that drops; how much more dropout"
    assert questions.question("which-rates").arm("0.5, 0.2").seeds == design.PRIMARY
    yield "Whether that order is better than its reverse is the first thing that the experiment"
    titles = {id: questions.question(id).title for id in questions.IDS}
    titles["r-drop"] = "Two masks that should agree: R-Drop?"
    for id in sorted(set(titles) - {"memorising"}):
        yield f"[{titles[id]}][{id}]"


def told_by_runs():
    """Sentences that tests/experiments/test_answers.py holds to the notebooks, again."""

    def difference(id, first, second):
        return contrast(id, {first: 1, second: -1}, "best.loss")

    assert difference("which-rates", "0.5, 0.2", "0.2, 0.5").t[1] < 0
    yield "Nothing in its runs speaks for that order."
    assert difference("which-rates", "0, 0", "input 0.2, then 0, 0").t[0] > 0
    yield "in our runs the test loss is lower with it, if nothing else is dropped"
    assert abs(difference("tips", "rate 0.1", "rate 0.01, momentum").mean) < 0.01
    yield "in our runs it acts like a larger learning rate"
    for rate in ("0.1", "0.01"):
        assert not any(
            differences("tips", {f"rate {rate}": 1, f"rate {rate}, max-norm": -1}, "best.loss")
        )
    assert difference("weight-decay", "none", "dropout").t[0] > 0
    assert difference("weight-decay", "none, 0.001", "dropout, 0.001").t[0] > 0
    low, high = told.primary("weight-decay")[1].t
    assert low <= 0 <= high
    low, high = difference("weight-decay", "dropout", "dropout, 0.001").t
    assert low <= 0 <= high
    yield "dropout gains beside it, too; whether it still gains beside dropout, our runs cannot"


def r_drop():
    """github.com/dropreg/R-Drop at 9dcc8302: README.md (its first form at 2baa79e), --reg-alpha
    in translation_rdrop/script/run_train.sh, and the two losses that the page links."""
    classes = glued(parallel_notebooks.executed("pytorch", "at-work"))["alpha_mean_32"] * 5
    assert classes == 1  # 2 / classes, so that 2 / 10 = 0.2
    yield "the divergence is divided by the classes as well, ten here,"
    yield "So 5, their value for translation, cannot be carried into the example."
    yield "With the sum, a larger minibatch is a stronger R-Drop: with 32 examples, $\\alpha = 1$"
    yield "With a mean over the examples alone it is twice the paper's, for any minibatch"
    yield "the example halves the cross-entropies, so the same divergence weighs twice as much"
    yield "of July 2021, or one of its many copies: it lacks a comma"
    yield "is 0 if the two are equal and positive if not;"


def in_practice():
    import inspect

    from torch import nn

    yield from srivastava()
    yield from tips()
    yield from r_drop()
    for first_arm, second, key, said in (
        ("none", BN, "bn", "nats over neither, and dropout beside it"),
        (BN, BOTH, "both", "more."),
    ):
        assert dense_gains(first_arm, second)
        yield f"{{glue:text}}`../notebooks/experiments/convolutions.ipynb::dense_{key}:.3f` {said}"
    yield "layer by layer linear map, batch norm, rectifier and dropout, batch norm gains"
    yield "So batch norm did not make dropout needless there;"
    yield "that it does in convolutions, one small network cannot say."
    units = re.search(r"randn\(4_000, (\d+)\)", sources("pytorch", "at-work")["next-batch-norm"])
    yield (
        f"Here are {units[1]} rectified units that know nothing of each other; at $p = 0.5$, what "
        "should have standard deviation 1 has {glue:text}`../notebooks/at-work/pytorch.ipynb::"
        "spread_50:.2f`."
    )
    spread = glued(parallel_notebooks.executed("pytorch", "at-work"))["spread_50"]
    assert 0.5 < spread < 0.8
    yield "and batch norm remembers this sum, to divide by its square root."
    yield "only the first term is left, and batch norm divides by too much."
    yield "{cite:t}`li2019` named this *variance shift*, and found it in the convolutional"
    yield "where layers are wide, they say, it is smaller (for units that know nothing of each"
    yield "let no batch norm come after the first dropout, or let the layers be wide."
    yield "{cite:t}`kim2023` put one dropout after the last batch norm of a branch and before its"
    # Zagoruyko and Komodakis (2016), table 6: WRN-52-1 gains thrice, and WRN-16-4 loses once.
    yield (
        "{cite:t}`zagoruyko2016` drop between the convolutions of residual networks with batch "
        "norm, and report gains in wide ones and in thin ones, and one loss."
    )
    yield "Neighbouring pixels of a feature map say nearly the same."
    yield "Drop whole feature maps, *spatial dropout* {cite}`tompson2015`"
    yield "Drop square blocks of a feature map, *DropBlock* {cite}`ghiasi2018`"
    yield "{cite:t}`zaremba2014` drop only what goes up, from layer to layer, and never what goes"
    yield "{cite:t}`liu2023`"
    # These and what zeros mean: tests/at_work.
    yield from (
        r"\operatorname{ReLU}\Bigl(\frac{m}{1-p}\,z\Bigr) = \frac{m}{1-p}\,\operatorname{ReLU}(z)",
        r"& \operatorname{Var}[\mathbf w^\top \mathbf h'] \\ "
        r"& \quad = \operatorname{Var}[\mathbf w^\top \mathbf h] \\ "
        r"& \qquad + \frac{p}{1-p} \sum_j w_j^2\, E[h_j^2] ,",
        r"n\,H(p) = n\,\bigl(& {-p} \log_2 p \\ & - (1-p) \log_2 (1-p)\bigr) .",
        r"\ell ={}& \frac{\operatorname{CE}_1 + \operatorname{CE}_2}{2} \\ "
        r"& + \frac{\alpha}{4} \bigl(\operatorname{KL}(P_1 \,\|\, P_2) \\ "
        r"& \qquad + \operatorname{KL}(P_2 \,\|\, P_1)\bigr) ,",
        r"$\operatorname{KL}(P \,\|\, Q) = \sum_k P_k \log (P_k / Q_k)$",
        "comes through with probability $(1-p)^T$.",
    )
    yield "There, 0 means silence: a unit that is dropped adds nothing to any sum."
    yield "a ReLU passes on 0 as 0, and a factor that is not negative as it is:"
    yield "a unit that was dropped before it still says ½ to everybody."
    yield "and a logit of 0 is not silence."
    yield "as with the logits above, a score of 0 is not a weight of 0."
    yield "After it, the weights of a position add up to 1 only on average:"
    yield "Dropout goes where a 0 means silence"
    yield "Is 0.5 best?"
    yield "At ½ that is $n$ bits, and all $2^n$ masks are equally likely;"
    yield "has no maximum at ½: it only grows."
    # The section of the textbook, and Krizhevsky et al. (2012), section 4.2.
    of = settings()
    rates = f"{of['dropout1']} after the first hidden layer and {of['dropout2']} after the second"
    # The English edition's: d2l.ai, section 5.6, hparams.
    yield (
        f"in its Chinese edition 2.0, which this book follows, the network has {rates}, and in "
        "the English edition 1.0 it has 0.5 after both."
    )
    yield f"| the textbook's two hidden layers | {of['dropout1']}, {of['dropout2']} |"
    yield "Chinese edition 2.0; 0.5, 0.5 in the English 1.0 |"
    # Srivastava et al. (2014), table 2 and appendix B.2: 0.9, 0.75, 0.75 and 0.5 are kept.
    yield (
        "did, at 0.25, 0.25 and 0.5 in the convolutions of their network for house numbers and "
        "at 0.1 on its pixels, saw the error fall from 3.02 % to 2.55 %,"
    )
    yield "{cite:t}`krizhevsky2012` did, in the first two of theirs, at 0.5."
    # keras-team/keras, examples/mnist_cnn.py; what Adadelta's rate was: keras 2, optimizers.py.
    yield "0.25 after the convolutions, and 0.5 after the dense layer."
    keras = importlib.metadata.distribution("keras").locate_file("keras/src/optimizers")
    today = re.search(r"learning_rate=([\d.]+),", (keras / "adadelta.py").read_text("utf-8"))[1]
    yield (
        "it says `Adadelta()`, whose learning rate was 1.0 by default then and is "
        f"{today} in the version of Keras that we run."
    )
    # Vaswani et al. (2017), section 5.4.
    default = inspect.signature(nn.TransformerEncoderLayer).parameters["dropout"].default
    yield f"both at {default} in their base model."
    yield (
        f"| sub-layers of a transformer | {default} | {{cite:t}}`vaswani2017`; PyTorch's default "
        "for `nn.TransformerEncoderLayer` |"
    )
    assert "outputs of each\n            LSTM layer except the last" in nn.LSTM.__doc__
    yield "it drops the outputs of each layer except the last."
    assert "Efficient Object Localization Using" in nn.Dropout2d.__doc__
    yield "| pretraining in a single pass over much text | 0 |"
    # Its released_checkpoints.md at 368700f3; PaLM's section 5; mmpretrain's drop_path_rate.
    yield "T5 came out again as version 1.1 with the remark"
    yield "PaLM, which saw its text once,"
    yield "how often that version saw its text, the list does not say."
    yield '"was trained without dropout, although dropout of 0.1 is used for finetuning in most'
    yield "drop up to 0.4 of them."
    yield "In 2012, {cite:t}`hinton2012` claimed a great deal in one abstract: that leaving"
    yield "{cite:t}`xue2023` found it again at a scale that nobody had in 2012."
    yield "from 0.5 in 2012 to 0.1 in transformers in 2017 and to 0 in large-scale pretraining."
    yield "{cite:t}`zagoruyko2016` could write in 2016 that batch norm had mainly taken its place"
    # Where to begin: from the tables above.
    yield "| 0.5 after each hidden layer; keep the weights whose validation loss is least |"
    yield "| 0.5 in the dense layers, nothing in the convolutions |"
    yield "| 0.1 on the sub-layers |"
    yield "| a large model, one pass over the data | 0 |"
    yield "| 0.1, or what its authors used |"


def why():
    code = sources("overfitting", "theory")
    number = {
        name: int(re.search(pattern, code[tag])[1])
        for name, tag, pattern in [
            ("sets", "points", r"num_sets, num_points, sigma = (\d+), "),
            ("points", "points", r"num_sets, num_points, sigma = \d+, (\d+), "),
            ("units", "network", r"widths=\(1, (\d+), \1, 1\)"),
            ("sub-networks", "one-training-set", r"range\((\d+) if p else 0\)"),
            ("examples", "features", r"num_examples, num_trials = (\d+), "),
        ]
    }
    tens = {40: "forty", 50: "fifty"}
    drawn = first(word(number["sub-networks"]))
    points = word(number["points"])
    yield f"{first(points)} points lie around one wave of a sine"
    yield f"two hidden layers of {tens[number['units']]} units"
    yield f"its error on the {points} points is nearly zero"
    assert "rates = (0, 0.2)" in code["network"]
    yield f"in one of {word(round(1 / 0.2))} cases"
    yield f"{drawn} of them are drawn thin."
    yield f"so here are {tens[number['sets']]}, each drawn anew from the same sine."
    assert "labels = rng.normal(size=(2, num_examples))" in code["features"]
    yield "always guessing zero, the best one can do here, has an error of 1."
    examples = word(number["examples"])
    yield f"As soon as there are {examples} features, the error on the {examples} examples is zero"
    (_, *shape), _, classes = images()
    pixels = math.prod(shape)
    yield f"pairs of the {pixels} pixels of an image has {math.comb(pixels, 2):,} pairs"
    yield f"With {word(classes)} classes"
    gap = 100 - 100 // classes
    yield f"one time in {word(classes)}: a generalisation gap of about {gap} points."
    assert '"none, 3,000"' in sources("does-it-help", "experiments")["paths"]
    yield "trained on 3,000 images of Fashion-MNIST"
    yield "a normal distribution of mean 0 and variance $1/\\lambda$"
    yield from bias_and_variance()


def bias_and_variance():
    """Of the chapter "Why drop?": its directions, and whose result is whose."""
    of = figures("overfitting", "theory")
    assert of["variance at 0"] > 0.9 * of["error at 0"]
    yield "Without dropout nearly all of the error is variance."
    assert of["on its own points at 0"] < of["on its own points at 0.2"]
    assert of["bias² at 0"] < of["bias² at 0.2"]
    assert of["variance at 0.2"] < 0.7 * of["variance at 0"]
    assert of["error at 0.2"] < of["error at 0"]
    yield "Dropout fits its own points worse, has more bias and much less variance, and the sum is"
    assert of["climb at 0"] > of["climb at 0.2"]
    yield "It still bends where points ask for it, but less: over the training sets below, a curve"
    yield f"is another start, and *Other points* draws {word(int(FIT['points']))} new ones."


def short(rates):
    """(0.5, 0.5) as (.5, .5)."""
    return f"({', '.join(f'{rate:g}'.lstrip('0') for rate in rates)})"


def protocol():
    """Each from the constant that the runs or their statistics use."""
    from dropout_book.experiments import measures  # imports PyTorch
    from dropout_book.experiments.questions import convolutions, does_it_help

    (trained, *_), (tested, *_), _ = images()
    pool = trained - data.HELD_OUT
    yield f"{trained:,} training images"
    yield f"{data.HELD_OUT:,} of them, the same for all runs"
    yield f"from the other {pool:,}"
    yield f"The {tested:,} test images"
    yield f"at {len(data.checkpoints(6_000))} checkpoints"
    yield f"It validates on one in {word(data.OWN)} of its own images instead of training on them."
    yield f"a primary contrast has {word(design.PRIMARY)} seeds"
    yield f"any other on which a sentence rests has at least {word(design.OTHER)}"
    *most, last = map(str, design.RATES)
    yield f"chosen from {', '.join(most)} and {last}"
    yield "for each arm and each metric separately, by the mean of that metric on the validation"
    yield f"over {word(len(design.TUNING))} seeds of their own"
    yield "- test loss of the last weights, - test loss of the weights best by validation,"
    yield "divided by a temperature, fitted on the validation images"
    yield "A run uses them once, at its end, on its last weights and on those best by validation."
    yield "Each seed draws its training images anew"
    yield "the same training images, the same order and, where their networks have the same shape,"
    yield "This page was committed before the first run that it governs."
    yield "is the mean absolute correlation of pairs of units that vary"
    yield "is the mean norm of the loss's gradient by the input"
    yield "A null result says how large a difference its interval excludes."
    yield f"Otherwise it is fixed, at {Run.lr} where nothing else is said"
    assert DIVERGED["loss"] == DIVERGED["tempered"] == math.log(10)
    yield f"scores $\\ln 10$, and an accuracy of {DIVERGED['accuracy']}"
    level = round(100 * paired.LEVEL)
    yield f"its {level} % t interval"
    yield f"below {1 - paired.LEVEL:.2f}"
    yield f"whose {round(200 * paired.LEVEL - 100)} % t interval"
    smallest = paired.sign_flip_p([1.0] * design.OTHER)
    yield f"With {word(design.OTHER)} pairs its p cannot be less than {smallest:.5f}"
    yield f"{word(len(questions.IDS))} primary contrasts"
    assert paired.holm([0.01, 0.02, 0.04]) == [0.03, 0.04, 0.04]  # Bonferroni: .03, .06, .12
    yield "adjusted together by Holm's method"
    shared = questions.question("r-drop").arm("α = 1").settings["batch_size"]
    assert 2 * shared == Run.batch_size
    yield "R-Drop shows each image to two masks, and half as many images a step"
    yield f"a bootstrap interval of {paired.RESAMPLES:,} resamples"
    yield f"of {measures.MONTE_CARLO} masks"
    yield f"turned by {measures.DEGREES}°"
    yield f"over {measures.IMAGES:,} validation images"
    yield f"standard deviation {measures.NOISE}"
    yield f"by {measures.MASKS} masks"
    assert all(
        arm.name.endswith(FRAMEWORKS[library].label)
        for question in questions.all_questions()
        for arm in question.arms
        if (library := arm.run(0).library) != "pytorch"
    )
    yield "All runs are in PyTorch but those of arms that name another library."
    yield f"Hidden layers have {Run.widths[0]} units each"
    dropped = does_it_help.RATES["dropout"]
    yield f'"dropout" is {short(dropped)} after the two of them'
    yield f"one hidden layer of {convolutions.CNN['widths'][0]} units"
    under = questions.question("when-to-drop").arm("throughout, underfitting").settings
    yield f"hidden layers of {under['widths'][0]}, and rates of {short(under['dropout'])}"


def what_it_does():
    yield "holds a 0 for each dropped unit and a 1 for each kept one"  # its layers: by definition
    hiddens = re.search(r"num_hiddens = [\d.]+, (\d+)", sources("ensemble", "theory")["setup"])[1]
    yield f"whose last hidden layer has {NUMBERS[int(hiddens)]} units"
    noise = sources("noise", "theory")
    seeds = int(re.search(r"num_seeds = [\d.]+, (\d+)", noise["setup"])[1])
    t = float(re.search(r"T_OF_EIGHT = ([\d.]+)", noise["k-differences"])[1])
    assert seeds == 8 and abs(t - stats.t.ppf(0.975, seeds - 1)) < 5e-4
    yield f"Each is a mean over {word(seeds)} seeds, with the half width of its 95 % interval"
    ks = re.search(r"for k in \((0, 1, \d+)\)", noise["k-masks"])[1].split(", ")
    yield f"After the last step, {word(int(ks[-1]))} masks a step have a test loss lower"
    yield from theorems()
    yield from measured_theory()


def theorems():
    """Assumptions, claims and proofs, as tests/theory/test_what_it_does.py checks them."""
    # (f - t) f'' for f = tanh at 1, where f'' < 0, with targets below and above it.
    assert min((math.tanh(1) - t) * -1 for t in (0, 1)) < 0 < max(t - math.tanh(1) for t in (0, 1))
    yield "The second is no such thing; it can have either sign."
    # A step of alpha multiplies an eigenvector by 1 - alpha lambda, which must be within 1.
    assert all((abs(1 - alpha * 4) < 1) == (0 < alpha < 2 / 4) for alpha in (-0.1, 0.4, 0.6))
    yield (
        "So for $0 < \\alpha < 2/\\lambda_{\\max}(G)$, where $\\lambda_{\\max}$ is the largest "
        "eigenvalue, the *mean* of the weights arrives, if $G$ is invertible. The weights "
        "themselves do not:"
    )
    p, w = 0.3, 500.0
    # A(w) is w itself for so large a weight, in double precision.
    penalty = p * math.log1p(math.exp(0)) + (1 - p) * (w / (1 - p)) - w
    assert abs(penalty - p * math.log(2)) < 1e-9
    yield "With one input, $x = 1$, it fails. The real penalty rises to $p \\log 2$ and stays"
    # G / n tends to I + p / (1 - p) I.
    assert math.isclose(1 + p / (1 - p), 1 / (1 - p))
    yield "Divided by the number of examples, $G$ tends to $I/(1-p)$ and $X^\\top y$ to $w_0$;"


def measured_theory():
    """What the notebooks of theory measured, in words."""
    of = figures("penalties", "theory")
    measured = of["penalty_not_met"]
    assert abs(of["both_terms"] - measured) < 0.05 * abs(measured)
    assert abs(of["slope_alone"] - measured) > 0.5 * abs(measured)
    yield "For a target that this tanh network does not meet, slope alone would give"
    assert of["relu_measured"] > 1.2 * of["relu_formula"]
    yield "A ReLU has a second derivative of zero wherever it has one, but its kinks do not vanish"
    assert of["second_at_most"] > 0
    assert "X @ [1, 0.2]" in sources("penalties", "theory")["shrinkage"]
    yield "here the small one, 0.2 by least squares, grows to"
    descent = sources("penalties", "theory")["steps"]
    examples = re.search(r"size=\((\d+), 5\)", descent)[1]
    assert "(dropped @ w - y) / len(X)" in descent
    steps = sorted(int(name.rsplit("_", 1)[1]) for name in of if name.startswith("stays_at_"))
    stays = [of[f"stays_at_{step}"] for step in steps]
    assert stays == sorted(stays)
    assert all(of[f"mean_at_{step}"] < 0.5 * of[f"stays_at_{step}"] for step in steps)
    yield (
        f"The figure's step sizes are ${examples}\\,\\alpha$, since its loss is a mean over "
        f"{examples} examples."
    )
    yield "The weights stay at a distance that the step size sets, while the mean of all steps"
    for length in (1, 8):
        assert abs(of[f"quadratic_at_{length}"] / of[f"exact_at_{length}"] - 1) < 0.5
    assert of["ridge_at_8"] > 2 * of["exact_at_8"]
    yield "With eight inputs the approximation holds up: for weights of length one,"
    yield "and at length eight"
    of = figures("ensemble", "theory")
    assert of["geometric_gap"] < 1e-4 < of["arithmetic_gap"] < of["arithmetic_worst"]
    yield "Weight scaling lies on the geometric mean, and the arithmetic mean beside it."
    yield "Above, what the masked networks say of one image; below, the means over all masks, for"
    of = figures("noise", "theory")
    assert of["explicit_1"] > of["explicit_1_half"]
    assert abs(of["implicit_1"]) < of["implicit_1_half"]
    # Its gain is eight masks' and what the noise adds to it; see the larger rate.
    assert of["implicit_3"] < -of["implicit_3_half"] < 0 < of["explicit_3"]
    assert of["explicit_3"] + of["implicit_3"] <= 0.2 * of["explicit_3"]
    yield "nats at the smaller learning rate: the explicit effect."
    yield "One mask a step is lower than eight by"
    yield "the implicit effect, where a negative number says that the noise did harm."
    yield "At the larger learning rate the two are"
    yield (
        "Here the mean loss is what helps; its noise adds nothing that can be seen at the smaller "
        "rate, and at the larger one it undoes the gain."
    )
    yield "the small example above shows the explicit one, and harm by the noise."
    sizes = sorted(int(name.rsplit("_", 1)[1]) for name in of if name.startswith("over_masks_"))
    assert of[f"over_sets_{sizes[-1]}"] < 0.5 * of[f"over_sets_{sizes[0]}"]
    assert of[f"over_masks_{sizes[-1]}"] > 0.5 * of[f"over_masks_{sizes[0]}"]
    yield "From the smallest to the largest training set, the spread over masks goes from"
    yield "So with a fixed $p$ the spread is no measure of how much has been learnt."


def experiments():
    yield f"# Why drop? {first(word(len(questions.IDS)))} answers"
    yield f"{word(len(questions.IDS))} questions, each answered by training"
    yield f"an adjusted p-value below {told.SIGNIFICANT:.2f}"
    # The recorded run, which tests/training trains again.
    without, with_ = (float(training.RECORDED[name]["gap"]) for name in ("without", "with"))
    assert 0.45 < with_ / without < 0.55
    yield f"with $p = {training.P}$ about half of the gap is left"
    shown = [id for id in questions.IDS if told.adjusted_p(id) < told.SIGNIFICANT]
    assert shown == ["activations", "at-test-time", "r-drop", "tips", "memorising"]
    signs = {id: told.primary(id)[1].mean > 0 for id in shown}
    assert signs == {**dict.fromkeys(shown, True), "at-test-time": False, "r-drop": False}
    yield f"{first(word(len(shown)))} of the {word(len(questions.IDS))} contrasts are shown:"
    yield "units that are less alike, weight scaling ahead of the mean over masks, R-Drop behind"
    yield "two masks alone, the package of tips ahead, and fewer wrong labels fitted."
    yield f"{first(word(len(questions.IDS) - len(shown)))} are not, and their intervals say"
    # tests/experiments/test_answers.py holds both.
    yield "The signs of the first answer and of the third hang on the learning rate"
    yield "right of it the second of the two things compared has the lower figure; with weight"
    yield "one may miss zero where the adjusted p-value says"
    assert seeds_say_nothing()
    yield f"[The textbook's setting, from {word(len(textbook_seeds.SEEDS))} seeds]"
    yield "with dropout and without cannot be told apart by test accuracy."
    assert dense_gains(BN, BOTH) and dense_gains(BN, LAST)
    yield "beside it, dropout gains in test loss."
    # tests/experiments/test_keras_example.py
    yield "as it is copied, it learns badly today, for a reason that is not dropout."


def exercises():
    """Numbers in answers, each computed; tests/derivation/test_exercises.py adds up masks."""
    from dropout_book.experiments import contrast

    of = settings()
    rates = of["dropout1"], of["dropout2"]
    yield (
        f"drops {rates[0]} of the first hidden layer and {rates[1]} of the second. Swap the two."
    )
    sizes = of["num_inputs"], of["num_hiddens1"], of["num_hiddens2"], of["num_outputs"]
    weights = [rows * columns for rows, columns in zip(sizes, sizes[1:])]
    assert round(4 * weights[0] / sum(weights), 1) == 3
    yield "three quarters of its weights come before the first dropout."
    unit = [0, 2]
    without, mean_square = statistics.pvariance(unit), statistics.mean(x**2 for x in unit)
    with_it = without + 0.5 / (1 - 0.5) * mean_square
    yield (
        f"A unit that is 0 for half of the examples and 2 for the others has variance "
        f"{without:.0f} without dropout, and {with_it:.0f} with it."
    )
    connect = contrast("other-noises", {"Bernoulli": 1, "DropConnect": -1}, "best.loss")
    assert connect.t[1] < 0
    yield "weights dropped in that way ended with a higher test loss than dropped units"
    yield "So any $\\xi$ of mean 1 and variance $\\frac{p}{1-p}$ has dropout's first two moments"
    units = of["num_hiddens1"]
    half, share = units // 2, math.comb(units, units // 2) / 2**units
    yield f"A layer of {units} units has $p = 0.5$. How often does it drop exactly {half} of them?"
    assert round(1 / share) == 20
    yield f"In {100 * share:.1f} % of the draws."
    yield f"here {half}, give or take a standard deviation of {math.sqrt(units / 4):.0f}."
    twice = 1 - (1 - 0.5) * (1 - 0.5)
    yield "- One with 0.5: what is dropped is dropped."
    yield f"- One with {twice}."
    yield "- One with 1: all is lost."
    yield f"One with {twice}. With rates $p$ and $q$"
    assert 1 / (1 + math.exp(0)) == 0.5
    yield "What does each make of 0, and what"
    yield "Tanh keeps 0, but squeezes what was scaled up. The sigmoid of 0 is ½"
    first_layer = (1 - rates[0]) * (1 - rates[1])
    yield f"The network has rates {rates[0]} and {rates[1]}."
    yield f"- By {1 - rates[0]}."
    yield f"- By {1 - rates[1]}."
    yield f"- By {first_layer}."
    yield f"By {first_layer}, for it comes through both layers"
    yield f"the second matrix is multiplied by {1 - rates[1]}, and that of the third is right."
    noted = 1 / (1 - 0.5)
    yield "Units of mean 0 and variance 1 pass dropout with $p = 0.5$"
    yield "- 1: that is what a batch norm is for."
    yield f"- {math.sqrt(noted):.2f}."
    yield f"- {1 / math.sqrt(noted):.2f}."
    yield (
        f"{1 / math.sqrt(noted):.2f}: it has noted a variance of {noted:.0f} and divides by its "
        "root, and at test time the variance is 1."
    )
    yield "takes the mean of the cross-entropy over 64 examples, but the sum of the distances."
    yield "- It acts as 64 times as large, and changes with the batch size."
    yield "- It acts as one 64th."
    yield "It acts as 64 times as large, and another batch size is another loss."
    yield from exercises_by_hand()
    tips = questions.question("tips").arm("full package").settings
    yield f"what else does momentum of {tips['momentum']} change"
    assert round(1 / (1 - tips["momentum"]), 9) == 10
    yield "a step becomes ten times as long"


def exercises_by_hand():
    """What tests/derivation/test_exercises.py adds up, and where a picture's better side is."""
    text = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    textbook, ours = text.split("## The textbook's")[1].split("\n## Nine of ours")
    count = [len(re.findall(r"(?m)^### ", each)) for each in (textbook, ours)]
    yield f"The textbook asks {word(count[0])} such questions and answers none"
    yield f"Here they are in our words, and then {word(count[1])} of our own."
    assert questions.question("when-to-drop").arm("early, underfitting").run(0).schedule == "early"
    assert 'first quarter of the steps ("early")' in Run.__doc__
    yield "Dropout is on for the first quarter of the steps and off from then on."


def glossary():
    """Names as the notebooks on semantics found them."""

    def argument(form):
        return re.match(r"`(\w+)", form["argument"])[1]

    names = {
        each: list(dict.fromkeys(map(argument, answers(each).values())))
        for each in INSTALLED
        if each != "numpy"
    }
    one = [label(each) for each in names if names[each] == ["p"]]
    other = ["Flax" if each == "jax" else label(each) for each in names if names[each] == ["rate"]]
    if "mxnet" in names:
        assert names["mxnet"] == ["p", "rate"]
    yield (
        f"It is `p` in {' and '.join(one)}, `rate` in {' and '.join(other)}, and in MXNet `p` "
        "for the function and `rate` for the layer."
    )
    seeds = {each: layer(each)["seed"] for each in names}
    for each, said in seeds.items():
        if each != "jax":
            yield f"{said} in {label(each)}"
    stateful = [label(each) for each in names if switch_of(each) == "`.train()`, `.eval()`"]
    owners = "'s and ".join(stateful)
    yield f"{owners}'s layers are switched by `.train()` and `.eval()`"
    yield f"Keras' by {switch_of('tensorflow')}"
    if "mxnet" in names:
        yield f"MXNet's by {switch_of('mxnet')}"
    yield f"Flax's by {switch_of('jax')}"
    yield "brings each unit to mean 0 and variance 1 over a minibatch in training"
    yield "meets one variance in training and a smaller one at test time"


FACTS = {
    "comparison": comparison,
    "d2l": d2l,
    "derivation": derivation,
    "dictionary": dictionary,
    "exercises": exercises,
    "experiments": experiments,
    "glossary": glossary,
    "implementation": implementation,
    "in-practice": in_practice,
    "index": index,
    "proof": proof,
    "protocol": protocol,
    "speed": speed_page,
    "what-it-does": what_it_does,
    "why": why,
}


STATEMENTS = yaml.safe_load(
    (ROOT / "tests" / "pages" / "statements.yml").read_text(encoding="utf-8")
)


@cache
def facts(page):
    stated = [each for group in STATEMENTS if group["page"] == page for each in group["says"]]
    return [*FACTS[page](), *stated]


# Where numbers are held by something else: figures glued or made of a record, formulas
# (tests/derivation; and those in facts), code, sources.
ELSEWHERE = re.compile(
    r"""```.*?```|~~~.*?~~~|\$\$.*?\$\$|\$[^$\n]+\$|\{[\w:-]+\}`[^`]*`|`[^`\n]*`
        |\]\([^)]*\)|^:.*$|^\|[\s:|-]+\|$|<[^>\n]+>""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
CLAIM = re.compile(r"(?<!\w)[\d.,]*\d(?!\w)|\*\*(?:on|off)\*\*|[¼½−]")
TABLES = {
    "derivation": r"(?m)^\|.*[¼−].*\|$",  # the ReLU's, which tests/derivation holds
    "exercises": r"(?m)^### \d+\. ",  # counted in tests/derivation
}


def problems(page, text):
    """What does not stand on the page as it must, and what no fact is about."""
    flat = re.sub(r"\s*\n\s*", " ", text)
    found, rest = [], re.sub(TABLES.get(page, r"(?!)"), "", text)
    for fact in facts(page):
        if fact not in flat and fact not in text:
            found.append(f"must say: {fact}")
        # Lines may break anywhere in it.
        pattern = r"\s+".join(map(re.escape, fact.split()))
        rest = re.sub(pattern, "", rest)
    found += [f"no fact is about: {each}" for each in CLAIM.findall(ELSEWHERE.sub("", rest))]
    return found
