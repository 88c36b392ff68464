"""The audit of the textbook's code runs the textbook's code, on our data, and measures
its layers rightly."""

import ast
import base64
import hashlib
import importlib.metadata
import inspect
from pathlib import Path
from statistics import NormalDist
from unittest import mock

import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from benchmarks.run import Worker
from benchmarks.worker import Textbook
from dropout_book.data import load_fashion_mnist
from dropout_book.textbook import as_array, bound
from parallel_notebooks import run_cells, sources

MODULE = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet", "paddle": "paddle"}
FUNCTIONS = [
    "load_data_fashion_mnist",
    "train_ch3",
    "train_epoch_ch3",
    "evaluate_accuracy",
    "accuracy",
    "sgd",
]

KEPT = {  # with probability, by the glue's key of a layer
    "published": lambda p: 1 - p,
    "keyed": lambda p: 1 - p,
    "like": lambda p: 1 - p,
    "repaired": lambda p: 1 - p,
    "normal": lambda p: 1 - NormalDist().cdf(p),
    "old_default": lambda p: (1 - p) / 2,
}
LAYERS = {
    "pytorch": {"published", "normal", "like", "repaired"},
    "tensorflow": {"published", "repaired"},
    "mxnet": {"published"},
    "paddle": {"published", "old_default"},
    "jax": {"published", "keyed"},
}


# JAX's notebook looks at the layer alone: its tab belongs to another edition.
trains = pytest.mark.only("pytorch", "tensorflow", "mxnet", "paddle")

# --- it is the textbook's


@trains
def test_the_loop_is_the_textbooks_own(framework, notebook):
    """In the namespace of the notebook, after its set-up."""
    module = notebook["d2l"]
    assert module.__name__ == f"d2l.{MODULE[framework]}"
    for name in FUNCTIONS:
        function = getattr(module, name)
        assert function.__module__ == module.__name__
        assert inspect.getsourcefile(function) == module.__file__


@trains
def test_the_package_is_as_it_was_published(framework, notebook):
    """Its file is the one that the wheel's record names, to the bit."""
    distribution = importlib.metadata.distribution("d2l")
    assert distribution.version == "0.17.6"
    (record,) = (file for file in distribution.files if str(file) == f"d2l/{MODULE[framework]}.py")
    path = Path(notebook["d2l"].__file__)
    assert path.samefile(record.locate())
    digest = hashlib.sha256(path.read_bytes()).digest()
    assert record.hash.mode == "sha256"
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == record.hash.value


@trains
def test_the_notebook_replaces_only_the_drawing_and_the_worker_processes(framework):
    replaced = {
        target.attr
        for source in sources(framework, "d2l").values()
        for node in ast.walk(ast.parse(TransformerManager().transform_cell(source)))
        for target in getattr(node, "targets", [])
        if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "d2l"
    }
    assert replaced - {"get_dataloader_workers"} == {"Animator"}


@trains
def test_what_the_benchmark_times_is_the_textbooks_own(framework):
    """In a process of its own where what was done in this one stands in the way: TensorFlow has
    looked up where its data lie, and MXNet's loader forks as soon as it is made."""
    if framework in {"tensorflow", "mxnet"}:
        worker = Worker("Textbook", framework)
        worker.close()
        about = worker.about
    else:
        about = Textbook(framework).about()
    assert about["timed"] == [
        f"d2l.{MODULE[framework]}.{name}"
        for name in ("train_epoch_ch3", "evaluate_accuracy", "load_data_fashion_mnist")
    ]
    # TensorFlow's loader reads in its own process.
    assert about["loader processes"] == (0 if framework == "tensorflow" else 4)


# --- on our data


@trains
def test_the_textbooks_loader_gives_our_data(loaded, framework):
    """The whole test set, whose order is the loader's own, and a training batch's form."""
    _, (X_test, y_test) = load_fashion_mnist()
    X, y = (
        np.concatenate(
            [as_array(batch[half]).reshape(len(batch[0]), -1) for batch in loaded["test_batches"]]
        )
        for half in (0, 1)
    )
    assert X.shape == (10_000, 784)
    # As bytes again; Keras divides in double precision, the others in single.
    theirs = np.column_stack([y.ravel(), np.rint(255 * X)]).astype(np.uint8)
    ours = np.column_stack([y_test, np.rint(255 * X_test.reshape(-1, 784))]).astype(np.uint8)
    assert sorted(map(bytes, theirs)) == sorted(map(bytes, ours))
    batch = as_array(loaded["train_batches"][0][0])
    assert len(batch) == 256 and 0 <= batch.min() < batch.max() <= 1


