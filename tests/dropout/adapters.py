"""One vocabulary for six libraries: arrays in, arrays out, dropout on or off.

Each adapter wraps the namespace of a notebook and offers

- `array(a)`: the NumPy array `a` in the library's own type, same dtype;
- `numpy(x)`: back again;
- `dropout_layer(X, p)`: the notebook's, on arrays of the library;
- `dropout_and_gradient(X, p)`: NumPy h' = `dropout_layer(X, p)` of a NumPy array X, and
  the gradient of (h' + X)'s sum at X, by the library's automatic differentiation, or
  by the NumPy notebook's layer (h' alone, where p is 1, is not made of X);
- `refused(X, p)`: the same for arguments it should refuse, with nothing to draw from
  where the library would let us see that;
- `seed(n)`: start the random numbers over, as the notebook does;
- `half`: the half-precision types it has on a CPU; `cast(x, dtype)`: x in the dtype of that
  name, which `dtype(x)` says;
- `dtypes`: those of NumPy's it can drop out; `accepts(dtype)`: a context in which it can make
  them;
- `divisor_ulps`: how far from 1 - p it may divide, in units in the last place of a float64;
- `flushes_subnormals`: whether float32 and float64 arithmetic turns them into 0;
- `elsewhere(a)`: a context that yields `a` on a second device; `place(x)`: x's device;
- `logits(model, X, training)`: NumPy logits of the model "scratch" or "concise"
  for NumPy images X of shape (n, 28, 28);
- `minibatches(X, y, batch_size)`: of NumPy arrays, as the notebook makes them;
- `train(model, train_iter, test_iter, num_epochs, lr)`: the notebook's own loop;
  returns its History;
- `evaluate(model, test_iter)`: the notebook's own `evaluate_accuracy`;
- `gradients(X, y)`: `(logits, loss, gradients)` of one training pass of the scratch
  model, by the library's automatic differentiation, as NumPy arrays;
- `parameters(model)`: NumPy `[W1, b1, W2, b2, W3, b3]`, W of shape (inputs, outputs);
- `precision(dtype)`: a context in which the notebook's cells make models of that dtype;
- `load(weights)`: what the cells could not be made to do in that context;
- `around(model, f)`: a context in which every call of a dropout layer of the model
  becomes `f(real, X, ...)`, where `real(X, ...)` is the call it replaces;
- `instead(model, f)`: the same for an f that makes no real call, but a product of X;
- `callback(f, like)`: call f when the computation gets there, compiled or not, and return
  what it returns, a NumPy array of the shape and dtype of `like`;
- `observe(f, *arrays)`: call f with NumPy arrays when the computation gets there. After
  the context `around` they have all been seen, in the order of the computation.
"""

from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial, wraps
from unittest import mock

import numpy as np

from dropout_book.data import Minibatches


class Adapter:
    dtypes = "float16", "float32", "float64"
    half = "float16", "bfloat16"
    divisor_ulps = 0
    flushes_subnormals = False

    def __init__(self, notebook):
        self.notebook = notebook
        self.models = {"scratch": notebook["net"], "concise": notebook["concise_net"]}

    def array(self, a):
        return a

    def numpy(self, x):
        return np.asarray(x)

    def cast(self, x, dtype):
        return x.astype(dtype)

    def dtype(self, x):
        return str(x.dtype).rpartition(".")[2]  # "torch.bfloat16"

    def dropout_layer(self, X, dropout):
        return self.notebook["dropout_layer"](X, dropout)

    def refused(self, X, dropout):
        return self.dropout_layer(X, dropout)

    def accepts(self, dtype):
        return nullcontext()

    @contextmanager
    def elsewhere(self, a):
        yield self.array(a)  # the CPU is the only place

    def minibatches(self, X, y, batch_size):
        train_iter = self.notebook["train_iter"]
        return Minibatches(X, y, batch_size, train_iter.seed, train_iter.as_tensor)

    def train(self, model, train_iter, test_iter, num_epochs, lr):
        return self.notebook["train"](self.models[model], train_iter, test_iter, num_epochs, lr)

    def evaluate(self, model, test_iter):
        return self.notebook["evaluate_accuracy"](self.models[model], test_iter)

    def precision(self, dtype):
        return nullcontext()

    def load(self, weights):
        pass

    @contextmanager
    def around(self, model, f):
        with ExitStack() as stack:
            if model == "scratch":  # a global, looked up at each call
                real = self.notebook["dropout_layer"]
                stack.enter_context(mock.patch.dict(self.notebook, dropout_layer=partial(f, real)))
            else:
                self.around_concise(stack, f)
            yield

    def instead(self, model, f):
        return self.around(model, f)

    def around_concise(self, stack, f):
        for layer in self.dropout_layers():
            real = getattr(layer, self.call)
            stack.enter_context(mock.patch.object(layer, self.call, partial(f, real)))

    call = "forward"  # the method of a layer of dropout_layers()

    def callback(self, f, like):
        return self.array(f())

    def observe(self, f, *arrays):
        f(*map(self.numpy, arrays))


