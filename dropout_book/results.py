"""Figures that leave a notebook: shown as a table, and glued for the pages."""

import numpy as np
from IPython.display import Markdown, display

COLUMNS = {
    "train_loss": ("train loss", ".3f"),
    "train_acc": ("train accuracy", ".3f"),
    "test_acc": ("test accuracy", ".3f"),
    "seconds": ("seconds per epoch", ".2f"),
}


def glue(key, value):
    """Store a number in the notebook's outputs under `key`, for the book's pages.

    The record is the one that MyST-NB's `glue` writes,
    made without it so that a host such as Colab need not install it.
    """
    prefix = "application/papermill.record/"
    display(
        {f"{prefix}text/plain": repr(value)},
        raw=True,
        metadata={"scrapbook": {"name": key, "mime_prefix": prefix}},
    )


def markdown_table(header, rows):
    """A Markdown table that Jupyter and the book both render."""
    lines = [header, [":--"] + ["--:"] * (len(header) - 1), *rows]
    return Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))


def report_training(**histories):
    """Show and glue the last epoch of each `model=History`.

    The keys are `<model>_<figure>`, for instance `scratch_test_acc`.
    """
    rows = []
    for model, history in histories.items():
        figures = history.last()
        for name in COLUMNS:
            glue(f"{model}_{name}", figures[name])
        rows.append([model] + [format(figures[name], spec) for name, (_, spec) in COLUMNS.items()])
    display(markdown_table(["model"] + [title for title, _ in COLUMNS.values()], rows))


def report_gradient(gradient, held_still, drawn_anew):
    """Compare a gradient with two rows of difference quotients, all of shape (n,).

    `held_still` has them for one mask, `drawn_anew` for masks that change from call to call.
    Shows them, and glues by how much each row differs from the gradient at most.
    """
    columns = [np.asarray(each, dtype=float) for each in (gradient, held_still, drawn_anew)]
    for name, quotients in (("held_still", columns[1]), ("drawn_anew", columns[2])):
        glue(f"gradient_error_{name}", float(np.abs(quotients - columns[0]).max()))
    display(
        markdown_table(
            ["element", "gradient", "quotient, mask held still", "mask drawn anew"],
            [
                [str(number), *(f"{value:.2f}" for value in row)]
                for number, row in enumerate(zip(*columns, strict=True), start=1)
            ],
        )
    )


def report_inference(y, dropout_off, dropout_on):
    """Compare two passes with dropout off, and two with dropout left on.

    `y` holds the labels, shape (n,);
    `dropout_off` and `dropout_on` are pairs of logits, each of shape (n, classes).
    Shows and glues how many predictions two passes disagree on, and the accuracy.
    """
    y = np.asarray(y)
    rows = []
    for name, title, passes in (("off", "off", dropout_off), ("on", "left on", dropout_on)):
        first, second = (np.asarray(logits) for logits in passes)
        predictions = first.argmax(axis=1)
        changed = int((predictions != second.argmax(axis=1)).sum())
        accuracy = float((predictions == y).mean())
        glue(f"inference_{name}_identical", bool((first == second).all()))
        glue(f"inference_{name}_changed", changed)
        glue(f"inference_{name}_acc", accuracy)
        rows.append(
            [
                title,
                "yes" if (first == second).all() else "no",
                f"{changed:,} of {len(y):,}",
                f"{accuracy:.3f}",
            ]
        )
    display(
        markdown_table(
            ["dropout", "same logits twice", "predictions that change", "test accuracy"], rows
        )
    )
