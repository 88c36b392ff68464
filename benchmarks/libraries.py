"""What must be said in each library's own words: bare matrix products, other ways to drop out.

`own_dropout(X, p)` is the library's, in training, and `own_dropout_in_place` the same where it
may overwrite X. `selecting_dropout(X, p)` is the notebook's `dropout_layer`, but for its mask,
which selects what stays instead of multiplying.
"""

# The dropout of a task that is not the notebook's own.
DROPOUTS = {
    "selecting mask": "selecting_dropout",
    "library mask": "own_dropout",
    "library mask in place": "own_dropout_in_place",
}


class Library:
    """`notebook` is the namespace of a library's notebook."""

    def __init__(self, notebook):
        self.notebook = notebook

    def array(self, a):
        return a

    def matmul(self, a, b, transpose_a=False, transpose_b=False):
        return (a.T if transpose_a else a) @ (b.T if transpose_b else b)

    def compiled(self, f):
        """f, compiled where the notebook's training step is."""
        return f

    def wait(self, result):
        """Until it has been computed."""

    def dropout_call(self, dropout, X, p):
        """A function of no arguments that drops out X, as a training step would."""
        call = self.compiled(lambda X: dropout(X, p))
        return lambda: call(X)

    def training_products(self, X, H1, H2, dH1, dH2, dO, W1, W2, W3):
        """Three forward, five backward: the gradient at X is not needed."""
        product = self.matmul
        return [
            product(X, W1),
            product(H1, W2),
            product(H2, W3),
            product(H2, dO, transpose_a=True),
            product(dO, W3, transpose_b=True),
            product(H1, dH2, transpose_a=True),
            product(dH2, W2, transpose_b=True),
            product(X, dH1, transpose_a=True),
        ]

    def inference_products(self, X, H1, H2, W1, W2, W3):
        return [self.matmul(X, W1), self.matmul(H1, W2), self.matmul(H2, W3)]


class NumPy(Library):
    """Has no dropout of its own."""

    def selecting_dropout(self, X, p):
        np, rng = self.notebook["np"], self.notebook["rng"]
        keep = rng.random(X.shape, dtype=np.float32) >= p
        return np.where(keep, X / X.dtype.type(1 - p), X.dtype.type(0))


class PyTorch(Library):
    def array(self, a):
        return self.notebook["torch"].from_numpy(a)

    def selecting_dropout(self, X, p):
        torch = self.notebook["torch"]
        keep = torch.rand(X.shape, device=X.device) >= p
        return torch.where(keep, X / (1 - p), 0)

    def own_dropout(self, X, p):
        return self.notebook["F"].dropout(X, p, training=True)

    def own_dropout_in_place(self, X, p):
        return self.notebook["F"].dropout(X, p, training=True, inplace=True)


class TensorFlow(Library):
    def array(self, a):
        return self.notebook["tf"].constant(a)

    def matmul(self, a, b, transpose_a=False, transpose_b=False):
        return self.notebook["tf"].matmul(a, b, transpose_a, transpose_b)

    def compiled(self, f):
        return self.notebook["tf"].function(f)

    def selecting_dropout(self, X, p):
        tf = self.notebook["tf"]
        keep = tf.random.uniform(tf.shape(X)) >= p
        return tf.where(keep, X / (1 - p), 0)

    def own_dropout(self, X, p):
        return self.notebook["tf"].nn.dropout(X, p)


class MXNet(Library):
    def array(self, a):
        return self.notebook["np"].array(a, dtype=a.dtype)

    def matmul(self, a, b, transpose_a=False, transpose_b=False):
        return self.notebook["mx"].nd.dot(  # np.dot would copy a transpose
            a.as_nd_ndarray(), b.as_nd_ndarray(), transpose_a, transpose_b
        )

    def wait(self, result):
        self.notebook["npx"].waitall()

    def selecting_dropout(self, X, p):
        np = self.notebook["np"]
        keep = np.random.uniform(0, 1, X.shape, ctx=X.ctx) >= p
        return np.where(keep, X / (1 - p), np.zeros_like(X))

    def own_dropout(self, X, p):
        with self.notebook["autograd"].train_mode():
            return self.notebook["npx"].dropout(X, p=p)


class PaddlePaddle(Library):
    def array(self, a):
        return self.notebook["paddle"].to_tensor(a)

    def matmul(self, a, b, transpose_a=False, transpose_b=False):
        return self.notebook["paddle"].matmul(a, b, transpose_a, transpose_b)

    def selecting_dropout(self, X, p):
        paddle = self.notebook["paddle"]
        keep = paddle.uniform(X.shape, min=0, max=1) >= p
        return paddle.where(keep, X / (1 - p), paddle.zeros_like(X))

    def own_dropout(self, X, p):
        return self.notebook["F"].dropout(X, p, training=True)


class JAX(Library):
    def array(self, a):
        return self.notebook["jnp"].asarray(a)

    def compiled(self, f):
        return self.notebook["jax"].jit(f)

    def wait(self, result):
        self.notebook["jax"].block_until_ready(result)

    def dropout_call(self, dropout, X, p):
        split = self.notebook["jax"].random.split

        def step(key, X):
            key, subkey = split(key)  # a fresh key every step
            return key, dropout(X, p, subkey)

        step, key = self.compiled(step), self.notebook["key"]

        def call():
            nonlocal key
            key, dropped = step(key, X)
            return dropped

        return call

    def selecting_dropout(self, X, p, key):
        jax, jnp = self.notebook["jax"], self.notebook["jnp"]
        keep = jax.random.uniform(key, X.shape) >= p
        return jnp.where(keep, X / X.dtype.type(1 - p), 0)

    def own_dropout(self, X, p, key):
        nnx = self.notebook["nnx"]
        return nnx.Dropout(p, deterministic=False)(X, rngs=nnx.Rngs(dropout=key))


LIBRARIES = {
    "numpy": NumPy,
    "pytorch": PyTorch,
    "tensorflow": TensorFlow,
    "mxnet": MXNet,
    "paddle": PaddlePaddle,
    "jax": JAX,
}
