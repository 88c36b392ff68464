"""What the audits of the textbook's own code share (notebooks/d2l).

The textbook is *Dive into Deep Learning* (Zhang et al. 2023), its package d2l 0.17.6.
"""

import gzip
import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from IPython.utils.capture import capture_output

from dropout_book import cells, data
from dropout_book.history import History
from dropout_book.plots import color_of, legend_above, panels
from dropout_book.results import glue, markdown_table, report_training

STANDARD_ERRORS = 7  # a normal statistic goes beyond with probability 2.6e-12


# --- data


def data_files(packed):
    """The folder with the four files of Fashion-MNIST, for a library's own loader.

    `packed` says whether the loader reads `.gz` files or what is inside them.
    A file that is missing or not as it should be is written anew, from the copy that
    `dropout_book.data` finds and checks; it raises DataError if there is none, or if
    this folder cannot be written. The folder lies where Keras looks, given
    `KERAS_HOME`: in `datasets/fashion-mnist` below `keras_home()`.
    """
    folder = keras_home() / "datasets" / "fashion-mnist"
    for name in data.FILES:
        path = folder / (f"{name}.gz" if packed else name)
        try:
            data.read_file(path, name)
        except (OSError, ValueError):
            content = data.find_file(name)[0]
            try:
                _write(path, gzip.compress(content, 1, mtime=0) if packed else content)
            except OSError as error:
                raise data.DataError(
                    f"{path} cannot be written: {error}.\nThe textbook's loaders need "
                    "a copy of Fashion-MNIST there: free disk space (90 MB), or make "
                    "the folder writable."
                ) from error
    return folder


def keras_home():
    """A folder in the book's cache."""
    return data.CACHE / "textbook"


