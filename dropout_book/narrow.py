"""Figures as narrow as a phone, those of theory and of the experiments: width and colours."""

import matplotlib.pyplot as plt

WIDTH = 4.6  # inches; a phone shows it at two thirds
INK, MUTED = "#1c2430", "#5b6675"
# Without dropout, with it, and a third; each has a line and a marker of its own, too.
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
