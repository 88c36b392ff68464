"""The straightforward loop that somebody at home in a library would write in it.

Each takes the data as NumPy arrays, holds them in memory in the library's own type, and
is a generator: every `next()` trains an epoch and yields its train loss, train accuracy
and test accuracy. The network, the optimizer and the batch size are those of the
notebooks; minibatches, initial weights and masks are the library's own.
"""

BATCH_SIZE, LR = 256, 0.5


def numpy(X_train, y_train, X_test, y_test):
    import numpy as np

    rng = np.random.default_rng()
    sizes = [784, 256, 256, 10]
    Ws = [rng.normal(0, 0.01, shape).astype(np.float32) for shape in zip(sizes, sizes[1:])]
    bs = [np.zeros(n, dtype=np.float32) for n in sizes[1:]]
    X_train, X_test = X_train.reshape(-1, 784), X_test.reshape(-1, 784)

    def hidden(X, W, b, p=0.0):
        H = np.maximum(X @ W + b, 0)
        if p:
            H *= (rng.random(H.shape, dtype=np.float32) >= p) / np.float32(1 - p)
        return H

    while True:
        loss, correct = 0.0, 0
        order = rng.permutation(len(X_train))
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            X, y, rows = X_train[batch], y_train[batch], np.arange(len(batch))
            H1 = hidden(X, Ws[0], bs[0], 0.2)
            H2 = hidden(H1, Ws[1], bs[1], 0.5)
            O = H2 @ Ws[2] + bs[2]
            correct += (O.argmax(axis=1) == y).sum()
            P = np.exp(O - O.max(axis=1, keepdims=True))
            P /= P.sum(axis=1, keepdims=True)
            loss -= np.log(P[rows, y]).sum()
            P[rows, y] -= 1
            dO = P / len(batch)
            dH2 = dO @ Ws[2].T * (H2 > 0) / np.float32(0.5)
            dH1 = dH2 @ Ws[1].T * (H1 > 0) / np.float32(0.8)
            for W, b, H, dZ in zip(Ws, bs, (X, H1, H2), (dH1, dH2, dO)):
                W -= LR * (H.T @ dZ)
                b -= LR * dZ.sum(axis=0)
        O = hidden(hidden(X_test, Ws[0], bs[0]), Ws[1], bs[1]) @ Ws[2] + bs[2]
        yield (loss / len(y_train), correct / len(y_train), (O.argmax(axis=1) == y_test).mean())


