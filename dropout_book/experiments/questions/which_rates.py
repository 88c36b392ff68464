"""Sixteen pairs of rates at 3,000 images, the rate of learning fixed; and on the input."""

from dropout_book.experiments.design import OTHER, PRIMARY, Arm, Contrast, Question

GRID = (0.0, 0.2, 0.5, 0.8)
SWAP = ("0.5, 0.2", "0.2, 0.5")


def arm(p1, p2):
    name = f"{p1:g}, {p2:g}"
    return Arm(name, {"dropout": (p1, p2)}, seeds=PRIMARY if name in SWAP else OTHER)


ON_INPUT = tuple(
    Arm(f"input 0.2, then {name}", {"input_dropout": 0.2, "dropout": rates})
    for name, rates in {"0, 0": (0.0, 0.0), "0.5, 0.5": (0.5, 0.5)}.items()
)
LIBRARIES = tuple(
    Arm(f"{name}, {label}", {"library": library, "dropout": rates})
    for library, label in {"numpy": "NumPy", "tensorflow": "TensorFlow"}.items()
    for name, rates in {SWAP[0]: (0.5, 0.2), SWAP[1]: (0.2, 0.5)}.items()
)

QUESTION = Question(
    id="which-rates",
    number=2,
    title="Which rates?",
    primary=Contrast({SWAP[0]: 1, SWAP[1]: -1}, "best.loss"),
    primary_text="(.5, .2) − (.2, .5), test loss, best weights",
    arms=tuple(arm(p1, p2) for p1 in GRID for p2 in GRID) + ON_INPUT + LIBRARIES,
)
