"""The same seed gives the same figures, in a new process too; another seed does not."""

import json
import subprocess
import sys

import pytest

from parallel_notebooks import run_cells

TAGS = """
    setup dropout-layer data mlp-scratch training-loop train-scratch mlp-concise train-concise
""".split()


def train(framework, seed):
    """`{model: [loss, accuracies]}` of one epoch of ten minibatches. The seed is that of the
    masks: weights and order of the images stay those of seed 0."""

    def change(tag, source):
        return (
            source.replace("seed = 0", f"seed = {seed}")
            .replace("seed=seed)", "seed=0)")
            .replace("batch_size, seed", "batch_size, 0")
            .replace("num_epochs, lr = 10, 0.5", "num_epochs, lr = 1, 0.5")
            .replace(
                "= load_fashion_mnist()",
                "= ((X[:2560], y[:2560]) for X, y in load_fashion_mnist())",
            )
        )

    notebook = run_cells(framework, TAGS, change=change)
    histories = {model: notebook[f"{model}_history"] for model in ("scratch", "concise")}
    return {
        model: [history.train_loss, history.train_acc, history.test_acc]
        for model, history in histories.items()
    }


@pytest.fixture(scope="module")
def elsewhere(framework, pytestconfig):
    """The figures of seed 1, and then those of seed 0, in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "dropout.test_repeatable", framework, "1", "0"],
        cwd=pytestconfig.rootpath / "tests",
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_seed_decides_every_figure(framework, elsewhere):
    other, again = elsewhere
    first = train(framework, 0)
    assert all(len(figure) == 1 for model in first.values() for figure in model)
    assert again == first
    for model in first:
        assert other[model] != first[model]


if __name__ == "__main__":
    name, *seeds = sys.argv[1:]
    print(json.dumps([train(name, seed) for seed in seeds]))
