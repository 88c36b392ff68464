"""The textbook's setting, from seed after seed: what its section shows of a single run.

The NumPy notebook's network from scratch and its own loop, at the section's hyperparameters:
10 epochs of Fashion-MNIST, minibatches of 256, learning rate 0.5, dropout at 0.2 and 0.5; and
the same with both at 0. A seed decides the first weights, the order of the images and the
masks, so the two runs of a seed start alike. No protocol governs it, but this was fixed before
it ran: seeds 0 to 19; the test accuracy after the last epoch, its mean and its standard
deviation over the seeds; the difference between the two runs of a seed.

    python -m dropout_book.experiments.textbook_seeds

writes results/textbook-seeds.json; it takes ten minutes on two cores.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dropout_book import cells
from dropout_book.records import record

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "dropout" / "numpy.ipynb"
RECORD = Path(__file__).with_name("results") / "textbook-seeds.json"
TAGS = ("setup", "dropout-layer", "data", "mlp-scratch", "training-loop")
DEPENDS = [
    *(f"notebooks/dropout/numpy.ipynb#{tag}" for tag in TAGS),
    *(f"dropout_book/{name}.py" for name in ("data", "history", "weights")),
    "dropout_book/experiments/textbook_seeds.py",
    "pin numpy",
]
WITH, WITHOUT = "with dropout", "without dropout"
WRITTEN = {"seed = 0": "seed = {seed}", "dropout1, dropout2 = 0.2, 0.5": "{rates}"}
RATES = {WITH: "dropout1, dropout2 = 0.2, 0.5", WITHOUT: "dropout1, dropout2 = 0, 0"}
SEEDS, EPOCHS = range(20), 10
SAMPLE = 20 * 256  # examples: twenty steps


def notebook(arm, seed):
    """The notebook's namespace with everything that is needed to train."""

    def change(tag, source):
        for old, new in WRITTEN.items():
            source = source.replace(old, new.format(seed=seed, rates=RATES[arm]))
        return source

    return cells.run(NOTEBOOK, TAGS, change=change)


def train(arm, seed, num_examples=None, num_epochs=1):
    """The History of so many epochs on the first examples, by default on all of them."""
    found = notebook(arm, seed)
    found["rng"] = np.random.default_rng(seed)  # as the notebook does before it trains
    X, y = (found[name][:num_examples] for name in ("X_train", "y_train"))
    train_iter = found["Minibatches"](X, y, found["batch_size"], seed)
    return found["train"](found["net"], train_iter, found["test_iter"], num_epochs, found["lr"])


def sample(arm, seed):
    """The mean loss of the first steps on few images, which is soon computed again.

    Only the first steps are the same everywhere: at this learning rate the sums of another
    number of threads, 1e-7 apart at first, make another run after some forty steps.
    """
    return train(arm, seed, num_examples=SAMPLE).train_loss[0]


def run(arm, seed):
    """`{"sample": loss, "train_loss": [...], "test_acc": [...]}`, a number for each epoch."""
    history = train(arm, seed, num_epochs=EPOCHS)
    return {
        "sample": sample(arm, seed),
        "train_loss": history.train_loss,
        "test_acc": history.test_acc,
    }


def recorded():
    """A row for each epoch of each run, as `experiments.curves` has them; a step is an epoch."""
    import pandas

    return pandas.concat(
        [
            pandas.DataFrame(each).assign(
                arm=arm, seed=seed, step=range(1, len(each["test_acc"]) + 1)
            )
            for arm, runs in record.load(RECORD)[""]["data"].items()
            for seed, each in zip(SEEDS, runs)
        ],
        ignore_index=True,
    )


def main():
    # IPython, which a notebook's set-up starts, takes the place of __main__ in a worker.
    from dropout_book.experiments.textbook_seeds import run

    depends = record.digests(ROOT, DEPENDS)
    runs = [(arm, seed) for arm in RATES for seed in SEEDS]
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(tqdm(pool.map(run, *zip(*runs)), total=len(runs), unit="run"))
    data = {arm: [each for (of, _), each in zip(runs, done) if of == arm] for arm in RATES}
    record.write(RECORD, data, depends, by="python -m dropout_book.experiments.textbook_seeds")


if __name__ == "__main__":
    main()
