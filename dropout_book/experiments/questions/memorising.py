"""Random labels on 1,000 images, and a fifth of wrong labels on 3,000."""

from dropout_book.experiments.design import PRIMARY, Arm, Contrast, Question

DROPOUT = {"none": (0.0, 0.0), "dropout": (0.5, 0.5)}


def arms(label, seeds, **settings):
    return tuple(
        Arm(f"{name}, {label}", {"dropout": rates, **settings}, seeds=seeds)
        for name, rates in DROPOUT.items()
    )


QUESTION = Question(
    id="memorising",
    number=9,
    title="Does it keep a network from memorising?",
    primary=Contrast(
        {"none, a fifth wrong": 1, "dropout, a fifth wrong": -1}, "last.wrong_labels_fitted"
    ),
    primary_text="none − dropout, share of wrong labels fitted, last weights, dropout off",
    arms=(
        *arms("a fifth wrong", PRIMARY, n=3_000, steps=4_000, labels="wrong"),
        *arms("random labels", 10, n=1_000, steps=3_000, labels="random"),
    ),
)
