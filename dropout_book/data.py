"""Fashion-MNIST, found on this machine or downloaded, and minibatches of it.

The data (Xiao, Rasul and Vollgraf, 2017, https://arxiv.org/abs/1708.07747) are
60,000 training and 10,000 test images of clothes, 28x28 grey pixels in ten
classes. Each file is looked for in this order:

1. the folder that the environment variable `DROPOUT_BOOK_DATA` names; if it
   names one, nowhere else;
2. our own cache, `pooch.os_cache("dropout-book")`;
3. the folder of Debian's package `dataset-fashion-mnist`;
4. the mirrors below, from which it is downloaded into the cache.

Wherever it comes from, it is checked by its SHA-256 each time it is read.
`python -m dropout_book.data` finds and checks the four files and says where.
"""

import gzip
import hashlib
import io
import os
import struct
import sys
import tempfile
import warnings
import zlib
from contextlib import suppress
from numbers import Integral
from pathlib import Path

import numpy as np

with warnings.catch_warnings():
    # pooch imports tqdm, which in a notebook without ipywidgets warns that its
    # progress bar will be of text. That is all right, and no news for a page.
    warnings.simplefilter("ignore")
    import pooch

LABELS = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

VARIABLE = "DROPOUT_BOOK_DATA"
CACHE = Path(pooch.os_cache("dropout-book"))
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
MIRRORS = (
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
TIMEOUT = 10  # seconds to connect, and of silence in the middle of a download

# Size in bytes and SHA-256 of the decompressed files: packers differ, so only
# what is inside the .gz can be compared.
FILES = {
    "train-images-idx3-ubyte": (
        47_040_016,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "train-labels-idx1-ubyte": (
        60_008,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "t10k-images-idx3-ubyte": (
        7_840_016,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "t10k-labels-idx1-ubyte": (
        10_008,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}


class DataError(RuntimeError):
    """Fashion-MNIST cannot be had; the message says why and what to do."""


def load_fashion_mnist():
    """Return `(X_train, y_train), (X_test, y_test)` as NumPy arrays.

    Images are float32 in [0, 1], of shape (60000, 28, 28) and (10000, 28, 28);
    labels are int64, of shape (60000,) and (10000,), and index `LABELS`.

    Raises DataError if a file is neither here nor to be downloaded, or if it is
    damaged. Warns of a damaged file that it could do without.
    """
    X_train, y_train, X_test, y_test = (_parse_idx(find_file(name)[0]) for name in FILES)
    return ((_scale(X_train), y_train.astype(np.int64)), (_scale(X_test), y_test.astype(np.int64)))


class Minibatches:
    """Minibatches of (X, y), shuffled alike for every library.

    Iterating yields every example once, in the order of X, as pairs of
    `batch_size` examples, the last pair holding what is left;
    `shuffled(epoch)` yields them in that epoch's order. `len()` is the number
    of pairs, `num_examples` that of examples.

    X: array of shape (n, ...); y: array of shape (n, ...).
    batch_size: examples in a batch, 1 or more.
    seed: an integer, 0 or more. An epoch's order depends on it and on the
        epoch's number alone, so that the same epoch is the same everywhere.
    as_tensor: applied to each half of a pair, for instance `torch.from_numpy`;
        without it they are NumPy arrays.

    Raises ValueError or TypeError if an argument is not as above.
    """

    def __init__(self, X, y, batch_size, seed=0, as_tensor=None):
        if len(X) != len(y) or len(X) == 0:
            raise ValueError(
                f"X has {len(X)} examples and y has {len(y)}: "
                "give as many labels as examples, at least one"
            )
        _require_integer("batch_size", batch_size, least=1)
        _require_integer("seed", seed, least=0)
        self.X, self.y = np.asarray(X), np.asarray(y)
        self.num_examples = len(self.X)
        self.batch_size, self.seed, self.as_tensor = batch_size, seed, as_tensor

    def __len__(self):
        return -(-self.num_examples // self.batch_size)  # rounded up

    def __iter__(self):
        return self._batches(np.arange(self.num_examples))

    def shuffled(self, epoch):
        """The minibatches of epoch 0, 1, 2, … in the order that belongs to it."""
        _require_integer("epoch", epoch, least=0)
        rng = np.random.default_rng([self.seed, epoch])
        return self._batches(rng.permutation(self.num_examples))

    def _batches(self, order):
        for start in range(0, len(order), self.batch_size):
            indices = order[start : start + self.batch_size]
            X, y = self.X[indices], self.y[indices]
            if self.as_tensor is not None:
                X, y = self.as_tensor(X), self.as_tensor(y)
            yield X, y


def _require_integer(name, value, least):
    if not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}: give an integer, {least} or more")
    if value < least:
        raise ValueError(f"{name} is {value}: give {least} or more")


def _scale(pixels):
    """Bytes 0..255 as float32 in [0, 1]; `dtype` spares a float64 copy."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)


def _parse_idx(data):
    """The array in an IDX file of bytes, MNIST's format (LeCun et al., 1998):
    two zeros, element type, number of axes; their lengths, big-endian; elements."""
    zeros, element_type, ndim = struct.unpack_from(">HBB", data)
    assert (zeros, element_type) == (0, 8), "no IDX of bytes, yet its hash matched"
    shape = struct.unpack_from(f">{ndim}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def find_file(name):
    """Checked, decompressed bytes of one of `FILES`, and where they were found.

    Raises DataError, and warns, as `load_fashion_mnist` does.
    """
    if os.environ.get(VARIABLE):
        return _find_in_chosen_folder(name)
    failures = []
    for path in (CACHE / name, DEBIAN / f"{name}.gz"):
        try:
            return read_file(path, name), str(path.parent)
        except FileNotFoundError:
            failures.append(f"{path}: not there")
        except (OSError, ValueError) as error:
            failures.append(f"{path}: {error}")
            warnings.warn(
                f"{path} cannot be used: {error}; looking for a fresh copy", stacklevel=4
            )
            # What cannot be read may yet be good; what was read and is wrong is not.
            if path.parent == CACHE and isinstance(error, ValueError):
                with suppress(OSError):  # Windows keeps a file that someone reads
                    path.unlink()
    for mirror in MIRRORS:
        try:
            return _download(mirror, name), f"{mirror} (now in {CACHE})"
        except ValueError as error:
            failures.append(f"{mirror}: {error}")
            cause = error
        except OSError as error:  # on our side: another mirror would not help
            failures.append(f"{CACHE}: no download can be stored there: {error}")
            raise _data_error(
                name,
                failures,
                (
                    "Free disk space there (the four files take 55 MB), make the folder "
                    f"writable, delete {CACHE / name} if it is a folder, or set {VARIABLE} "
                    "to a folder that holds the four files."
                ),
            ) from error
    raise _data_error(
        name,
        failures,
        (
            "Connect to a network and try again; or, on Debian or Ubuntu, run "
            f"`apt-get install dataset-fashion-mnist`; or set {VARIABLE} to a folder "
            f"that holds {', '.join(FILES)}, as they are or as .gz."
        ),
    ) from cause


def _find_in_chosen_folder(name):
    folder = Path(os.path.abspath(os.path.expanduser(os.environ[VARIABLE])))
    path = folder / name
    if not os.path.exists(path):
        path = folder / f"{name}.gz"
    try:
        return read_file(path, name), str(folder)
    except (OSError, ValueError) as error:
        failure = f"{path}: {error}"
        if not os.path.isdir(folder):
            failure = f"{folder} is not a folder"
        elif isinstance(error, FileNotFoundError):
            failure = f"{folder} holds neither {name} nor {name}.gz"
        raise _data_error(
            name,
            [failure],
            (
                f"{VARIABLE} is set, so this was the only place to look: put a fresh copy "
                f"of the file there, or unset {VARIABLE}."
            ),
        ) from error


def _data_error(name, failures, advice):
    size, sha256 = FILES[name]
    return DataError(
        "\n".join(
            [
                f"Fashion-MNIST's file {name} cannot be had:",
                *(f"  - {failure}" for failure in failures),
                f"It should hold, decompressed, {size:,} bytes with SHA-256 {sha256}.",
                advice,
            ]
        )
    )


def read_file(path, name):
    """Decompressed bytes of `path`, packed or not, which must be those of `name` in `FILES`.

    Raises ValueError if they are not, and OSError if `path` cannot be read.
    """
    data = _unpack(path.read_bytes())
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != FILES[name][1]:
        raise ValueError(f"truncated or altered: {len(data):,} bytes, SHA-256 {sha256}")
    return data


def _unpack(data):
    """`data` gunzipped, or unchanged if it is not gzip; ValueError if it is damaged."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"truncated or altered .gz: {error}") from error


def _download(mirror, name):
    """Fetch `name` into the cache, whole or not at all, and return its bytes.

    ValueError: the mirror is to blame. OSError: this machine's disk is.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    # In a folder of our own: straight into the cache, pooch would on Windows copy
    # over the file that another process has just put there and may be reading.
    with tempfile.TemporaryDirectory(prefix="download-", dir=CACHE) as own:
        fresh = Path(
            pooch.retrieve(
                mirror + name + ".gz",
                known_hash=FILES[name][1],
                fname=name,
                path=own,
                downloader=_fetch_and_unpack,
            )
        )
        data = read_file(fresh, name)
        with suppress(PermissionError):  # Windows: someone is reading one just as good
            os.replace(fresh, CACHE / name)
    return data


def _fetch_and_unpack(url, output_file, _):
    """A downloader for pooch that writes what is inside the .gz at `url`."""
    packed = io.BytesIO()
    get = pooch.HTTPDownloader(progressbar=True, chunk_size=2**16, timeout=TIMEOUT)
    handled = sys.exc_info()[1]  # what a caller may be handling is no reason of ours
    try:
        get(url, packed, None)
    except OSError as error:  # of the network: nothing here writes to a disk
        reason = cause = error
        while cause.__context__ not in (None, handled):
            cause = cause.__context__  # requests wraps the plain one three deep
            if isinstance(cause, OSError):
                reason = cause
        raise ValueError(str(reason)) from error
    Path(output_file).write_bytes(_unpack(packed.getvalue()))


def main():
    """Find and check the four files; say where they were, or exit with 1."""
    try:
        places = sorted({find_file(name)[1] for name in FILES})
    except DataError as error:
        sys.exit(str(error))
    print(
        f"Fashion-MNIST: found in {' and '.join(places)}; "
        f"all {len(FILES)} files verified by SHA-256."
    )


if __name__ == "__main__":
    main()
