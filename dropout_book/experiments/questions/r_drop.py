"""R-Drop: each image meets two masks, which should agree.

Half as many images a step, so that a step costs what one of plain dropout costs.
"""

from dropout_book.experiments.design import OTHER, PRIMARY, Arm, Contrast, Question

ALPHAS = (0.0, 0.5, 1.0, 5.0)


def arm(alpha):
    settings = {"dropout": (0.5, 0.5), "r_drop": alpha, "batch_size": 32}
    return Arm(f"α = {alpha:g}", settings, seeds=PRIMARY if alpha in (0, 1) else OTHER)


QUESTION = Question(
    id="r-drop",
    number=7,
    title="Two masks that should agree: R-Drop?",
    primary=Contrast({"α = 0": 1, "α = 1": -1}, "best.loss"),
    primary_text="α = 0, two masks − α = 1, test loss, best weights",
    arms=(
        *map(arm, ALPHAS),
        Arm("one mask", {"dropout": (0.5, 0.5)}),
        Arm("none", {}),
    ),
)
