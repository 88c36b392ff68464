"""What the models reach lies in a band: it learns, and it does not learn by heart."""

import json
import subprocess
import sys

import pytest

from parallel_notebooks import executed, glued

# The last epoch's figures, as (above, below). The lower bound of the loss and the upper
# ones of the accuracies catch a network that does not drop, or a test on training data.
BAND = {"train_loss": (0.2, 0.45), "train_acc": (0.80, 0.95), "test_acc": (0.80, 0.95)}

# At this learning rate the test accuracy dips below 0.80 now and then: in 7 of 100
# epochs (the 6th to 10th of 20 seeds of the NumPy model). The seed of the notebooks is
# fixed, but on a processor that rounds otherwise it makes another run. So a model that
# missed the band is trained again, with other seeds: that six runs miss it by chance
# has probability 0.07^6 = 1.2e-7.
OTHER_SEEDS = range(1, 6)

TRAIN = """
import json, sys
from parallel_notebooks import run_cells
framework, model, seed = sys.argv[1:]
ns = run_cells(framework, ["setup", "dropout-layer", "data", "mlp-scratch", "training-loop",
                           f"mlp-{model}", f"train-{model}"],
               change=lambda tag, source: source.replace("seed = 0", f"seed = {seed}"))
print(json.dumps(ns[f"{model}_history"].last()))
"""


def misses(figures):
    return {
        name: figures[name]
        for name, (above, below) in BAND.items()
        if not above < figures[name] < below
    }


@pytest.mark.built
@pytest.mark.parametrize("model", ["scratch", "concise"])
def test_training_reaches_the_band(framework, model, pytestconfig):
    on_the_page = glued(executed(framework))
    missed = [misses({name: on_the_page[f"{model}_{name}"] for name in BAND})]
    for seed in OTHER_SEEDS:
        if not missed[-1]:
            break
        done = subprocess.run(
            [sys.executable, "-c", TRAIN, framework, model, str(seed)],
            cwd=pytestconfig.rootpath / "tests",
            text=True,
            stdout=subprocess.PIPE,
            check=True,
        )
        missed.append(misses(json.loads(done.stdout.splitlines()[-1])))
    assert not missed[-1], f"outside {BAND}: {missed}"
