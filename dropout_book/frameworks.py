"""The frameworks of this book, declared once; everything else asks here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Framework:
    """id: its key everywhere, the name of its notebooks. label: what readers see.
    color: `#rrggbb`, on white. module: what its notebooks import. distribution: what is
    installed. documentation: an address. platforms: what it runs on, if not everywhere.
    """

    id: str
    label: str
    color: str
    module: str
    distribution: str
    documentation: str
    platforms: str = ""


FRAMEWORKS = {
    each.id: each
    for each in [
        Framework("numpy", "NumPy", "#203768", "numpy", "numpy", "https://numpy.org/doc/1.26/"),
        Framework(
            "pytorch", "PyTorch", "#c24412", "torch", "torch", "https://docs.pytorch.org/docs/"
        ),
        Framework(
            "tensorflow",
            "TensorFlow",
            "#bc8200",
            "tensorflow",
            "tensorflow",
            "https://www.tensorflow.org/api_docs/python/tf",
        ),
        Framework(
            "mxnet",
            "MXNet",
            "#2879ca",
            "mxnet",
            "mxnet",
            "https://mxnet.apache.org/versions/1.9.1/api/python/docs/",
            "Linux and macOS with x86-64 processors; it has no package that works on Windows "
            "or on Arm",
        ),
        Framework(
            "paddle",
            "PaddlePaddle",
            "#05603f",
            "paddle",
            "paddlepaddle",
            "https://www.paddlepaddle.org.cn/documentation/docs/en/api/index_en.html",
        ),
        Framework("jax", "JAX", "#c55fb4", "jax", "jax", "https://docs.jax.dev/"),
    ]
}
