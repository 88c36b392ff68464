"""Three strengths of weight decay, with and without dropout: add, diminish or cancel?"""

from dropout_book.experiments.design import PRIMARY, Arm, Contrast, Question, value

STRENGTHS = (0.001, 0.003, 0.01)
DROPOUT = {"none": (0.0, 0.0), "dropout": (0.5, 0.5)}


def arm(name, strength):
    label = f"{name}, {strength:g}" if strength else name
    return Arm(label, {"dropout": DROPOUT[name], "weight_decay": strength}, seeds=PRIMARY)


ARMS = tuple(arm(name, strength) for strength in (0.0, *STRENGTHS) for name in DROPOUT)


def best_strength(results):
    """The strength with the least validation loss of best weights, mean of both its arms."""

    def mean(strength):
        runs = [run for name in DROPOUT for run in arm(name, strength).runs(results)]
        return sum(value(results[run], "best.validation_loss") for run in runs) / len(runs)

    return min(STRENGTHS, key=mean)


def primary(results):
    """What dropout gains without weight decay, less what it gains with it."""
    strength = f"{best_strength(results):g}"
    arms = {"none": 1, "dropout": -1, f"none, {strength}": -1, f"dropout, {strength}": 1}
    return Contrast(arms, "best.loss")


QUESTION = Question(
    id="weight-decay",
    number=5,
    title="With weight decay?",
    primary=primary,
    primary_text="(none − dropout) without weight decay − (none − dropout) with the strength "
    "whose validation loss is least, test loss, best weights",
    arms=ARMS,
)
