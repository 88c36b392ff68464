"""The figures of the experiments: one family, in which every seed is seen.

What was named beforehand is blue and filled, what is exploratory is hollow. Without dropout
is orange, dashed and square, with it blue, solid and round, so that grey tells them apart.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from matplotlib.transforms import blended_transform_factory

from dropout_book.experiments import words
from dropout_book.experiments.statistics import t_interval
from dropout_book.plots import BLUE, GREEN, INK, MUTED, ORANGE, WIDTH, legend_above

# colour, marker, line: the first is for what does not drop.
STYLES = [
    (ORANGE, "s", (0, (4, 1.5))),
    (BLUE, "o", "-"),
    (GREEN, "^", (0, (1, 1.2))),
    ("#8a4f9e", "D", (0, (5, 1, 1, 1))),
    ("#7a6a3a", "v", (0, (2, 2))),
]
SEED = {"linewidth": 0.7, "alpha": 0.35}
MEAN = {"linewidth": 2.4}


def signed(number, digits=3):
    """+0.012 or −0.012."""
    return f"{number:+.{digits}f}".replace("-", words.MINUS)


def interval_text(differences, digits=3):
    """The mean, and how far its 95 % interval reaches either way."""
    low, high = t_interval(differences)
    return words.PLUS_MINUS.format(
        mean=signed(np.mean(differences), digits), half=f"{(high - low) / 2:.{digits}f}"
    )


def swarm(values, span):
    """How far each dot moves up or down, by -4 to 4, so that dots closer than `span` part."""
    values = np.asarray(values)
    places = [0, *(side * n for n in range(1, len(values)) for side in (1, -1))]
    heights = np.zeros(len(values))
    for rank, index in enumerate(order := np.argsort(values)):
        near = {heights[each] for each in order[:rank] if values[index] - values[each] < span}
        heights[index] = next(height for height in places if height not in near)
    return heights * min(1, 4 / max(1, np.abs(heights).max()))


def draw_pairs(rows, unit, primary=(), digits=3, reads=words.BETTER):
    """A row for each contrast: its paired differences, a dot a seed; mean and 95 % interval.

    `rows` maps labels to differences; those in `primary` were named beforehand. `reads` says
    what it means to lie right of zero, which is not better wherever less is not.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 0.7 + 0.78 * len(rows)))
    everything = np.concatenate(list(rows.values()))
    low, high = min(everything.min(), 0), max(everything.max(), 0)
    room = 0.06 * (high - low)
    axes.set(xlim=(low - room, high + room), ylim=(len(rows) - 0.5, -0.62))
    for row, (label, differences) in enumerate(rows.items()):
        draw_row(axes, row, label, np.asarray(differences), label in primary, digits)
    axes.vlines([0] * len(rows), *zero_lines(len(rows)), color=INK, linewidth=1, zorder=1)
    axes.set(xlabel=words.GAIN.format(unit=unit, reads=reads), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    plt.show()


def zero_lines(rows):
    """From where to where zero is marked in each row: not through what is written above."""
    middle = np.arange(rows)
    return middle - 0.2, middle + 0.36


def draw_row(axes, row, label, differences, primary, digits):
    color = STYLES[1][0] if primary else MUTED
    span = 0.022 * np.ptp(axes.get_xlim())
    axes.scatter(
        differences,
        row + 0.05 * swarm(differences, span),
        s=16,
        facecolors=color if primary else "none",
        edgecolors=color,
        zorder=3,
    )
    low, high = t_interval(differences)
    axes.plot([low, high], [row + 0.25, row + 0.25], color=INK, linewidth=3, zorder=4)
    axes.plot(differences.mean(), row + 0.25, "D", color=INK, markersize=6, zorder=5)
    left = blended_transform_factory(axes.transAxes, axes.transData)
    style = {"transform": left, "va": "center", "zorder": 6}
    axes.text(0, row - 0.34, label, color=color if primary else INK, **style)
    said = interval_text(differences, digits)
    axes.text(1, row - 0.34, said, ha="right", color=MUTED, fontsize=9.5, **style)


def draw_curves(curves, y, arms, ylabel, x="step", xlabel=words.STEP, xscale="log", **limits):
    """A thin line a seed, a thick one for their mean, for each of the arms.

    `curves` is `experiments.curves(…)`, `arms` maps arms to labels, in the order of the
    styles: first what does not drop.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.1))
    for (arm, label), style in zip(arms.items(), STYLES):
        draw_arm(axes, curves[curves.arm == arm], x, y, label, style)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, **limits)
    if xscale == "log":
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter("{x:g}")
    figure.legend(loc="outside upper left", ncols=3, fontsize=10)
    plt.show()


def draw_arm(axes, curves, x, y, label, style):
    color, _, line = style
    for _, seed in curves.groupby("seed"):
        axes.plot(seed[x], seed[y], color=color, linestyle="-", **SEED)
    mean = curves.groupby("step")[[x, y] if x != "step" else [y]].mean()
    axes.plot(
        mean.index if x == "step" else mean[x],
        mean[y],
        color=color,
        linestyle=line,
        label=label,
        **MEAN,
    )


def draw_paths(curves, arms):
    """Validation loss against training loss with dropout off, a path a seed.

    If dropout only slowed training down, the paths would lie on one line.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.6))
    for (arm, label), style in zip(arms.items(), STYLES):
        of_arm = curves[curves.arm == arm]
        draw_arm(axes, of_arm, "train_loss", "validation_loss", label, style)
        ends = of_arm[of_arm.step == of_arm.step.max()]
        axes.plot(
            ends.train_loss,
            ends.validation_loss,
            style[1],
            color=style[0],
            markersize=4,
            markerfacecolor="white",
        )
    axes.set(xlabel=words.CLEAN, ylabel=words.VALIDATION)
    axes.invert_xaxis()
    figure.legend(loc="outside upper left", ncols=2, fontsize=10)
    plt.show()


