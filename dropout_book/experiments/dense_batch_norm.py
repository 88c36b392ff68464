"""Batch norm in a dense network: does it make dropout needless there?

The network of most questions, whose hidden layers become affine map, batch norm, rectifier,
dropout, in this order. It was asked when the questions of the protocol had been answered, so
it is exploratory; but this was fixed before it ran. All is as in the arms "none, 3,000" and
"dropout, 3,000" of does-it-help, and its runs of the same seeds are what they are compared
with: 3,000 images, 3,000 steps, seeds 0 to 19, the rate that the protocol's seeds for tuning
choose for the weights best by validation. What is compared is the test loss of these weights.

    python -m dropout_book.experiments.dense_batch_norm

writes results/dense-batch-norm.json; it takes ten minutes on two cores.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from dropout_book.experiments.design import PRIMARY, Arm, value
from dropout_book.experiments.questions.does_it_help import AT_PRIMARY_SIZE
from dropout_book.experiments.run import execute
from dropout_book.records import record

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("results") / "dense-batch-norm.json"
DEPENDS = [
    *(
        f"dropout_book/experiments/{name}.py"
        for name in ("dense_batch_norm", "run", "data", "scores", "watch", "in_pytorch")
    ),
    "dropout_book/data.py",
    "pin numpy",
    "pin torch",
]
METRIC, NORMED = "best.loss", "normed mlp"
BN, BOTH, LAST = "BN", "BN, dropout in both", "BN, dropout after the last"
ARMS = tuple(
    Arm(
        name,
        {
            **AT_PRIMARY_SIZE["none"].settings,
            "network": NORMED,
            "batch_norm": True,
            "dropout": rates,
            "measures": (),
        },
        seeds=PRIMARY,
        tuned=True,
        headlines=(METRIC,),
    )
    for name, rates in {BN: (0.0, 0.0), BOTH: (0.5, 0.5), LAST: (0.0, 0.5)}.items()
)
SAMPLE_STEPS = 100


def network(run, member):
    """Of PyTorch's networks one that in_pytorch.py does not have."""
    from torch import nn
    from torch.nn import functional as F

    from dropout_book.experiments.in_pytorch import MLP

    class NormedMLP(MLP):
        """Affine map, batch norm, rectifier, dropout, for each hidden layer."""

        def __init__(self):
            super().__init__(run, member)
            self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in run.widths)

        def hidden(self, X):
            passed, H = [], X
            for norm, W, b, p in zip(self.norms, self.weights, self.biases, run.dropout):
                H = self.noisy(F.relu(norm(F.linear(H, W, b))), p)
                passed.append(H)
            return passed, F.linear(H, self.weights[-1], self.biases[-1])

    return NormedMLP()


def result(run):
    from dropout_book.experiments.in_pytorch import NETWORKS

    NETWORKS[NORMED] = network
    return execute(run)["result"]


def sample(arm, rate):
    """The validation loss of the first seed after the first steps, soon computed again."""
    run = replace(arm.run(0, lr=rate), steps=SAMPLE_STEPS)
    return value(result(run), "last.validation_loss")


def recorded():
    """`{arm: {"rate": …, "sample": …, METRIC: [a number for each seed]}}`, as recorded."""
    return record.load(RECORD)[""]["data"]


def main():
    depends, results = record.digests(ROOT, DEPENDS), {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawn) as pool:

        def carry_out(runs):
            results.update(zip(runs, tqdm(pool.map(result, runs), total=len(runs))))

        carry_out([run for arm in ARMS for run in arm.tuning()])
        carry_out([run for arm in ARMS for run in arm.chosen(METRIC, results)])
    data = {}
    for arm in ARMS:
        rate = arm.rate(METRIC, results)
        data[arm.name] = {
            "rate": rate,
            "sample": sample(arm, rate),
            METRIC: [value(results[run], METRIC) for run in arm.chosen(METRIC, results)],
        }
    record.write(RECORD, data, depends, by="python -m dropout_book.experiments.dense_batch_norm")


if __name__ == "__main__":
    main()
