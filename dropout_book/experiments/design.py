"""A question: its arms, how many seeds each has, how its rate is chosen, what is compared.

The sweep is made of these declarations, and so is the table of the protocol.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dropout_book.experiments.run import Run

PRIMARY, OTHER = 20, 10  # seeds of an arm of a primary contrast, and of any other
RATES = (0.01, 0.03, 0.1, 0.3)
FEW = 40  # steps of a rehearsal
TUNING = range(100, 103)  # seeds of their own, on which rates are chosen
# What a rate is chosen for, and the figure by which: of validation, never of the test set.
HEADLINES = {
    "last.loss": "last.validation_loss",
    "best.loss": "best.validation_loss",
    "last.tempered": "last.validation_tempered",
    "best.tempered": "best.validation_tempered",
    "last.accuracy": "last.validation_accuracy",
}


def value(result, path):
    """`value(result, "best.loss")`."""
    for name in path.split("."):
        result = result[name]
    return result


def validated(result, path):
    """A figure of validation; a run that diverged scores there what it scores on the test."""
    return value(result, path.replace("validation_", "") if "diverged" in result else path)


@dataclass(frozen=True)
class Arm:
    """One way to train.

    settings: fields of Run. tuned: whether a rate is chosen, for each of the `headlines`.
    rates_of: another arm, whose choice this one takes.
    """

    name: str
    settings: dict = field(hash=False)
    seeds: int = OTHER
    tuned: bool = False
    headlines: tuple = tuple(HEADLINES)
    rates_of: "Arm | None" = None

    def run(self, seed, **more):
        return Run(seed=seed, **self.settings, **more)

    def tuning(self):
        """The runs from which the rate is chosen; none if it is fixed."""
        arm = self.rates_of or self
        return [arm.run(seed, lr=lr) for lr in RATES for seed in TUNING] if arm.tuned else []

    def rate(self, metric, results):
        """The rate for a metric: the best mean over the tuning seeds; a tie takes the
        smaller. `results` maps runs to results."""
        if not self.tuning():
            return self.settings.get("lr", Run.lr)
        by = HEADLINES[metric]
        sign = -1 if by.endswith("accuracy") else 1

        def mean(lr):
            runs = [run for run in self.tuning() if run.lr == lr]
            return sign * sum(validated(results[run], by) for run in runs) / len(runs)

        return min(RATES, key=mean)

    def runs(self, results):
        """The runs of this arm once its rates are known: one for each seed and rate."""
        if not self.tuning():
            return [self.run(seed) for seed in range(self.seeds)]
        rates = sorted({self.rate(metric, results) for metric in self.headlines})
        return [self.run(seed, lr=lr) for lr in rates for seed in range(self.seeds)]

    def chosen(self, metric, results):
        """The runs, seed by seed, at the rate for a metric."""
        more = {"lr": self.rate(metric, results)} if self.tuning() else {}
        return [self.run(seed, **more) for seed in range(self.seeds)]


@dataclass(frozen=True)
class Contrast:
    """A sum of arms, each times its sign, of one metric: `{"none": 1, "dropout": -1}`.

    less: a second metric, of the same run, that is subtracted from the first.
    at: the headline metric whose tuned rate is taken; by default the metric itself.
    margin: within which arms are said to be equivalent; without one the question is
        whether they differ.
    """

    arms: dict = field(hash=False)
    metric: str
    less: str = ""
    at: str = ""
    margin: float | None = None

    def of(self, result):
        return value(result, self.metric) - (value(result, self.less) if self.less else 0)


@dataclass(frozen=True)
class Question:
    """id: its name in commands, and of its record, notebook and declaration.

    primary: the one contrast named beforehand, or a function that finds it in the results
    by a rule that is written there; `primary_text` says it in words.
    """

    id: str
    number: int
    title: str
    primary: Contrast | Callable
    primary_text: str
    arms: tuple

    def arm(self, name):
        return next(arm for arm in self.arms if arm.name == name)

    def due(self, results):
        """The runs that can be started, given the results there are: those that choose an
        arm's rates, and when it has all of these, its own."""
        found = []
        for arm in self.arms:
            tuning = arm.tuning()
            found += tuning
            if all(run in results for run in tuning):
                found += arm.runs(results)
        return list(dict.fromkeys(found))

    def planned(self, results):
        """All its runs; where a rate is not chosen yet, as if two were."""
        found = self.due(results)
        for arm in self.arms:
            if any(run not in results for run in arm.tuning()):
                rates = RATES[1 : 1 + min(2, len(arm.headlines))]
                found += [arm.run(seed, lr=lr) for lr in rates for seed in range(arm.seeds)]
        return list(dict.fromkeys(found))

    def rehearsal(self):
        """Two seeds of each arm at a rate that is not chosen, and few steps."""
        return [replace(arm.run(seed), steps=FEW) for arm in self.arms for seed in range(2)]

    def contrast(self, results):
        return self.primary(results) if callable(self.primary) else self.primary

    def differences(self, contrast, results):
        """The contrast seed by seed, over the seeds that all its arms have."""
        arms = {self.arm(name): sign for name, sign in contrast.arms.items()}
        seeds = min(arm.seeds for arm in arms)
        total = [0.0] * seeds
        for arm, sign in arms.items():
            for run in arm.chosen(contrast.at or contrast.metric, results)[:seeds]:
                total[run.seed] += sign * contrast.of(results[run])
        return total
