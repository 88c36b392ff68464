"""A run: its configuration, and what it returns.

A run is a function of its configuration alone: all that is random in it is drawn from
`seed`, so it gives the same result on whichever worker, and whatever ran there before.
"""

import dataclasses
import math
import time
from dataclasses import dataclass
from importlib import import_module, metadata

LIBRARIES = {  # where a run is carried out, and the distributions whose versions are noted
    "pytorch": ("dropout_book.experiments.in_pytorch", ("torch", "numpy")),
    "numpy": ("dropout_book.experiments.in_numpy", ("numpy",)),
    "tensorflow": ("dropout_book.experiments.in_tensorflow", ("tensorflow", "numpy")),
}
CLASSES = 10
# What a run scores that diverged: what a network scores that knows nothing.
DIVERGED = {"loss": math.log(CLASSES), "tempered": math.log(CLASSES), "accuracy": 1 / CLASSES}


@dataclass(frozen=True, kw_only=True)
class Run:
    """The network, its training and what is measured of it.

    seed: of the training subset, the start, the order and the masks; those that share it
        share all four.
    n: training images. steps: of stochastic gradient descent.
    widths: of the hidden layers. network: "mlp", or "cnn", a small convolutional one.
    dropout: rates after the hidden layers, first to last. input_dropout: on the pixels.
    noise: what multiplies hidden units, of the variance of Bernoulli's: "bernoulli",
        "gaussian", "uniform", "exponential"; or "dropconnect", which drops the weights
        that lead out of them, the same for all images of a batch.
    schedule: when dropout is on: "throughout", in the first quarter of the steps ("early")
        or in the other three ("late").
    r_drop: weight of R-Drop's term, for which each image meets two masks; None: one mask.
    decay: whether the learning rate falls linearly to zero.
    max_norm: bound on the norm of a hidden unit's incoming weights, or None.
    labels: of training images: "true", "random", or "wrong" for a fifth of them.
    own_validation: whether a fifth of the n images is validated on instead of trained on.
    members: networks trained one by one, whose probabilities are averaged.
    measures: what else is measured, by name.
    """

    seed: int
    library: str = "pytorch"
    n: int = 3_000
    steps: int = 2_000
    batch_size: int = 64
    lr: float = 0.1
    network: str = "mlp"
    widths: tuple = (256, 256)
    batch_norm: bool = False
    dropout: tuple = (0.0, 0.0)
    input_dropout: float = 0.0
    noise: str = "bernoulli"
    schedule: str = "throughout"
    r_drop: float | None = None
    momentum: float = 0.0
    weight_decay: float = 0.0
    max_norm: float | None = None
    decay: bool = False
    labels: str = "true"
    own_validation: bool = False
    members: int = 1
    measures: tuple = ()

    def settings(self):
        """The fields that are not as by default, as JSON can say them."""
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) != field.default
        }

    @classmethod
    def of(cls, settings):
        """The run with these settings; TypeError if there is no such field."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})


class Diverged(Exception):
    """The loss is no finite number any more; holds the step and the curves until then."""

    def __init__(self, step, curves):
        super().__init__(f"diverged at step {step}")
        self.step, self.curves = step, curves


def execute(run):
    """Carry out the run in this process; return its record, which JSON can say."""
    from dropout_book.experiments.data import problem

    module, distributions = LIBRARIES[run.library]
    module = import_module(module)
    module.one_thread()
    given = problem(run)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        result = module.train(run, given)
    except Diverged as diverged:
        result = {
            "diverged": diverged.step,
            "curves": diverged.curves,
            "last": DIVERGED,
            "best": DIVERGED,
        }
    return {
        "run": run.settings(),
        "result": rounded(result),
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "versions": {each: metadata.version(each) for each in distributions},
    }


def rounded(value):
    """Numbers to five digits, which is more than processors agree on."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
