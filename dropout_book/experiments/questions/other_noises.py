"""Noises of the same mean and variance as Bernoulli's, and dropped weights."""

from dropout_book.experiments.design import OTHER, PRIMARY, Arm, Contrast, Question

NOISES = {
    "Bernoulli": "bernoulli",
    "Gaussian": "gaussian",
    "uniform": "uniform",
    "exponential": "exponential",  # our own: never zero, never negative
    "DropConnect": "dropconnect",  # one mask for the images of a batch
}

QUESTION = Question(
    id="other-noises",
    number=6,
    title="Other noises?",
    primary=Contrast({"Bernoulli": 1, "Gaussian": -1}, "best.loss", margin=0.01),
    primary_text="Bernoulli − Gaussian, test loss, best weights: equivalent within .01",
    arms=(
        Arm("none", {}),
        *(
            Arm(
                name,
                {"dropout": (0.5, 0.5), "noise": noise},
                seeds=PRIMARY if name in {"Bernoulli", "Gaussian"} else OTHER,
            )
            for name, noise in NOISES.items()
        ),
    ),
)
