"""No random key of the JAX notebook is used twice: two draws from one key are one draw.

JAX itself counts (https://docs.jax.dev/en/latest/jax.experimental.key_reuse.html). That a key
is drawn from and then split shows in no statistics of the masks, and yet it is a mistake. On
purpose, the gradient check holds one still, and both trainings start from the same.
"""

import json
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
RUNS = {  # tags, and what stands in a cell and shall stand there instead
    "scratch": (SCRATCH, {}),
    "concise": (CONCISE, {}),
    "a key is drawn from and split": (
        SCRATCH,
        {"train_step(params, X, y, subkey)": "train_step(params, X, y, key)"},
    ),
    "two layers draw from one key": (
        SCRATCH,
        {"dropout_layer(H2, dropout2, key2)": "dropout_layer(H2, dropout2, key1)"},
    ),
}
# Two minibatches in each of two epochs.
SHORT = {
    "num_epochs, lr = 10": "num_epochs, lr = 2",
    "= load_fashion_mnist()": "= ((X[:512], y[:512]) for X, y in load_fashion_mnist())",
}
SCRIPT = """
import json, sys
from parallel_notebooks import run_cells
from test_keys import RUNS, SHORT
found = {}
for name, (tags, wrong) in RUNS.items():
    def change(tag, source):
        for old, new in {**SHORT, **wrong}.items():
            source = source.replace(old, new)
        return source
    try:
        run_cells(sys.argv[1], tags, change=change)
        found[name] = "no error"
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
"""


@pytest.fixture(scope="module", params=[each for each in INSTALLED if each == "jax"])
def found(request):
    """What each of RUNS ended with."""
    paths = [str(ROOT / "tests" / "notebooks"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, request.param],
        cwd=ROOT / "tests",
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "JAX_DEBUG_KEY_REUSE": "1",
            "MPLBACKEND": "agg",
            "TQDM_DISABLE": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", [name for name, (_, wrong) in RUNS.items() if not wrong])
def test_no_key_is_used_twice(found, name):
    assert found[name] == "no error"


@pytest.mark.parametrize("name", [name for name, (_, wrong) in RUNS.items() if wrong])
def test_one_that_is_would_be_noticed(found, name):
    assert found[name].startswith("KeyReuseError")
