"""A small convolutional network on 2,000 images: dropout and batch norm, and their order."""

from dropout_book.experiments.design import PRIMARY, Arm, Contrast, Question

CNN = {"network": "cnn", "n": 2_000, "steps": 800, "widths": (64,)}
BN = {**CNN, "batch_norm": True, "measures": ("shift",)}

QUESTION = Question(
    id="convolutions",
    number=10,
    title="Convolutions and batch norm?",
    primary=Contrast({"BN": 1, "BN, dropout after the last": -1}, "best.loss"),
    primary_text="batch norm − batch norm with dropout after the last, test loss, best weights",
    arms=(
        Arm("none", CNN),
        Arm("dropout", {**CNN, "dropout": (0.0, 0.5)}),
        Arm("BN", BN, seeds=PRIMARY),
        Arm("BN, dropout after the last", {**BN, "dropout": (0.0, 0.5)}, seeds=PRIMARY),
        Arm("BN, dropout before the last", {**BN, "dropout": (0.5, 0.0)}),
    ),
)
