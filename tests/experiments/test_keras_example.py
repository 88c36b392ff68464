"""The example of Keras: its record is of the code, and of what the example says.

It runs in a process of its own: the experiments allow TensorFlow one thread, which has to be
said before its first operation.
"""

import json
import subprocess
import sys

import pytest

from dropout_book.experiments import keras_example
from dropout_book.experiments.keras_example import EPOCHS, RATE_THEN
from parallel_notebooks import ROOT

ASKED = """
import json
from dropout_book.experiments.keras_example import RATE_THEN, network, rate_now, sample
net = network(RATE_THEN)
print(json.dumps({
    "now": rate_now(),
    "samples": {str(rate): sample(rate) for rate in (RATE_THEN, rate_now())},
    "parameters": net.count_params(),
    "dropout": [layer.rate for layer in net.layers if hasattr(layer, "rate")],
}))
"""


@pytest.fixture(scope="module")
def told():
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_record_is_of_both_rates(told):
    recorded = keras_example.recorded()
    assert set(recorded) == {RATE_THEN, told["now"]}
    for run in recorded.values():
        assert set(run["epochs"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert all(len(values) == EPOCHS for values in run["epochs"].values())


def test_the_first_steps_are_as_recorded(told):
    """At today's rate, which hardly trains, samples with oneDNN held to SSE 4.1, to AVX2, to
    AVX-512 and switched off differed by 1e-7 of the loss, and a first dropout rate of 0.2 for
    0.25 shows as 6e-5. At the rate of then, forty steps make of rounding errors up to 3.2e-3,
    and of that dropout rate 1.4e-2.
    """
    tolerance = {RATE_THEN: 8e-3, told["now"]: 1e-5}
    for rate, run in keras_example.recorded().items():
        assert told["samples"][str(rate)] == pytest.approx(run["sample"], rel=tolerance[rate])


def test_the_network_is_the_examples(told):
    """Its parameters, as its authors counted them: 1,199,882."""
    assert told["parameters"] == 1_199_882
    assert told["dropout"] == [0.25, 0.5]
