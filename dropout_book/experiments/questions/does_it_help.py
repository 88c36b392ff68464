"""None against (.5, .5) on five sizes of training set, each rate tuned."""

from dropout_book.experiments.design import OTHER, PRIMARY, Arm, Contrast, Question

STEPS = {300: 1_000, 1_000: 1_500, 3_000: 3_000, 10_000: 3_000, 55_000: 3_000}
PRIMARY_SIZE = 3_000
RATES = {"none": (0.0, 0.0), "dropout": (0.5, 0.5)}


def arm(name, n):
    primary = n == PRIMARY_SIZE
    return Arm(
        f"{name}, {n:,}",
        {
            "n": n,
            "steps": STEPS[n],
            "dropout": RATES[name],
            "measures": ("activations",) if primary else (),  # for question 3
        },
        seeds=PRIMARY if primary else OTHER,
        tuned=True,
    )


SIZES = tuple(arm(name, n) for n in STEPS for name in RATES)
AT_PRIMARY_SIZE = {name: arm(name, PRIMARY_SIZE) for name in RATES}


def like(name, label, seeds=OTHER, **more):
    """An arm at the primary size that takes over the rate that was chosen for best weights."""
    tuned = AT_PRIMARY_SIZE[name]
    settings = {**tuned.settings, "measures": (), **more}
    return Arm(f"{name}, {label}", settings, seeds=seeds, headlines=("best.loss",), rates_of=tuned)


# An honest run pays for the images that it validates on.
HONEST = tuple(like(name, "honest", seeds=PRIMARY, own_validation=True) for name in RATES)
# The picture of small data in a blog on NumPy: six layers of 100, 300 images.
DEEP = tuple(
    Arm(
        f"{name}, six layers",
        {"n": 300, "steps": 2_000, "widths": (100,) * 6, "dropout": (rate,) * 6},
        tuned=True,
        headlines=("best.loss",),
    )
    for name, rate in {"none": 0.0, "dropout": 0.2}.items()
)
LIBRARIES = tuple(
    like(name, label, library=library)
    for library, label in {"numpy": "NumPy", "tensorflow": "TensorFlow"}.items()
    for name in RATES
)

QUESTION = Question(
    id="does-it-help",
    number=1,
    title="Does it help, and when?",
    primary=Contrast({"none, 3,000": 1, "dropout, 3,000": -1}, "best.loss"),
    primary_text="none − dropout (.5, .5), 3,000 images, test loss, best weights",
    arms=SIZES + HONEST + DEEP + LIBRARIES,
)
