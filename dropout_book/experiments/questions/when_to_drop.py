"""Early, late or throughout (Liu et al. 2023), for a network that underfits and one that
overfits. Early is the first quarter of the steps, late the other three."""

from dropout_book.experiments.design import OTHER, PRIMARY, Arm, Contrast, Question

SCHEDULES = ("throughout", "early", "late")


def arms(regime, rates, primary=(), **settings):
    yield Arm(f"none, {regime}", settings, seeds=PRIMARY if "none" in primary else OTHER)
    for schedule in SCHEDULES:
        yield Arm(
            f"{schedule}, {regime}",
            {**settings, "dropout": rates, "schedule": schedule},
            seeds=PRIMARY if schedule in primary else OTHER,
        )


QUESTION = Question(
    id="when-to-drop",
    number=11,
    title="When to drop?",
    primary=Contrast({"none, underfitting": 1, "early, underfitting": -1}, "last.train_loss"),
    primary_text="none − early, underfitting, final training loss, dropout off",
    arms=(
        *arms(
            "underfitting",
            (0.2, 0.2),
            ("none", "early"),
            n=55_000,
            steps=4_000,
            widths=(64, 64),
        ),
        *arms("overfitting", (0.5, 0.5), n=3_000, steps=3_000),
    ),
)
