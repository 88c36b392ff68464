"""The images that the live training learns from, as a script that a page can load from disk.

A page that is opened from disk may read no file, but it may load a script. Fashion-MNIST's
images are made smaller by the means of 2 × 2 pixels, and their depth to four bits: two
pixels a byte, in base 64.
"""

import base64
from functools import cache
from zlib import crc32

import numpy as np

from dropout_book.data import load_fashion_mnist

NAME = "training_images.js"
SIDE, LEVELS = 14, 15
# Of the training set, one after the other: the test set is left alone.
SIZES = {"train": 500, "validation": 1000}


def shrunk(images):
    """Images of 28 × 28 in [0, 1] as 14 × 14 integers from 0 to 15."""
    means = images.reshape(len(images), SIDE, 2, SIDE, 2).mean(axis=(2, 4), dtype=np.float64)
    return np.floor(means * LEVELS + 0.5).astype(np.uint8)


def packed(pixels):
    """Pixels of four bits, two in a byte, the first one high, as base 64."""
    high, low = pixels.reshape(-1, 2).T
    return base64.b64encode((high << 4 | low).tobytes()).decode("ascii")


@cache
def script():
    (images, labels), _ = load_fashion_mnist()
    parts, start = [], 0
    for name, size in SIZES.items():
        chosen = slice(start, start + size)
        digits = "".join(map(str, labels[chosen]))
        parts.append(f'{name}: {{labels: "{digits}", pixels: "{packed(shrunk(images[chosen]))}"}}')
        start += size
    return f"const trainingImages = {{{', '.join(parts)}}};\n"


def address():
    """Its name with a checksum, or a browser would keep an old one."""
    return f"{NAME}?v={crc32(script().encode()):08x}"