def draw_bars(gains, unit, digits=3):
    """A bar for each gain, its seeds as dots on it, its 95 % interval beside."""
    figure, axes = plt.subplots(figsize=(WIDTH, 0.7 + 0.66 * len(gains)))
    everything = np.concatenate([np.zeros(1), *gains.values()])
    axes.set(
        ylim=(len(gains) - 0.4, -0.6), xlim=(everything.min() * 1.05, everything.max() * 1.05)
    )
    for row, (label, values) in enumerate(gains.items()):
        values = np.asarray(values)
        axes.barh(row + 0.1, values.mean(), height=0.42, color=STYLES[1][0], alpha=0.35)
        span = 0.022 * np.ptp(axes.get_xlim())
        heights = row + 0.1 + 0.05 * swarm(values, span)
        axes.scatter(values, heights, s=12, color=STYLES[1][0], linewidths=0)
        left = blended_transform_factory(axes.transAxes, axes.transData)
        axes.text(0, row - 0.32, label, transform=left, va="center")
        said = interval_text(values, digits)
        axes.text(
            1, row - 0.32, said, transform=left, va="center", ha="right", color=MUTED, fontsize=9.5
        )
    axes.vlines([0] * len(gains), *zero_lines(len(gains)), color=INK, linewidth=1)
    axes.set(xlabel=words.GAIN.format(unit=unit, reads=words.BETTER), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    plt.show()


def draw_grid(cells, across, down, xlabel, ylabel, marked=()):
    """A table of small strips on one scale: the seeds' values, their mean in figures.

    `cells` maps `(across, down)` to values, of which less is better; `marked` are the cells
    of the primary contrast. The better a mean, the darker its cell.
    """
    figure, panels = plt.subplots(len(down), len(across), figsize=(WIDTH, 4.1), sharex=True)
    everything = np.concatenate(list(cells.values()))
    means = {cell: np.mean(values) for cell, values in cells.items()}
    best, worst = min(means.values()), np.quantile(list(means.values()), 0.8)
    for row, second in enumerate(down):
        for column, first in enumerate(across):
            axes, cell = panels[row][column], (first, second)
            values = np.asarray(cells[cell])
            good = np.clip((worst - means[cell]) / (worst - best), 0, 1)
            axes.set_facecolor((*plt.matplotlib.colors.to_rgb(STYLES[1][0]), 0.5 * good))
            heights = swarm(values, 0.03 * np.ptp(everything))
            axes.plot(values, heights - 1.5, "o", color=INK, markersize=2, alpha=0.7)
            said = f"{means[cell]:.3f}".lstrip("0")
            axes.text(0.5, 0.72, said, ha="center", transform=axes.transAxes)
            axes.set(ylim=(-7, 7), yticks=[], xticks=[])
            axes.grid(False)
            for spine in axes.spines.values():
                spine.set_visible(cell in marked)
                spine.set(color=INK, linewidth=1.6)
            if row == len(down) - 1:
                axes.set_xlabel(f"{first:g}")
            if column == 0:
                axes.set_ylabel(f"{second:g}", rotation=0, ha="right", va="center")
    figure.supxlabel(xlabel, fontsize=11)
    figure.supylabel(ylabel, fontsize=11)
    plt.show()


def draw_keras_example(recorded):
    """Accuracy after each epoch; `recorded` maps learning rates to runs of keras_example."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.1))
    for (rate, run), (color, marker, line) in zip(sorted(recorded.items()), STYLES):
        for metric, label, look in [
            ("val_accuracy", words.KERAS_TEST, {"linestyle": line, "linewidth": 2.4}),
            ("accuracy", words.KERAS_TRAINING, {"linestyle": "none", "marker": marker}),
        ]:
            values = run["epochs"][metric]
            label = label.format(rate=f"{rate:g}")
            axes.plot(range(1, len(values) + 1), values, color=color, label=label, **look)
    axes.set(xlabel=words.EPOCH, ylabel=words.ACCURACY, ylim=(0, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend_above(figure)
    plt.show()


def draw_effect(axes, summary):
    """A line through zero and an interval, for a row of a table."""
    reach = 1.15 * summary.excludes
    axes.plot([-reach, reach], [0, 0], color=MUTED, linewidth=0.8)
    axes.plot([0, 0], [-1, 1], color=INK, linewidth=1)
    axes.plot(summary.t, [0, 0], color=STYLES[1][0], linewidth=4, solid_capstyle="butt")
    axes.plot(summary.mean, 0, "D", color=INK, markersize=5)
    axes.set(xlim=(-reach, reach), ylim=(-1.2, 1.2))
    axes.set_axis_off()
