"""A process that has one library, and times what it is asked to time.

It runs the notebook's own cells, as the tests do, so that what is timed is what a reader
sees. TensorFlow and PaddlePaddle crash when both are imported into one process.

run.py starts it as `python worker.py Ours pytorch 7`: what to make, of which library, and
the file descriptor of the pipe through which a Task comes and what it used is answered.
"""

import os
import sys
from itertools import islice
from multiprocessing.connection import Connection

from benchmarks.stopwatch import Stopwatch, TimedHistory
from dropout_book.records.speed import MASK_CALLS, MASK_PROBABILITY, MASK_SHAPE

ATTEMPTS = 6


class AfterWarmUp:
    """Minibatches for two epochs: a short one, in which what compiles does, then all."""

    def __init__(self, minibatches, X, y, batch_size):
        few = 2 * batch_size + len(X) % batch_size  # the shapes that an epoch has
        self.epochs = [minibatches(X[:few], y[:few], batch_size), minibatches(X, y, batch_size)]

    def shuffled(self, epoch):
        return self.epochs[epoch].shuffled(epoch)


class Ours:
    """The notebook's loops, and what they are compared with."""

    def __init__(self, framework):
        from benchmarks.libraries import DROPOUTS, LIBRARIES
        from parallel_notebooks import run_cells

        self.framework = framework
        self.notebook = run_cells(framework, ["setup", "dropout-layer", "data", "training-loop"])
        self.notebook["History"] = TimedHistory  # train() makes one
        self.library = LIBRARIES[framework](self.notebook)
        self.dropouts = {"mask": self.notebook["dropout_layer"]} | {
            kind: getattr(self.library, name)
            for kind, name in DROPOUTS.items()
            if hasattr(self.library, name)
        }

    def about(self):
        return {}

    def time(self, task):
        if task.kind in self.dropouts:
            return self.time_mask(self.dropouts[task.kind])
        n = task.num_examples
        data = [self.notebook[name][:n] for name in ("X_train", "y_train")]
        data += [self.notebook[name][: n // 6] for name in ("X_test", "y_test")]
        if task.kind == "floor":
            return self.time_floor(task, [len(data[0]), len(data[2])])
        if task.kind == "expert":
            return self.time_expert(data)
        return self.time_training(task, *data)

    def time_training(self, task, X_train, y_train, X_test, y_test):
        from adapters import ADAPTERS

        adapter = ADAPTERS[self.framework](self.models(task.width))
        if task.kind == "without dropout":
            adapter.notebook.update(dropout1=0, dropout2=0)
        history = adapter.train(
            "concise" if task.kind == "concise" else "scratch",
            AfterWarmUp(adapter.minibatches, X_train, y_train, task.batch_size),
            adapter.minibatches(X_test, y_test, task.batch_size),
            2,
            self.notebook["lr"],
        )
        return history.used

    def models(self, width):
        """The notebook with new models, whose hidden layers are that wide."""
        from parallel_notebooks import run_cells

        written, wanted = "784, 256, 256, 10", f"784, {width}, {width}, 10"

        def change(tag, source):
            assert tag != "mlp-scratch" or written in source, "the sizes are elsewhere"
            return source.replace(written, wanted)

        return run_cells(
            self.framework, ["mlp-scratch", "mlp-concise"], dict(self.notebook), change
        )

    def time_floor(self, task, num_examples):
        """The matrix products of an epoch and its evaluation, and nothing else."""
        import numpy as np

        rng = np.random.default_rng(0)

        def arrays(*shapes):
            return [
                self.library.array(rng.standard_normal(shape, dtype=np.float32))
                for shape in shapes
            ]

        width = task.width
        Ws = arrays((784, width), (width, width), (width, 10))
        epoch = []
        for n, products, layers in zip(
            num_examples,
            (self.library.training_products, self.library.inference_products),
            ([784, width, width, width, width, 10], [784, width, width]),
        ):
            products = self.library.compiled(products)
            whole, rest = divmod(n, task.batch_size)
            for size, times in (task.batch_size, whole), (rest, int(rest > 0)):
                batch = arrays(*((size, units) for units in layers)) if times else []
                epoch += [(products, [*batch, *Ws])] * times
        for run in "compile", "time":
            stopwatch = Stopwatch()
            for products, operands in epoch if run == "time" else set_of(epoch):
                self.library.wait(products(*operands))
        return stopwatch.lap()

    def time_expert(self, data):
        from benchmarks.expert_loops import LOOPS

        epochs = LOOPS[self.framework](*data)
        next(epochs)  # compiles
        stopwatch = Stopwatch()
        next(epochs)
        return stopwatch.lap()

    def time_mask(self, dropout):
        import numpy as np

        X = self.library.array(np.ones(MASK_SHAPE, dtype=np.float32))
        call = self.library.dropout_call(dropout, X, MASK_PROBABILITY)
        self.library.wait(call())  # compiles
        stopwatch = Stopwatch()
        for _ in range(MASK_CALLS):
            self.library.wait(call())
        return stopwatch.lap()


def set_of(epoch):
    """One of each kind of minibatch."""
    return {id(operands): (products, operands) for products, operands in epoch}.values()


class Textbook:
    """d2l's loop with d2l's loader, as the textbook's chapter calls them.

    Only where the loader's files lie is changed. What is timed is what `d2l.train_ch3`
    does in an epoch, but for its drawing.
    """

    def __init__(self, framework):
        from dropout_book.textbook import keras_home
        from parallel_notebooks import run_cells

        os.environ["KERAS_HOME"] = str(keras_home())  # before Keras is imported
        notebook = run_cells(
            framework, ["setup"], {"__name__": "__main__", "one_of": one_of}, topic="d2l"
        )
        self.d2l, self.notebook = notebook["d2l"], notebook
        # The audit reads all minibatches once, in its own process; the textbook does not.
        workers = getattr(self.d2l, "get_dataloader_workers", None)
        run_cells(
            framework,
            ["data", "dropout-layer", "mlp-scratch"],
            notebook,
            topic="d2l",
            change=lambda tag, source: source.replace("list(", "one_of("),
        )
        del notebook["train_iter"], notebook["test_iter"]
        if workers:
            self.d2l.get_dataloader_workers = workers
        self.loaders = self.d2l.load_data_fashion_mnist(notebook["batch_size"])

    def about(self):
        """Where that comes from which is timed."""
        timed = (
            self.d2l.train_epoch_ch3,
            self.d2l.evaluate_accuracy,
            self.d2l.load_data_fashion_mnist,
        )
        return {
            "timed": [f"{each.__module__}.{each.__qualname__}" for each in timed],
            "loader processes": getattr(self.d2l, "get_dataloader_workers", int)(),
        }

    def time(self, task):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.time_once(task)
            except (SystemError, RuntimeError) as error:
                # PaddlePaddle computes in the processes its loader forks, and now and
                # then one of them crashes. What it had timed is thrown away.
                print(f"The textbook's loop failed: {error}", file=sys.stderr)
                if attempt == ATTEMPTS:
                    raise

    def time_once(self, task):
        d2l, n = self.d2l, task.num_examples
        train_iter, test_iter = self.loaders
        net, updater = self.model()
        few, loss = self.notebook["train_batches"], self.notebook["loss"]
        d2l.train_epoch_ch3(net, few, loss, updater)
        d2l.evaluate_accuracy(net, few)
        if n < 60_000:
            train_iter = islice(train_iter, n // task.batch_size)
            test_iter = islice(test_iter, n // 6 // task.batch_size)
        stopwatch = Stopwatch()
        d2l.train_epoch_ch3(net, train_iter, loss, updater)
        d2l.evaluate_accuracy(net, test_iter)
        return stopwatch.lap()

    def model(self):
        """A new network, and what updates its parameters."""
        notebook = self.notebook
        if "new_params" in notebook:  # MXNet's is a function
            notebook["params"] = notebook["new_params"]()
            return notebook["net"], notebook["sgd"]
        net = notebook["Net"]()
        return net, notebook["sgd"](net)


def one_of(minibatches):
    return [next(iter(minibatches))]


def main(make, framework, pipe):
    """Answer every Task until the other end is closed."""
    os.environ.update(MPLBACKEND="agg", TQDM_DISABLE="1")
    pipe = Connection(int(pipe))
    worker = {"Ours": Ours, "Textbook": Textbook}[make](framework)
    pipe.send(worker.about())
    try:
        while True:
            pipe.send(worker.time(pipe.recv()))
    except EOFError:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
