"""One vocabulary for six libraries: arrays in, arrays out, dropout on or off.

Each adapter wraps the namespace of a notebook and offers

- `array(a)`: the NumPy array `a` in the library's own type, same dtype;
- `numpy(x)`: back again;
- `dropout_layer(X, p)`: the notebook's, on arrays of the library;
- `logits(model, X, training)`: NumPy logits of the model "scratch" or "concise"
  for NumPy images X of shape (n, 28, 28).
"""

import numpy as np


class Adapter:
    def __init__(self, notebook):
        self.notebook = notebook
        self.models = {"scratch": notebook["net"], "concise": notebook["concise_net"]}

    def array(self, a):
        return a

    def numpy(self, x):
        return np.asarray(x)

    def dropout_layer(self, X, dropout):
        return self.notebook["dropout_layer"](X, dropout)


class NumPy(Adapter):
    def logits(self, model, X, training):
        return self.models[model].forward(X, is_train=training)


class PyTorch(Adapter):
    def array(self, a):
        return self.notebook["torch"].from_numpy(a)

    def numpy(self, x):
        return x.detach().cpu().numpy()

    def logits(self, model, X, training):
        return self.numpy(self.models[model].train(training)(self.notebook["as_tensor"](X)))


class TensorFlow(Adapter):
    def array(self, a):
        return self.notebook["tf"].constant(a)

    def logits(self, model, X, training):
        return self.numpy(self.models[model](X, training=training))


class MXNet(Adapter):
    def array(self, a):
        return self.notebook["np"].array(a, dtype=a.dtype)

    def numpy(self, x):
        return x.asnumpy()

    def logits(self, model, X, training):
        autograd = self.notebook["autograd"]
        with autograd.train_mode() if training else autograd.predict_mode():
            return self.models[model](self.notebook["as_tensor"](X)).asnumpy()


class PaddlePaddle(Adapter):
    def array(self, a):
        return self.notebook["paddle"].to_tensor(a)

    def numpy(self, x):
        return x.numpy()

    def logits(self, model, X, training):
        net = self.models[model]
        net.train() if training else net.eval()
        return net(self.array(X)).numpy()


class JAX(Adapter):
    def __init__(self, notebook):
        super().__init__(notebook)
        self.params = {"scratch": notebook["params"], "concise": notebook["concise_params"]}
        self.key = notebook["jax"].random.key(0)

    def array(self, a):
        return self.notebook["jnp"].asarray(a)

    def fresh_key(self):
        self.key, key = self.notebook["jax"].random.split(self.key)
        return key

    def dropout_layer(self, X, dropout):
        return self.notebook["dropout_layer"](X, dropout, self.fresh_key())

    def logits(self, model, X, training):
        key = self.fresh_key() if training else None
        return self.numpy(self.models[model](self.params[model], X, key))


ADAPTERS = {"numpy": NumPy, "pytorch": PyTorch, "tensorflow": TensorFlow,
            "mxnet": MXNet, "paddle": PaddlePaddle, "jax": JAX}
