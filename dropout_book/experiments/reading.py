"""What is recorded, as tidy tables and as contrasts."""

from functools import cache

from dropout_book.experiments.design import Contrast, value
from dropout_book.experiments.questions import all_questions, question
from dropout_book.experiments.results import Results
from dropout_book.experiments.statistics import holm, summary


@cache
def recorded(id):
    return Results(question(id))


def arms_of(id):
    """Yield `(arm, run, entry, chosen_for)` of what is recorded, the runs that choose rates
    included; `chosen_for` are the headline metrics for which the run's rate was chosen."""
    results, store = recorded(id).results, recorded(id)
    for arm in store.question.arms:
        chosen = {
            metric: set(arm.chosen(metric, results))
            for metric in arm.headlines
            if all(run in results for run in arm.tuning())
        }
        for run in dict.fromkeys(
            [*arm.tuning(), *(run for runs in chosen.values() for run in runs)]
        ):
            if run in store.entries:
                yield arm, run, store.entries[run], [m for m in chosen if run in chosen[m]]


def flat(figures, prefix=""):
    for name, figure in figures.items():
        if isinstance(figure, dict):
            yield from flat(figure, f"{prefix}{name}.")
        elif not isinstance(figure, list):
            yield f"{prefix}{name}", figure


def table(id):
    """A row a run: arm, seed, lr, what its rate was chosen for, scores, seconds."""
    import pandas

    return pandas.DataFrame(
        {
            "arm": arm.name,
            "seed": run.seed,
            "lr": run.lr,
            "chosen_for": ", ".join(chosen_for),
            **dict(flat({k: v for k, v in entry["result"].items() if k in ("last", "best")})),
            "diverged": "diverged" in entry["result"],
            "attempt": entry["attempt"],
            "seconds": entry["seconds"],
            "cpu_seconds": entry["cpu_seconds"],
        }
        for arm, run, entry, chosen_for in arms_of(id)
    )


def curves(id, of="curves"):
    """A row a checkpoint: arm, seed, lr, what its rate was chosen for, figures; with
    `of="activations"` those of hidden layers, where they were measured."""
    import pandas

    frames = [
        pandas.DataFrame(entry["result"][of]).assign(
            arm=arm.name, seed=run.seed, lr=run.lr, chosen_for=", ".join(chosen_for)
        )
        for arm, run, entry, chosen_for in arms_of(id)
        if of in entry["result"]
    ]
    return pandas.concat(frames, ignore_index=True)


def differences(id, arms, metric, less="", at=""):
    """A contrast seed by seed; see `Contrast`."""
    store = recorded(id)
    return store.question.differences(Contrast(arms, metric, less, at), store.results)


def contrast(id, arms, metric, less="", at="", margin=None):
    """The same, summed up: mean, intervals and p."""
    return summary(differences(id, arms, metric, less, at), margin)


def primary_differences(id):
    """The contrast that was named beforehand, seed by seed."""
    store = recorded(id)
    return store.question.differences(store.question.contrast(store.results), store.results)


def scores(id, arm, metric, at=""):
    """A metric of an arm, seed by seed, at the rate tuned for `at` (by default the metric)."""
    store = recorded(id)
    runs = store.question.arm(arm).chosen(at or metric, store.results)
    return [value(store.results[run], metric) for run in runs]


@cache
def primaries():
    """`{id: (summary, p adjusted by Holm)}` of the eleven; all must be recorded."""
    found = {}
    for each in all_questions():
        margin = each.contrast(recorded(each.id).results).margin
        found[each.id] = summary(primary_differences(each.id), margin)
    adjusted = holm([each.p for each in found.values()])
    return {id: (each, p) for (id, each), p in zip(found.items(), adjusted)}
