"""The tips of Srivastava et al. (2014): a higher rate, momentum, max-norm, decay, width."""

from dropout_book.experiments.design import PRIMARY, Arm, Contrast, Question

DROPOUT = {"dropout": (0.5, 0.5)}
MAX_NORM = {"max_norm": 2.0}
MOMENTUM = {"momentum": 0.9}
DECAY = {"decay": True}
WIDE = {"widths": (512, 512)}  # 256 units are left, on average


def cell(lr, *tips):
    """One of the cells of rate × max-norm × momentum."""
    settings = {**DROPOUT, "lr": lr}
    names = [f"rate {lr:g}"]
    for name, tip in tips:
        settings |= tip
        names.append(name)
    return Arm(", ".join(names), settings)


BY = [("max-norm", MAX_NORM)], [("momentum", MOMENTUM)]
CELLS = tuple(
    cell(lr, *max_norm, *momentum)
    for lr in (0.01, 0.1)
    for max_norm in ([], BY[0])
    for momentum in ([], BY[1])
)

QUESTION = Question(
    id="tips",
    number=8,
    title="The tips?",
    primary=Contrast({"plain": 1, "full package": -1}, "best.loss"),
    primary_text="plain dropout − the full package, each rate tuned, test loss, best weights",
    arms=(
        Arm("plain", DROPOUT, seeds=PRIMARY, tuned=True, headlines=("best.loss",)),
        Arm(
            "full package",
            DROPOUT | MAX_NORM | MOMENTUM | DECAY | WIDE,
            seeds=PRIMARY,
            tuned=True,
            headlines=("best.loss",),
        ),
        *CELLS,
        Arm("rate 0.1, decay", {**DROPOUT, **DECAY}),
        Arm("rate 0.1, width 512", {**DROPOUT, **WIDE}),
    ),
)
