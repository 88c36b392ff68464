"""The look of the figures of theory: that of the experiments' figures, without their imports.

`dropout_book.experiments.figures` has the same colours; it needs pandas and SciPy, which the
notebooks of theory do without.
"""

import matplotlib.pyplot as plt

WIDTH = 4.6  # inches; a phone shows it at two thirds
INK, MUTED = "#1c2430", "#5b6675"
ORANGE, BLUE, GREEN = "#c8641b", "#2b4c9b", "#3d8f6f"


def panels(columns=1, height=3.2, **options):
    """A figure as narrow as a phone, and its axes: one, or several beside each other."""
    figure, axes = plt.subplots(1, columns, figsize=(WIDTH, height), **options)
    return figure, axes


def legend_above(figure, columns=2):
    """A legend outside the axes, so that it covers no line; each label once."""
    named = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            named.setdefault(label, handle)
    figure.legend(
        named.values(), named.keys(), loc="outside upper left", ncols=columns, fontsize=10
    )