class NumPy(Adapter):
    half = ("float16",)

    def dropout_and_gradient(self, X, p):
        layer = self.notebook["Dropout"](p)
        return layer.forward(X, is_train=True), layer.backward(np.ones_like(X)) + 1

    def seed(self, n):
        self.notebook["rng"] = np.random.default_rng(n)

    def place(self, x):
        return type(x)

    def logits(self, model, X, training):
        return self.models[model].forward(X, is_train=training)

    def gradients(self, X, y):
        net = self.models["scratch"]
        y_hat = net.forward(X, is_train=True)
        loss, dO = self.notebook["cross_entropy"](y_hat, y)
        return y_hat, loss, net.backward(dO)

    def parameters(self, model):
        return [param.copy() for param in self.models[model].params]

    def instead(self, model, f):
        # The concise layer drops ones by `dropout_layer` and keeps what is left of
        # them for its backward pass, so that is where a mask must come from.
        return self.around("scratch", f)

    def dropout_layers(self):
        return [
            layer
            for layer in self.models["concise"].layers
            if isinstance(layer, self.notebook["Dropout"])
        ]


class PyTorch(Adapter):
    def array(self, a):
        return self.notebook["torch"].from_numpy(a)

    def numpy(self, x):
        return x.detach().cpu().numpy()

    def cast(self, x, dtype):
        return x.to(getattr(self.notebook["torch"], dtype))

    def dropout_and_gradient(self, X, p):
        X = self.array(X).requires_grad_()
        dropped = self.dropout_layer(X, p)
        return self.numpy(dropped), self.numpy(
            self.notebook["torch"].autograd.grad((dropped + X).sum(), X)[0]
        )

    def seed(self, n):
        self.notebook["torch"].manual_seed(n)

    @contextmanager
    def elsewhere(self, a):
        yield self.array(a).to("meta")  # not the CPU; it holds no values

    def place(self, x):
        return x.device

    def logits(self, model, X, training):
        return self.numpy(self.models[model].train(training)(self.notebook["as_tensor"](X)))

    def gradients(self, X, y):
        torch, as_tensor = self.notebook["torch"], self.notebook["as_tensor"]
        net = self.models["scratch"].train()
        y_hat = net(as_tensor(X))
        loss = self.notebook["F"].cross_entropy(y_hat, as_tensor(y))
        grads = torch.autograd.grad(loss, list(net.parameters()))
        return self.numpy(y_hat), loss.item(), [self.numpy(grad) for grad in grads]

    def parameters(self, model):
        params = [self.numpy(p).copy() for p in self.models[model].parameters()]
        return params if model == "scratch" else [p.T for p in params]  # nn.Linear transposes

    @contextmanager
    def precision(self, dtype):
        torch = self.notebook["torch"]
        before = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            yield
        finally:
            torch.set_default_dtype(before)

    def dropout_layers(self):
        nn = self.notebook["nn"]
        return [layer for layer in self.models["concise"] if isinstance(layer, nn.Dropout)]


class TensorFlow(Adapter):
    call = "call"
    flushes_subnormals = True

    def array(self, a):
        return self.notebook["tf"].constant(a)

    def cast(self, x, dtype):
        return self.notebook["tf"].cast(x, dtype)

    def dtype(self, x):
        return x.dtype.name

    def dropout_and_gradient(self, X, p):
        tf, X = self.notebook["tf"], self.array(X)
        with tf.GradientTape() as tape:
            tape.watch(X)
            dropped = self.dropout_layer(X, p)
            total = tf.reduce_sum(dropped + X)
        return self.numpy(dropped), self.numpy(tape.gradient(total, X))

    def seed(self, n):
        self.notebook["tf"].keras.utils.set_random_seed(n)

    @contextmanager
    def elsewhere(self, a):
        # The scope decides where TensorFlow computes, not X. A graph needs no such
        # device to be there, and shows the place of every operation.
        tf, device = self.notebook["tf"], "/device:GPU:1"
        with tf.Graph().as_default() as graph, tf.device(device):
            yield self.array(a)
        assert {operation.device for operation in graph.get_operations()} == {device}

    def place(self, x):
        return x.device

    def logits(self, model, X, training):
        return self.numpy(self.models[model](X, training=training))

    def gradients(self, X, y):
        tf, net = self.notebook["tf"], self.models["scratch"]
        with tf.GradientTape() as tape:
            y_hat = net(X, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, y_hat))
        grads = tape.gradient(loss, net.params)
        return self.numpy(y_hat), self.numpy(loss), [self.numpy(grad) for grad in grads]

    def parameters(self, model):
        net = self.models[model]
        if model == "concise":
            return net.get_weights()
        return [self.numpy(param).copy() for param in net.params]

    @contextmanager
    def precision(self, dtype):
        keras = self.notebook["tf"].keras
        before = keras.config.floatx(), keras.config.dtype_policy()
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        try:
            yield
        finally:
            keras.config.set_floatx(before[0])
            keras.config.set_dtype_policy(before[1])

    def dropout_layers(self):
        layers = self.notebook["tf"].keras.layers
        return [
            layer for layer in self.models["concise"].layers if isinstance(layer, layers.Dropout)
        ]

    def callback(self, f, like):
        result = self.notebook["tf"].numpy_function(f, [], like.dtype)
        result.set_shape(like.shape)  # a graph cannot know it
        return result

    def observe(self, f, *arrays):
        self.notebook["tf"].numpy_function(f, arrays, [])


