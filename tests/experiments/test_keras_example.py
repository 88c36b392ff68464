"""The example of Keras: its record is of the code, and of what the example says."""

import pytest

from dropout_book.experiments import keras_example
from dropout_book.experiments.keras_example import EPOCHS, RATE_THEN
from small_runs import apart


def ask():
    from dropout_book.experiments import in_tensorflow

    in_tensorflow.one_thread()
    net = keras_example.network(RATE_THEN)
    now = keras_example.rate_now()
    return {
        "now": now,
        "samples": {rate: keras_example.sample(rate) for rate in (RATE_THEN, now)},
        "parameters": net.count_params(),
        "dropout": [layer.rate for layer in net.layers if hasattr(layer, "rate")],
    }


@pytest.fixture(scope="module")
def told():
    return apart("tensorflow", ask)


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
        assert told["samples"][rate] == pytest.approx(run["sample"], rel=tolerance[rate])


def test_the_network_is_the_examples(told):
    """Its parameters, as its authors counted them: 1,199,882."""
    assert told["parameters"] == 1_199_882
    assert told["dropout"] == [0.25, 0.5]
