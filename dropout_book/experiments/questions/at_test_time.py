"""Weight scaling against the mean over masks, and three networks of a third of the cost."""

from dropout_book.experiments.design import PRIMARY, Arm, Contrast, Question

THIRD = (104, 104)  # 784·104 + 104² + 10·104 weights are a third of those with 256

QUESTION = Question(
    id="at-test-time",
    number=4,
    title="What to do at test time?",
    primary=Contrast({"dropout": 1}, "best.tempered", less="best.mc_tempered"),
    primary_text="weight scaling − Monte Carlo dropout, test loss with temperature, best weights",
    arms=(
        Arm("dropout", {"dropout": (0.5, 0.5), "measures": ("masks", "rotated")}, seeds=PRIMARY),
        Arm("none", {"measures": ("rotated",)}),
        Arm("three networks", {"widths": THIRD, "members": 3, "measures": ("rotated",)}),
        Arm(
            "three networks, dropout",
            {"widths": THIRD, "members": 3, "dropout": (0.5, 0.5), "measures": ("rotated",)},
        ),
    ),
)