# --- its layers


@pytest.fixture(scope="module")
def layers(framework, notebook):
    """`{key: (layer, array of a million ones)}`, as the notebook reports them."""
    reported = {}

    def report_layers(layers, ones):
        reported.update({key: (layer, ones) for key, layer in layers.values()})

    with mock.patch.dict(notebook, report_layers=report_layers):
        run_cells(framework, ["keep-rate"], notebook, topic="d2l")
    assert set(reported) == LAYERS[framework]
    return reported


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.8])
def test_layers_keep_what_arithmetic_says(layers, p):
    """A million draws, within 7 standard errors, 0.0035 at most. A normal statistic is
    beyond with probability 2.6e-12: for 8 layers and 4 probabilities, 8.2e-11."""
    for key, (layer, ones) in layers.items():
        h = as_array(layer(ones, p))
        expected = KEPT[key](p)
        assert h.size == 1_000_000
        assert abs((h != 0).mean() - expected) < bound(expected, h.size), key
        np.testing.assert_allclose(h[h != 0], 1 / (1 - p), rtol=5e-7)


def test_only_a_key_by_default_repeats_the_mask(layers, framework):
    """Two masks of a million elements agree by chance with probability 2^-1,000,000."""
    for key, (layer, ones) in layers.items():
        same = (as_array(layer(ones, 0.5)) == as_array(layer(ones, 0.5))).all()
        assert same == ((framework, key) == ("jax", "published")), key


@pytest.mark.only("pytorch")
def test_the_published_mask_is_made_on_the_cpu(notebook):
    """PyTorch's alone: on "meta", as on a GPU, the layer fails, and the repair does not."""
    torch = notebook["torch"]
    X = torch.ones(2, 3, device="meta")
    with pytest.raises(RuntimeError, match="device"):
        notebook["dropout_layer"](X, 0.5)
    assert notebook["repaired_layer"](X, 0.5).device == X.device


# In half precision; each bound is of 7 standard errors, as above.


@pytest.mark.only("pytorch")
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_the_repair_is_right_in_every_precision(notebook, dtype):
    torch = notebook["torch"]
    ones = torch.ones(1000, 1000, dtype=getattr(torch, dtype))
    for p in 0.0, 0.001, 0.1:
        h = notebook["repaired_layer"](ones, p)
        assert h.dtype == ones.dtype
        assert abs((h != 0).double().mean() - (1 - p)) <= bound(p, ones.numel())


@pytest.mark.only("pytorch")
def test_a_mask_in_bfloat16_is_wrong_and_the_published_one_changes_the_dtype(notebook):
    torch = notebook["torch"]
    ones = torch.ones(1000, 1000, dtype=torch.bfloat16)
    for p in 0.0, 0.001, 0.1:
        kept = (notebook["like_layer"](ones, p) != 0).double().mean()
        assert (1 - p) - kept > bound(p, ones.numel())
    assert notebook["dropout_layer"](ones, 0.1).dtype == torch.float32


@pytest.mark.only("pytorch")
def test_a_uniform_float32_is_a_multiple_that_may_be_zero(notebook):
    u = notebook["torch"].rand(1_000_000)
    assert (u * 2**24 % 1 == 0).all() and not (u * 2**23 % 1 == 0).all()


@pytest.mark.only("tensorflow")
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_tensorflows_published_layer_refuses_half_precision(notebook, dtype):
    tf = notebook["tf"]
    ones = tf.ones((1000, 1000), dtype)
    with pytest.raises(tf.errors.InvalidArgumentError):
        notebook["dropout_layer"](ones, 0.1)
    for p in 0.0, 0.001, 0.1:
        h = notebook["repaired_layer"](ones, p)
        assert h.dtype == ones.dtype
        assert abs(np.mean(as_array(h) != 0) - (1 - p)) <= bound(p, 1_000_000)
