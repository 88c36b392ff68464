"""The notebook's own training loop, watched from the first epoch to the last: when, where
and how it drops. Only the minibatches are fewer than on the page."""

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from adapters import ADAPTERS
from mask_statistics import assert_independent, assert_rate
from parallel_notebooks import run_cells

MODELS = ["scratch", "concise"]
BATCHES = 2  # in an epoch

# Comparisons of masks, for the odds in mask_statistics.py: in 10 epochs of 2 steps with 2
# layers, there are 40 calls of dropout, and one framework makes 2 models × (42 rates + 780
# pairs of calls + 80 pairs of neighbours) = 1804 comparisons, all six 10,824. At 30,000
# draws, as most have, the bound for p = 0.2 is 0.018.


@pytest.fixture(scope="module", params=MODELS)
def run(request, framework, notebook):
    """All that dropout did in `num_epochs` epochs of BATCHES batches, and one more
    evaluation.

    `training` and `evaluation` list, for every call of dropout in the order of calls,
    its input and its output; `logits` lists those of each evaluation; `epochs` are those
    whose minibatches were asked for, and `X` is the first of all.
    """
    model = request.param
    # Models of our own, which are still untrained and which no compiler has met, in one
    # namespace with what they call, as in the notebook.
    library = ADAPTERS[framework](
        run_cells(
            framework,
            ["dropout-layer", "mlp-scratch", "training-loop", "mlp-concise"],
            dict(notebook),
        )
    )
    X, y = notebook["X_train"], notebook["y_train"]
    batch_size = notebook["batch_size"]
    n = BATCHES * batch_size
    train_iter = library.minibatches(X[:n], y[:n], batch_size)
    test_iter = library.minibatches(X[n : n + 500], y[n : n + 500], batch_size)
    watched = SimpleNamespace(
        training=[],
        evaluation=[],
        logits=[],
        notebook=library.notebook,
        num_epochs=notebook["num_epochs"],
        X=library.numpy(next(train_iter.shuffled(0))[0]),
    )
    phase = [watched.training]

    def watched_dropout(real, X, *rest, **named):
        output, calls = real(X, *rest, **named), phase[-1]
        library.observe(lambda *seen: calls.append(tuple(map(np.array, seen))), X, output)
        return output

    def watched_evaluation(*arguments):
        logits = []

        def count_correct(y_hat, y):
            logits.append(library.numpy(y_hat))
            return real_count(y_hat, y)

        phase.append(watched.evaluation)
        with mock.patch.dict(library.notebook, count_correct=count_correct):
            accuracy = real_evaluation(*arguments)
        phase.pop()
        watched.logits.append(np.concatenate(logits))
        return accuracy

    real_evaluation, real_count = (
        library.notebook[name] for name in ["evaluate_accuracy", "count_correct"]
    )
    with (
        mock.patch.dict(library.notebook, evaluate_accuracy=watched_evaluation),
        mock.patch.object(train_iter, "shuffled", wraps=train_iter.shuffled) as shuffled,
        library.around(model, watched_dropout),
    ):
        library.train(model, train_iter, test_iter, watched.num_epochs, notebook["lr"])
        library.evaluate(model, test_iter)
    watched.epochs = [call.args[0] for call in shuffled.call_args_list]
    return watched


@pytest.fixture
def probabilities(run):
    """The probability of dropping that belongs to each call in training."""
    return [run.notebook["dropout1"], run.notebook["dropout2"]] * (BATCHES * run.num_epochs)


def kept(call):
    """Where an element was kept (n), and where that can be seen (n): ReLU leaves
    zeros that look the same whether they are kept or dropped."""
    X, output = call
    return output != 0, X != 0


def test_every_epoch_shuffles_anew(run):
    assert run.epochs == list(range(run.num_epochs))


def test_every_step_drops_twice(run, probabilities):
    assert len(run.training) == len(probabilities)


def test_every_step_drops_at_its_layers_rate(run, probabilities):
    assert (run.notebook["dropout1"], run.notebook["dropout2"]) == (0.2, 0.5)
    draws = []
    for call, p in zip(run.training, probabilities, strict=True):
        mask, seen = kept(call)
        draws.append(mask[seen])
        assert_rate(draws[-1], 1 - p, p)
    for layer, p in enumerate(probabilities[:2]):  # all steps together: to 0.004
        assert_rate(np.concatenate(draws[layer::2]), 1 - p, p)


def test_what_is_kept_is_rescaled(run, probabilities):
    for (X, output), p in zip(run.training, probabilities, strict=True):
        expected = np.where(output != 0, X / np.float32(1 - p), 0)
        np.testing.assert_allclose(output, expected, rtol=5e-7)


def test_dropout_follows_the_activations_of_the_hidden_layers(run):
    W1, b1, W2, b2, _, _ = run.notebook["weights"]
    # In the first step, whose weights are known.
    (input1, output1), (input2, _) = run.training[:2]
    # Float32 sums of up to 784 products, in another order, of results up to 0.2.
    np.testing.assert_allclose(
        input1, np.maximum(run.X.reshape(len(run.X), -1) @ W1 + b1, 0), rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(input2, np.maximum(output1 @ W2 + b2, 0), rtol=0, atol=1e-6)


def test_no_two_calls_share_a_mask(run, probabilities):
    """Neither two steps nor the two layers of a step."""
    masks = [kept(call) for call in run.training]
    for k, (later, p) in enumerate(zip(masks, probabilities, strict=True)):
        for earlier in masks[:k]:
            assert_independent(earlier, later, p)


@pytest.mark.parametrize("axis", [0, 1], ids=["examples", "units"])
def test_neighbours_do_not_share_a_mask(run, probabilities, axis):
    for call, p in zip(run.training, probabilities, strict=True):
        mask, seen = kept(call)
        there = [np.take(a, range(0, 256, 2), axis) for a in (mask, seen)]
        here = [np.take(a, range(1, 256, 2), axis) for a in (mask, seen)]
        assert_independent(there, here, p)


def test_evaluation_drops_nothing(run):
    for X, output in run.evaluation:
        np.testing.assert_array_equal(output, X)


def test_two_evaluations_agree_to_the_bit(run):
    *after_each_epoch, once_more = run.logits
    assert len(after_each_epoch) == run.num_epochs == 10
    np.testing.assert_array_equal(after_each_epoch[-1], once_more)