def _write(path, content):
    """Write a file whole or not at all: another notebook may be about to read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as own:
        fresh = Path(own, path.name)
        fresh.write_bytes(content)
        os.replace(fresh, path)


# --- the textbook's training, and ours


class Recorder(History):
    """Stands in for the textbook's `Animator`: keeps each epoch's figures, draws nothing.

    With `d2l.Animator = recorder`, `d2l.train_ch3` leaves its figures in `recorder`.
    """

    def __call__(self, **drawing):
        """What `train_ch3` takes for the making of a new Animator."""
        self.__init__()
        return self

    def add(self, epoch, figures):
        self.add_epoch(*figures)


def run_cells(path, *tags):
    """Run the cells with these tags of the notebook at `path`; return what they define.

    Their outputs are not shown. None if there is no such notebook, as on a host that
    was given a single notebook and no clone.
    """
    if not Path(path).exists():
        return None
    with capture_output():
        return cells.run(path, tags)


def summarize(history):
    """Print the last epoch of a History; there may be none."""
    if history is None:
        print("not run: this needs a clone of the book's repository")
    else:
        print(
            f"after {len(history)} epochs: train loss {history.train_loss[-1]:.3f}, "
            f"test accuracy {history.test_acc[-1]:.3f}"
        )


def plot_runs(runs, framework):
    """Train loss (left, logarithmic) and test accuracy (right) of up to three runs.

    `runs` maps a label to a History, or to None: the textbook's run, the same with a
    line changed, and ours. `framework` is its id; ValueError if there is none.
    """
    styles = [
        dict(color=color_of(framework), marker="o"),
        dict(color=color_of(framework), marker="^", linestyle=":"),
        dict(color="#777777", marker="s", linestyle="--"),
    ]
    figure, (left, right) = panels(2)
    for (label, history), style in zip(runs.items(), styles):
        if history is not None:
            epochs = np.arange(1, len(history) + 1)
            left.plot(epochs, history.train_loss, markersize=4, label=label, **style)
            right.plot(epochs, history.test_acc, markersize=4, **style)
    left.set(xlabel="epoch", ylabel="train loss (nats)", yscale="log")
    ticks = [0.3, 0.4, 0.5, 0.7, 1]
    left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    left.minorticks_off()
    right.set(xlabel="epoch", ylabel="test accuracy", ylim=(0.6, 0.9))
    for axes in (left, right):
        axes.set_xticks(range(2, 11, 2))
    legend_above(figure, columns=1)
    plt.show()


# --- measurements


def as_array(tensor):
    """A library's array as NumPy's, whether it takes part in a gradient or not."""
    tensor = getattr(tensor, "detach", lambda: tensor)()
    return tensor.asnumpy() if hasattr(tensor, "asnumpy") else np.asarray(tensor)


def bound(p, n):
    """How far the kept fraction of n elements may lie from 1 - p."""
    return STANDARD_ERRORS * np.sqrt(p * (1 - p) / n)


def report_layers(layers, ones, probabilities=(0.2, 0.5)):
    """Call each dropout layer twice on `ones`; show and glue what it kept.

    `layers` maps a title to `(key, layer)`. The glue's keys are, for p = 0.2,
    `<key>_kept_20`, `<key>_bound_20` (how far it may lie from 0.8 by chance),
    `<key>_dropped_percent_20`, `<key>_mean_20` and `<key>_same_mask_20`.
    """
    rows = []
    for title, (key, layer) in layers.items():
        for p in probabilities:
            first, second = (as_array(layer(ones, p)) for _ in range(2))
            kept, mean = float((first != 0).mean()), float(first.mean(dtype=np.float64))
            same = bool((first == second).all())
            figures = {
                "kept": kept,
                "dropped_percent": 100 * (1 - kept),
                "mean": mean,
                "bound": float(bound(p, first.size)),
                "same_mask": same,
            }
            for figure, value in figures.items():
                glue(f"{key}_{figure}_{100 * p:.0f}", value)
            rows.append(
                [
                    title,
                    f"{p}",
                    f"{kept:.4f}",
                    f"{1 - p} ± {bound(p, first.size):.4f}",
                    f"{mean:.4f}",
                    "the same" if same else "another",
                ]
            )
    display(
        markdown_table(
            ["mask", "p", "kept", "should be", "mean of h′ for h = 1", "mask of a second call"],
            rows,
        )
    )


class Watch:
    """Looks on while the textbook's loop trains: was anything dropped?"""

    def __init__(self):
        self.steps = self.steps_that_dropped = 0
        self.seen, self.kept = {}, {}  # by dropout probability

    def mask(self, p, before, after):
        """A dropout layer turned `before` into `after`, which is returned.

        ReLU leaves zeros that look the same whether kept or dropped; they do not count.
        """
        visible = as_array(before) != 0
        self.seen[p] = self.seen.get(p, 0) + int(visible.sum())
        self.kept[p] = self.kept.get(p, 0) + int((as_array(after)[visible] != 0).sum())
        return after

    def step(self, training, inference):
        """The loop computed `training`; with dropout off it would have been `inference`."""
        self.steps += 1
        self.steps_that_dropped += not np.array_equal(as_array(training), as_array(inference))

    def report(self, key, probabilities=()):
        """Show and glue what was seen: steps, and for each p the fraction kept."""
        glue(f"{key}_steps", self.steps)
        glue(f"{key}_steps_that_dropped", self.steps_that_dropped)
        lines = [
            f"training steps watched: {self.steps}, "
            f"in which dropout changed the output: {self.steps_that_dropped}"
        ]
        for p in probabilities:
            n = self.seen.get(p, 0)
            glue(f"{key}_seen_{100 * p:.0f}", n)
            if n == 0:
                lines.append(f"dropout_layer with p = {p}: never called")
                continue
            kept = self.kept[p] / n
            glue(f"{key}_kept_{100 * p:.0f}", kept)
            lines.append(
                f"dropout_layer with p = {p}: kept {kept:.4f} of {n:,} elements; "
                f"should be {1 - p} ± {bound(p, n):.4f}"
            )
        print("\n".join(lines))


def report_runs(**histories):
    """Show and glue the last epoch of each `model=History`; None is left out.

    The glue's keys are those of `report_training`, and for each model, of the epochs
    from the fifth on: `<model>_best_test_acc`, and `<model>_moves`, the most that the
    test accuracy moved from one epoch to the next, in points of a per cent.
    """
    histories = {model: history for model, history in histories.items() if history}
    report_training(**histories)
    lines = []
    for model, history in histories.items():
        test_acc = history.test_acc[4:]
        most = float(100 * np.abs(np.diff(test_acc)).max())
        glue(f"{model}_best_test_acc", max(test_acc))
        glue(f"{model}_moves", most)
        lines.append(f"{model}: {most:.1f} points")
    print(
        "the test accuracy moved from one epoch to the next, after the fifth, by up to\n"
        + "\n".join(lines)
    )
