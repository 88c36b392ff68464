"""An example of Keras that has been copied a great deal, in a single run as it stands.

https://github.com/keras-team/keras/blob/05676872b9a772d21da0afab92dc515b3738e54d/examples/mnist_cnn.py:
two convolutions, pooling, dropout at 0.25, a dense layer, dropout at 0.5; 12 epochs in
minibatches of 128, the test images looked at after each; `Adadelta()`, whose learning rate
was 1.0 by default in that version of Keras. It is run here on Fashion-MNIST at that rate, and
at the rate that `Adadelta()` has by default now. One seed: it shows what lies far apart, and
no protocol governs it.

    python -m dropout_book.experiments.keras_example

writes results/keras-example.json; it takes half an hour.
"""

from pathlib import Path

from dropout_book.data import load_fashion_mnist
from dropout_book.records import record

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("results") / "keras-example.json"
DEPENDS = ["dropout_book/experiments/keras_example.py", "pin keras", "pin tensorflow"]
RATE_THEN, BATCH, EPOCHS, SAMPLE_STEPS = 1.0, 128, 12, 40


# Keras is imported where it is needed: readers of the record may not have it.


def rate_now():
    import keras

    return float(keras.optimizers.Adadelta().learning_rate.numpy())


def network(rate, seed=0):
    """The example's, with weights and masks that follow from the seed."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    net = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    net.compile(
        keras.optimizers.Adadelta(learning_rate=rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return net


def sample(rate):
    """The mean training loss of the first steps, which is soon computed again."""
    (X, y), _ = load_fashion_mnist()
    first = slice(0, SAMPLE_STEPS * BATCH)
    history = network(rate).fit(
        X[first, ..., None], y[first], batch_size=BATCH, shuffle=False, verbose=0
    )
    return history.history["loss"][0]


def run(rate):
    """`{"sample": loss, "epochs": {metric: a number for each epoch}}`; of `loss` and
    `accuracy` Keras takes the mean over the epoch's steps, with dropout on."""
    (X, y), (X_test, y_test) = load_fashion_mnist()
    history = network(rate).fit(
        X[..., None],
        y,
        batch_size=BATCH,
        epochs=EPOCHS,
        validation_data=(X_test[..., None], y_test),
        verbose=2,
    )
    return {"sample": sample(rate), "epochs": history.history}


def recorded():
    """`{learning rate: {"sample": …, "epochs": …}}`, as recorded."""
    data = record.load(RECORD)[""]["data"]
    return {float(rate): runs for rate, runs in data.items()}


def main():
    depends = record.digests(ROOT, DEPENDS)
    data = {str(rate): run(rate) for rate in (RATE_THEN, rate_now())}
    record.write(RECORD, data, depends, by="python -m dropout_book.experiments.keras_example")


if __name__ == "__main__":
    main()
