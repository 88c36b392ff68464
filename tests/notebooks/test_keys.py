"""No random key of the JAX notebook is used twice: two draws from one key are one draw.

JAX itself counts (https://docs.jax.dev/en/latest/jax.experimental.key_reuse.html). That a key
is drawn from and then split shows in no statistics of the masks, and yet it is a mistake. On
purpose, the gradient check holds one still, and both trainings start from the same.
"""

import os
import subprocess
import sys

import pytest

from installed import INSTALLED
from parallel_notebooks import ROOT

BEFORE = ["setup", "dropout-layer", "dropout-demo", "unbiased", "data"]
NETWORK = ["mlp-scratch", "training-loop"]
SCRATCH = [*BEFORE, *NETWORK, "train-scratch"]
CONCISE = [*BEFORE, *NETWORK, "mlp-concise", "train-concise", "inference"]

# Two minibatches in each of two epochs.
SCRIPT = """
from parallel_notebooks import run_cells
def change(tag, source):
    return (source.replace({right!r}, {wrong!r})
                  .replace("num_epochs, lr = 10", "num_epochs, lr = 2")
                  .replace("= load_fashion_mnist()",
                           "= ((X[:512], y[:512]) for X, y in load_fashion_mnist())"))
run_cells({framework!r}, {tags}, change=change)
"""

by_framework = pytest.mark.parametrize("framework", [each for each in INSTALLED if each == "jax"])


def run(framework, tags, right="seed = 0", wrong="seed = 0"):
    return subprocess.run(
        [
            sys.executable,
            "-c",
            SCRIPT.format(framework=framework, tags=tags, right=right, wrong=wrong),
        ],
        cwd=ROOT / "tests",
        env={**os.environ, "JAX_DEBUG_KEY_REUSE": "1", "MPLBACKEND": "agg", "TQDM_DISABLE": "1"},
        capture_output=True,
        text=True,
    )


@by_framework
@pytest.mark.parametrize("tags", [SCRATCH, CONCISE], ids=["scratch", "concise"])
def test_no_key_is_used_twice(framework, tags):
    done = run(framework, tags)
    assert done.returncode == 0, done.stderr


@by_framework
@pytest.mark.parametrize(
    "right, wrong",
    [
        ("train_step(params, X, y, subkey)", "train_step(params, X, y, key)"),
        ("dropout_layer(H2, dropout2, key2)", "dropout_layer(H2, dropout2, key1)"),
    ],
)
def test_one_that_is_would_be_noticed(framework, right, wrong):
    assert "KeyReuseError" in run(framework, SCRATCH, right, wrong).stderr
