"""The book's figures: one look, one colour per library, and as narrow as a phone."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib_inline.backend_inline import set_matplotlib_formats

from dropout_book.frameworks import FRAMEWORKS

WIDTH = 4.6  # inches; a phone shows it at two thirds
INK, MUTED = "#1c2430", "#5b6675"
# Without dropout, with it, and a third; each has a line and a marker of its own, too.
ORANGE, BLUE, GREEN = "#c8641b", "#2b4c9b", "#3d8f6f"


def color_of(framework):
    """The colour `#rrggbb` of the framework with this id; ValueError if there is none."""
    if framework not in FRAMEWORKS:
        raise ValueError(f"framework is {framework!r}: give one of {', '.join(FRAMEWORKS)}")
    return FRAMEWORKS[framework].color


def use_book_style():
    """Vector figures on a transparent ground, in the book's type sizes.

    The site lays them on a light plate in its dark theme.
    """
    set_matplotlib_formats("svg")
    plt.rcParams.update(
        {
            "font.size": 11,
            "svg.hashsalt": "dropout",
            "figure.figsize": (WIDTH, 2.6),
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "legend.frameon": False,
            "lines.linewidth": 2,
        }
    )


def panels(columns=1, height=3.2, **options):
    """A figure and its axes: one, or several beside each other."""
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


def plot_history(history, framework):
    """Train loss (left), train and test accuracy (right), by epoch.

    `framework` is its id, such as "pytorch"; ValueError if there is none.
    """
    color = color_of(framework)
    epochs = np.arange(1, len(history) + 1)
    figure, (left, right) = plt.subplots(1, 2)
    figure.get_layout_engine().set(wspace=0.08)
    left.plot(epochs, history.train_loss, color=color, marker="o", markersize=4)
    left.set(xlabel="epoch", ylabel="train loss (nats)", ylim=(0, None))
    right.plot(epochs, history.train_acc, color=color, linestyle="--", label="train")
    right.plot(epochs, history.test_acc, color=color, marker="o", markersize=4, label="test")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0.4, 1))
    right.legend(loc="lower right")
    for axes in (left, right):
        axes.set_xticks(epochs[1::2])
    plt.show()


def plot_moments(h, draws, framework):
    """Measured mean and variance of h' over h, beside what theory predicts.

    `h` has shape (n,), positive; `draws` maps a dropout probability p
    to samples of h' of shape (num_samples, n).
    Predicted are E[h'] = h and Var[h'] = p/(1-p) h² (Srivastava et al. 2014);
    bars reach four standard errors, sqrt(p/(1-p) / num_samples) of h, each way.
    `framework` is its id; ValueError if there is none.
    """
    h = np.asarray(h)
    figure, (left, right) = plt.subplots(1, 2)
    figure.get_layout_engine().set(wspace=0.08)
    left.axhline(1, color="#888888", linewidth=1, zorder=1)
    fine = np.linspace(0, h.max())
    markers = dict(zip(draws, "os^Dv"))
    for shift, (p, samples) in zip(np.linspace(-0.2, 0.2, len(draws)), draws.items()):
        samples = np.asarray(samples, dtype=np.float64)
        style = dict(
            color=color_of(framework),
            marker=markers[p],
            linestyle="none",
            markersize=5,
            label=f"p = {p}",
        )
        left.errorbar(
            h + shift,
            samples.mean(axis=0) / h,
            elinewidth=1,
            yerr=4 * np.sqrt(p / (1 - p) / len(samples)),
            **style,
        )
        right.plot(fine, p / (1 - p) * fine**2, color="#888888", linewidth=1, zorder=1)
        right.plot(h, samples.var(axis=0), **style)
    left.set(xlabel="h", ylabel="mean of h′, in units of h")
    right.set(xlabel="h", ylabel="variance of h′")
    right.legend(loc="upper left")
    for axes in (left, right):
        axes.set_xticks(h[1::2])
    plt.show()
