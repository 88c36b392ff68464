"""Looks at a network while it is trained, in whichever library."""

import math

from dropout_book.experiments.data import checkpoints
from dropout_book.experiments.run import Diverged
from dropout_book.experiments.scores import accuracy, loss, mean_probability, scores

TRAINING_IMAGES = 1_000  # at most, for the clean loss at checkpoints


class Watch:
    """Curves over the checkpoints, and the weights with the least validation loss.

    predict(X): log-probabilities with dropout off, as a NumPy array. snapshot(): a copy of
    the weights; restore(weights) puts them back.
    """

    def __init__(self, run, problem, predict, snapshot, restore):
        self.problem, self.predict = problem, predict
        self.snapshot, self.restore = snapshot, restore
        self.due = set(checkpoints(run.steps))
        self.curves = {"step": []}
        self.least, self.best, self.best_step = math.inf, None, None

    def check(self, step, training_loss):
        """Raises Diverged if the loss of a minibatch is no finite number."""
        if not math.isfinite(training_loss):
            raise Diverged(step, self.curves)

    def look(self, step):
        log_p = self.predict(self.problem.X_validation)
        validation = loss(log_p, self.problem.y_validation)
        some = slice(TRAINING_IMAGES)
        training_log_p = self.predict(self.problem.X[some])
        training = loss(training_log_p, self.problem.y[some])
        self.check(step, validation + training)
        self.note(
            step=step,
            validation_loss=validation,
            validation_accuracy=accuracy(log_p, self.problem.y_validation),
            train_loss=training,
        )
        if wrong := self.problem.wrong[some].sum():
            fitted = training_log_p.argmax(axis=1) == self.problem.y[some]
            share = fitted[self.problem.wrong[some]].sum() / wrong
            self.note(wrong_labels_fitted=float(share))
        if validation < self.least:
            self.least, self.best, self.best_step = validation, self.snapshot(), step

    def note(self, **figures):
        for name, figure in figures.items():
            self.curves.setdefault(name, []).append(figure)


def result(problem, watches):
    """Of networks that have been trained, one or several: curves of the first, and scores
    of the last weights and of those best by validation, their probabilities averaged."""
    found = {"curves": watches[0].curves}
    found["last"] = scores(problem, *averaged(problem, watches))
    log_p = mean_probability([watch.predict(problem.X) for watch in watches])
    found["last"]["train_loss"] = loss(log_p, problem.y)
    if problem.wrong.any():
        fitted = log_p.argmax(axis=1) == problem.y
        found["last"]["wrong_labels_fitted"] = float(fitted[problem.wrong].mean())
    with_best = [watch.snapshot() for watch in watches]
    for watch in watches:
        watch.restore(watch.best)
    found["best"] = {
        "step": watches[0].best_step,
        **scores(problem, *averaged(problem, watches)),
    }
    for watch, weights in zip(watches, with_best):
        watch.restore(weights)
    return found


def averaged(problem, watches):
    for X in problem.X_validation, problem.X_test:
        yield mean_probability([watch.predict(X) for watch in watches])