class MXNet(Adapter):
    half = ("float16",)
    # Its operators get a scalar as text, and read it to 6 ulps or better in 20,000 trials.
    divisor_ulps = 8

    def array(self, a):
        return self.notebook["np"].array(a, dtype=a.dtype)

    def numpy(self, x):
        return x.asnumpy()

    def dropout_and_gradient(self, X, p):
        X = self.array(X)
        X.attach_grad()
        with self.notebook["autograd"].record():
            dropped = self.dropout_layer(X, p)
            total = (dropped + X).sum()
        total.backward()
        return dropped.asnumpy(), X.grad.asnumpy()

    def seed(self, n):
        self.notebook["mx"].random.seed(n)

    @contextmanager
    def elsewhere(self, a):
        yield self.array(a).as_in_ctx(self.notebook["mx"].cpu(1))

    def place(self, x):
        return x.ctx

    def logits(self, model, X, training):
        autograd = self.notebook["autograd"]
        with autograd.train_mode() if training else autograd.predict_mode():
            return self.models[model](self.notebook["as_tensor"](X)).asnumpy()

    def gradients(self, X, y):
        net, as_tensor = self.models["scratch"], self.notebook["as_tensor"]
        cross_entropy = self.notebook["gluon"].loss.SoftmaxCrossEntropyLoss()
        with self.notebook["autograd"].record():
            y_hat = net(as_tensor(X))
            loss = cross_entropy(y_hat, as_tensor(y)).mean()
        loss.backward()
        grads = [p.grad().asnumpy() for p in net.collect_params().values()]
        return y_hat.asnumpy(), loss.item(), grads

    def parameters(self, model):
        params = [p.data().asnumpy() for p in self.models[model].collect_params().values()]
        return params if model == "scratch" else [p.T for p in params]  # nn.Dense transposes

    def load(self, weights):
        for model, net in self.models.items():
            net.cast(weights[0].dtype.name)  # parameters are float32 unless told
            for param, w in zip(net.collect_params().values(), weights):
                param.set_data(self.notebook["as_tensor"](w if model == "scratch" else w.T))

    def dropout_layers(self):
        # Once compiled, the network calls its layers no more.
        self.models["concise"].hybridize(False)
        nn = self.notebook["nn"]
        return [layer for layer in self.models["concise"] if isinstance(layer, nn.Dropout)]


class PaddlePaddle(Adapter):
    dtypes = "float32", "float64"  # on a CPU it multiplies no float16
    half = ("bfloat16",)

    def array(self, a):
        return self.notebook["paddle"].to_tensor(a)

    def numpy(self, x):
        return x.numpy()

    def dropout_and_gradient(self, X, p):
        X = self.array(X)
        X.stop_gradient = False
        dropped = self.dropout_layer(X, p)
        (dropped + X).sum().backward()
        return dropped.numpy(), X.grad.numpy()

    def seed(self, n):
        self.notebook["paddle"].seed(n)

    def place(self, x):
        return x.place

    def logits(self, model, X, training):
        net = self.models[model]
        net.train() if training else net.eval()
        return net(self.array(X)).numpy()

    def gradients(self, X, y):
        net = self.models["scratch"]
        net.train()
        y_hat = net(self.array(X))
        loss = self.notebook["F"].cross_entropy(y_hat, self.array(y))
        grads = self.notebook["paddle"].grad(loss, net.parameters(), retain_graph=True)
        return y_hat.numpy(), loss.item(), [grad.numpy() for grad in grads]

    def parameters(self, model):
        return [param.numpy() for param in self.models[model].parameters()]

    @contextmanager
    def precision(self, dtype):
        paddle = self.notebook["paddle"]
        before = paddle.get_default_dtype()
        paddle.set_default_dtype(dtype)
        try:
            yield
        finally:
            paddle.set_default_dtype(before)

    def load(self, weights):
        for net in self.models.values():
            net.to(dtype=weights[0].dtype.name)  # a Layer is float32 unless told
            for param, w in zip(net.parameters(), weights):
                param.set_value(w)

    def dropout_layers(self):
        nn = self.notebook["nn"]
        return [layer for layer in self.models["concise"] if isinstance(layer, nn.Dropout)]


