"""The six notebooks are parallel: same cells, same headings, same names and numbers."""

import ast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from parallel_notebooks import FRAMEWORKS, TAGS, read, sources

# What a reader of one notebook finds in every other, by cell.
NAMES = {
    "setup": {"seed"},
    "dropout-layer": {"dropout_layer"},
    "dropout-demo": {"X"},
    "unbiased": {"h", "draws"},
    "gradient-check": {"X", "loss", "held_still", "quotients"},
    "data": {
        "batch_size",
        "X_train",
        "y_train",
        "X_test",
        "y_test",
        "train_iter",
        "test_iter",
        "X",
        "y",
    },
    "mlp-scratch": {
        "num_inputs",
        "num_hiddens1",
        "num_hiddens2",
        "num_outputs",
        "dropout1",
        "dropout2",
        "weights",
        "net",
    },
    "training-loop": {"num_epochs", "lr", "count_correct", "evaluate_accuracy", "train"},
    "train-scratch": {"scratch_history"},
    "mlp-concise": {"concise_net"},
    "train-concise": {"concise_history"},
    "inference": {"dropout_off", "dropout_on"},
    "results": set(),
}
HYPERPARAMETERS = {
    "seed": 0,
    "batch_size": 256,
    "num_inputs": 784,
    "num_hiddens1": 256,
    "num_hiddens2": 256,
    "num_outputs": 10,
    "dropout1": 0.2,
    "dropout2": 0.5,
    "num_epochs": 10,
    "lr": 0.5,
}


def top_level_names(source):
    """Names that a cell defines, and the values of those set to a constant."""
    names, constants = set(), {}
    statements = list(ast.parse(TransformerManager().transform_cell(source)).body)
    for node in statements:  # grows: the body of a `with` counts too
        if isinstance(node, (ast.With, ast.For)):
            statements += node.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        for target in getattr(node, "targets", []):
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            values = (
                node.value.elts
                if isinstance(node.value, ast.Tuple)
                else [node.value] * len(targets)
            )
            names |= {leaf.id for leaf in ast.walk(target) if isinstance(leaf, ast.Name)}
            constants.update(
                {
                    name.id: value.value
                    for name, value in zip(targets, values)
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant)
                }
            )
    return names, constants


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_cells_have_the_same_tags_in_the_same_order(framework):
    tags = [
        cell.metadata.get("tags") for cell in read(framework).cells if cell.cell_type == "code"
    ]
    assert tags == [[tag] for tag in TAGS]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_text_with_the_same_heading_comes_before_each_cell(framework):
    def outline(name):
        return [
            (
                cell.cell_type,
                cell.id,
                cell.source.splitlines()[0] if cell.source.startswith("## ") else None,
                cell.metadata.get("mystnb"),
            )
            for cell in read(name).cells
        ]

    assert outline(framework) == outline("numpy")
    headings = [heading for _, _, heading, _ in outline(framework) if heading]
    assert len(headings) == len(set(headings)) == len(TAGS)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_cells_define_the_same_names(framework):
    for tag, source in sources(framework).items():
        missing = NAMES[tag] - top_level_names(source)[0]
        assert not missing, f"cell {tag} of {framework}.ipynb does not define {missing}"


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_hyperparameters_are_the_same(framework):
    constants = {}
    for source in sources(framework).values():
        constants.update(top_level_names(source)[1])
    assert {name: constants.get(name) for name in HYPERPARAMETERS} == HYPERPARAMETERS


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_twins_are_linked(framework):
    title = next(cell.source for cell in read(framework).cells if cell.id == "title")
    for other, label in FRAMEWORKS.items():
        assert (f"**{label}**" if other == framework else f"[{label}]({other}.ipynb)") in title
    assert title.splitlines()[0] == f"# Dropout in {FRAMEWORKS[framework]}"


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_cells_are_short_enough_to_read(framework):
    cells = sources(framework)
    assert len(cells["dropout-layer"].splitlines()) <= 16
    too_wide = [
        line
        for source in cells.values()
        for line in source.splitlines()
        if len(line) > 78 and "%pip" not in line
    ]
    assert not too_wide
