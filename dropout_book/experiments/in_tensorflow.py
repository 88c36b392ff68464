"""A run in TensorFlow, thin: the perceptron with the library's own dropout.

Same start, same order as in PyTorch; only the masks' stream differs.
"""

import numpy as np
import tensorflow as tf

from dropout_book.experiments.data import MASKS, minibatches, seed_of, start
from dropout_book.experiments.watch import Watch, result


def one_thread():
    """Its pools listen to no variable, and can be set only before the first operation."""
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def forward(layers, X, rates, seeds=None):
    """Logits; dropout is on with `seeds`, a pair of integers for each hidden layer."""
    H = X
    for i, (W, b) in enumerate(layers):
        H = H @ W + b
        if i < len(rates):
            H = tf.nn.relu(H)
            if seeds is not None and rates[i]:
                H = tf.nn.experimental.stateless_dropout(H, rates[i], seed=seeds[i])
    return H


def train(run, problem):
    layers = [(tf.Variable(W), tf.Variable(b)) for W, b in start(run)]
    variables = [each for layer in layers for each in layer]
    spec = tf.TensorSpec

    @tf.function(
        input_signature=[
            spec((None, 784), tf.float32),
            spec((None,), tf.int64),
            spec((len(run.widths), 2), tf.int32),
        ]
    )
    def step(X, y, seeds):
        with tf.GradientTape() as tape:
            logits = forward(layers, X, run.dropout, seeds)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(run.lr * gradient)
        return loss

    @tf.function(input_signature=[spec((None, 784), tf.float32)])
    def predict(X):
        return tf.nn.log_softmax(forward(layers, X, run.dropout))

    watch = Watch(
        run,
        problem,
        predict=lambda X: predict(X).numpy(),
        snapshot=lambda: [each.numpy() for each in variables],
        restore=lambda weights: [each.assign(new) for each, new in zip(variables, weights)],
    )
    seed = seed_of(run, MASKS) % 2**31
    for number, batch in zip(range(1, run.steps + 1), minibatches(run, len(problem.X))):
        seeds = np.array([[seed, number * 100 + i] for i in range(len(run.widths))], np.int32)
        watch.check(number, float(step(problem.X[batch], problem.y[batch], seeds)))
        if number in watch.due:
            watch.look(number)
    return result(problem, [watch])