class JAX(Adapter):
    flushes_subnormals = True

    def __init__(self, notebook):
        super().__init__(notebook)
        self.params = {"scratch": notebook["params"], "concise": notebook["concise_params"]}
        self.seed(0)

    def seed(self, n):
        self.key = self.notebook["jax"].random.key(n)

    def array(self, a):
        return self.notebook["jnp"].asarray(a)

    def accepts(self, dtype):
        return self.precision(dtype)  # without it, float64 becomes float32

    @contextmanager
    def elsewhere(self, a):
        jax = self.notebook["jax"]
        yield jax.device_put(a, jax.devices()[1])  # conftest.py makes it

    def place(self, x):
        return x.devices()

    def fresh_key(self):
        self.key, key = self.notebook["jax"].random.split(self.key)
        return key

    def dropout_layer(self, X, dropout):
        return self.notebook["dropout_layer"](X, dropout, self.fresh_key())

    def dropout_and_gradient(self, X, p):
        key = self.fresh_key()

        def total(X):
            dropped = self.notebook["dropout_layer"](X, p, key)
            return (dropped + X).sum(), dropped

        gradient, dropped = self.notebook["jax"].grad(total, has_aux=True)(self.array(X))
        return self.numpy(dropped), self.numpy(gradient)

    def refused(self, X, dropout):
        return self.notebook["dropout_layer"](X, dropout, None)  # None draws nothing

    def logits(self, model, X, training):
        key = self.fresh_key() if training else None
        return self.numpy(self.models[model](self.params[model], X, key))

    def train(self, model, train_iter, test_iter, num_epochs, lr):
        self.params[model], history = self.notebook["train"](
            self.models[model],
            self.params[model],
            train_iter,
            test_iter,
            num_epochs,
            lr,
            self.fresh_key(),
        )
        return history

    def evaluate(self, model, test_iter):
        return self.notebook["evaluate_accuracy"](
            self.models[model], self.params[model], test_iter
        )

    def gradients(self, X, y):
        jax, jnp = self.notebook["jax"], self.notebook["jnp"]

        def loss_and_logits(params, key):
            y_hat = self.models["scratch"](params, X, key)
            log_p = jax.nn.log_softmax(y_hat)
            return -jnp.take_along_axis(log_p, y[:, None], axis=1).mean(), y_hat

        (loss, y_hat), grads = jax.value_and_grad(loss_and_logits, has_aux=True)(
            self.params["scratch"], self.fresh_key()
        )
        return self.numpy(y_hat), self.numpy(loss), [self.numpy(grad) for grad in grads]

    def parameters(self, model):
        params = self.params[model]
        if model == "concise":
            merged = self.notebook["nnx"].merge(
                self.notebook["graphdef"], params, self.notebook["rest"]
            )
            linear = [
                layer for layer in merged.layers if isinstance(layer, self.notebook["nnx"].Linear)
            ]
            params = [w for layer in linear for w in (layer.kernel[...], layer.bias[...])]
        return [self.numpy(param) for param in params]

    @contextmanager
    def precision(self, dtype):
        # Not by the context manager `enable_x64`: callbacks run in another thread.
        config = self.notebook["jax"].config
        before = config.jax_enable_x64
        config.update("jax_enable_x64", dtype == "float64")
        try:
            yield
        finally:
            config.update("jax_enable_x64", before)

    def around_concise(self, stack, f):
        # `concise_net` merges new layers in each call, so the class is changed.
        Dropout = self.notebook["nnx"].Dropout
        real = Dropout.__call__

        @wraps(real)  # Sequential reads the signature, and passes on `rngs` if it is there
        def call(layer, X, **rest):
            return f(partial(real, layer), X, **rest)

        stack.enter_context(mock.patch.object(Dropout, "__call__", call))

    def callback(self, f, like):
        jax = self.notebook["jax"]
        return jax.experimental.io_callback(
            f, jax.ShapeDtypeStruct(like.shape, like.dtype), ordered=True
        )

    def observe(self, f, *arrays):
        # Unlike io_callback, this one may depend on what is differentiated.
        self.notebook["jax"].debug.callback(f, *arrays, ordered=True)

    @contextmanager
    def around(self, model, f):
        with super().around(model, f):
            yield
            self.notebook["jax"].effects_barrier()  # steps run in the background


ADAPTERS = {
    "numpy": NumPy,
    "pytorch": PyTorch,
    "tensorflow": TensorFlow,
    "mxnet": MXNet,
    "paddle": PaddlePaddle,
    "jax": JAX,
}
