"""The frameworks of the book, each declared once, in the order of its tabs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Framework:
    """One of the libraries in which the book implements dropout; NumPy counts as one.

    id: the file name of its notebooks, the extra that installs it, the key everywhere.
    label: its name as readers see it.
    color: of its curves, tabs and tables, `#rrggbb`. The six are told apart in grey and by
        colour-blind readers, on white and, turned over, on dark.
    module: what `import` must find for its notebooks to run.
    distribution: the package whose version is the library's.
    documentation: what the addresses of its documentation begin with.
    platforms: where it can be had, by name; empty if everywhere.
    """

    id: str
    label: str
    color: str
    module: str
    distribution: str
    documentation: str
    platforms: tuple = ()


FRAMEWORKS = {
    framework.id: framework
    for framework in (
        Framework(
            "numpy",
            label="NumPy",
            color="#203768",
            module="numpy",
            distribution="numpy",
            documentation="https://numpy.org/doc/",
        ),
        Framework(
            "pytorch",
            label="PyTorch",
            color="#c24412",
            module="torch",
            distribution="torch",
            documentation="https://docs.pytorch.org/docs/",
        ),
        Framework(
            "tensorflow",
            label="TensorFlow",
            color="#bc8200",
            module="tensorflow",
            distribution="tensorflow",
            documentation="https://www.tensorflow.org/api_docs/",
        ),
        Framework(
            "mxnet",
            label="MXNet",
            color="#2879ca",
            module="mxnet",
            distribution="mxnet",
            documentation="https://mxnet.apache.org/versions/",
            platforms=("Linux x86-64", "macOS x86-64"),
        ),
        Framework(
            "paddle",
            label="PaddlePaddle",
            color="#05603f",
            module="paddle",
            distribution="paddlepaddle",
            documentation="https://www.paddlepaddle.org.cn/documentation/docs/",
        ),
        Framework(
            "jax",
            label="JAX",
            color="#c55fb4",
            module="flax",  # its layers, and what brings JAX with it
            distribution="jax",
            documentation="https://flax.readthedocs.io/",
        ),
    )
}

# The one that all others are compared with.
REFERENCE = "numpy"