def pytorch(*data):
    import torch
    from torch import nn

    X_train, y_train, X_test, y_test = map(torch.from_numpy, data)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(256, 10),
    )
    loss_fn, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), LR)
    while True:
        total = correct = 0
        model.train()
        for batch in torch.randperm(len(X_train)).split(BATCH_SIZE):
            X, y = X_train[batch], y_train[batch]
            O = model(X)
            loss = loss_fn(O, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
            correct += (O.argmax(1) == y).sum()
        model.eval()
        with torch.no_grad():
            test_acc = (model(X_test).argmax(1) == y_test).float().mean()
        yield float(total) / len(X_train), float(correct) / len(X_train), float(test_acc)


def tensorflow(X_train, y_train, X_test, y_test):
    import tensorflow as tf

    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=tf.keras.optimizers.SGD(LR),
        metrics=["accuracy"],
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    while True:
        fitted = model.fit(
            X_train, y_train, BATCH_SIZE, verbose=0, validation_data=(X_test, y_test)
        ).history
        yield fitted["loss"][0], fitted["accuracy"][0], fitted["val_accuracy"][0]


def mxnet(*data):
    from mxnet import autograd, gluon, np
    from mxnet.gluon import nn

    X_train, y_train, X_test, y_test = (np.array(a, dtype=a.dtype) for a in data)
    net = nn.HybridSequential()
    net.add(
        nn.Dense(256, activation="relu"),
        nn.Dropout(0.2),
        nn.Dense(256, activation="relu"),
        nn.Dropout(0.5),
        nn.Dense(10),
    )
    net.initialize()
    net.hybridize()
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    loss_fn.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR})
    while True:
        total = correct = 0
        order = np.random.uniform(size=len(X_train)).argsort().astype("int64")
        for start in range(0, len(X_train), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            X, y = X_train[batch], y_train[batch]
            with autograd.record():
                O = net(X)
                loss = loss_fn(O, y)
            loss.backward()
            trainer.step(len(batch))
            total = total + loss.sum().detach()
            correct = correct + (O.argmax(axis=1).astype("int64") == y).sum()
        test_acc = (net(X_test).argmax(axis=1).astype("int64") == y_test).mean()
        yield float(total) / len(X_train), float(correct) / len(X_train), float(test_acc)


def paddle(*data):
    import paddle
    from paddle import nn

    X_train, y_train, X_test, y_test = map(paddle.to_tensor, data)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(256, 10),
    )
    loss_fn = nn.CrossEntropyLoss()
    optimizer = paddle.optimizer.SGD(LR, parameters=model.parameters())
    while True:
        total = correct = 0
        model.train()
        order = paddle.randperm(len(X_train))
        for start in range(0, len(X_train), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            X, y = paddle.gather(X_train, batch), paddle.gather(y_train, batch)
            O = model(X)
            loss = loss_fn(O, y)
            loss.backward()
            optimizer.step()
            optimizer.clear_grad()
            total = total + loss.detach() * len(batch)
            correct = correct + (O.argmax(1) == y).sum()
        model.eval()
        with paddle.no_grad():
            test_acc = (model(X_test).argmax(1) == y_test).astype("float32").mean()
        yield float(total) / len(X_train), float(correct) / len(X_train), float(test_acc)


def jax(*data):
    import jax
    from jax import numpy as jnp

    X_train, y_train, X_test, y_test = map(jnp.asarray, data)
    sizes, key = [784, 256, 256, 10], jax.random.key(0)
    params = []
    for shape in zip(sizes, sizes[1:]):
        key, subkey = jax.random.split(key)
        params.append((0.01 * jax.random.normal(subkey, shape), jnp.zeros(shape[1])))

    def dropout(key, X, p):
        return jnp.where(jax.random.bernoulli(key, 1 - p, X.shape), X / (1 - p), 0)

    def logits(params, X, key=None):
        (W1, b1), (W2, b2), (W3, b3) = params
        H = jax.nn.relu(X.reshape(-1, 784) @ W1 + b1)
        if key is not None:
            key, subkey = jax.random.split(key)
            H = dropout(subkey, H, 0.2)
        H = jax.nn.relu(H @ W2 + b2)
        if key is not None:
            H = dropout(key, H, 0.5)
        return H @ W3 + b3

    def loss_fn(params, X, y, key):
        O = logits(params, X, key)
        return -(jax.nn.log_softmax(O) * jax.nn.one_hot(y, 10)).sum(axis=1).mean(), O

    @jax.jit
    def step(params, X, y, key):
        (loss, O), grads = jax.value_and_grad(loss_fn, has_aux=True)(params, X, y, key)
        params = jax.tree.map(lambda w, g: w - LR * g, params, grads)
        return params, loss, (O.argmax(1) == y).sum()

    predict = jax.jit(lambda params, X: logits(params, X).argmax(1))
    while True:
        total = correct = 0
        key, subkey = jax.random.split(key)
        order = jax.random.permutation(subkey, len(X_train))
        for start in range(0, len(X_train), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            key, subkey = jax.random.split(key)
            params, loss, right = step(params, X_train[batch], y_train[batch], subkey)
            total, correct = total + loss * len(batch), correct + right
        test_acc = (predict(params, X_test) == y_test).mean()
        yield float(total) / len(X_train), float(correct) / len(X_train), float(test_acc)


LOOPS = {
    "numpy": numpy,
    "pytorch": pytorch,
    "tensorflow": tensorflow,
    "mxnet": mxnet,
    "paddle": paddle,
    "jax": jax,
}
