"""The example of Keras: its record is of the code, and of what the example says."""

import pytest

from dropout_book.experiments import keras_example
from dropout_book.experiments.keras_example import EPOCHS, RATE_THEN, network, rate_now, sample


def test_the_record_is_of_both_rates():
    recorded = keras_example.recorded()
    assert set(recorded) == {RATE_THEN, rate_now()}
    for run in recorded.values():
        assert set(run["epochs"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert all(len(values) == EPOCHS for values in run["epochs"].values())


@pytest.mark.parametrize("rate", [RATE_THEN, None], ids=["then", "now"])
def test_the_first_steps_are_as_recorded(rate):
    """Dropout's rates, the optimiser's or another start show in the second digit; processors
    differ by less than the tolerance of test_records.py."""
    rate = rate or rate_now()
    assert sample(rate) == pytest.approx(keras_example.recorded()[rate]["sample"], rel=2e-3)


def test_the_network_is_the_examples():
    """Its parameters, as its authors counted them: 1,199,882."""
    net = network(RATE_THEN)
    assert net.count_params() == 1_199_882
    assert [layer.rate for layer in net.layers if hasattr(layer, "rate")] == [0.25, 0.5]
