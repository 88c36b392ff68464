"""alignment.py: what corresponds stands level, what differs is marked, and nothing else."""

import re
from functools import cache
from itertools import combinations

import pytest

from parallel_notebooks import FRAMEWORKS, TAGS, sources
from sidebyside.showing.alignment import STRETCH, Block, gaps, level, marks, modules, of_blocks

BINDS = re.compile(r"(?:def |class )?\w+(?= =|\()")
PAIRS = list(combinations(FRAMEWORKS, 2))


cells_of = cache(sources)


def block(framework, tag):
    cells = cells_of(framework)
    return Block(cells[tag].rstrip("\n").split("\n"), modules("\n".join(cells.values())))


@cache
def aligned(tag):
    """For each pair: its two blocks, and their rows."""
    blocks = {framework: block(framework, tag) for framework in FRAMEWORKS}
    return [
        (blocks[one], blocks[other], level(blocks[one], blocks[other])) for one, other in PAIRS
    ]


def of_text(text, imports=""):
    return Block(text.strip("\n").split("\n"), modules(imports))


def opposite(pair, tag, pattern):
    """For each line of the first like this: the line that stands opposite."""
    one, other, rows = aligned(tag)[PAIRS.index(pair)]
    return [
        (one.lines[i].strip(), None if j is None else other.lines[j].strip())
        for i, j in rows
        if i is not None and re.search(pattern, one.lines[i])
    ]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_layer_stands_level(pair):
    for start, count in [("def dropout_layer", 1), (" return ", 3), (" raise ", 2)]:
        found = opposite(pair, "dropout-layer", start)
        assert len(found) >= count
        assert all(line and line.startswith(start.strip()) for _, line in found), found


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_loop_stands_level(pair):
    for start in [
        "def count_correct",
        "def evaluate_accuracy",
        "def train",
        "    for epoch in",
        "        for X, y in train_iter",
        "            history.add_batch",
        "        history.end_epoch",
        "    return .*history$",
    ]:
        _, line = opposite(pair, "training-loop", f"^{start}\\b")[0]
        assert line and re.match(start.strip(), line), (start, line)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_names_that_both_bind_stand_level(pair):
    """At the left margin, in every cell, by the same kind of statement."""
    for tag in TAGS:
        one, other = (block(framework, tag) for framework in pair)
        first, second = (
            {found[0] for line in each.lines if (found := BINDS.match(line))}
            for each in (one, other)
        )
        for name in first & second:
            found = opposite(pair, tag, rf"^{re.escape(name)}(?= =|\()")
            assert any(line and line.startswith(name) for _, line in found), (tag, name, found)


@pytest.mark.parametrize("tag", TAGS)
def test_every_line_stands_in_one_row_in_its_order(tag):
    for *blocks, found in aligned(tag):
        for side, each in enumerate(blocks):
            assert [row[side] for row in found if row[side] is not None] == list(
                range(len(each.lines))
            )
        assert all(row != (None, None) for row in found)


@pytest.mark.parametrize("tag", TAGS)
def test_a_line_is_unmarked_where_its_counterpart_is_equal(tag):
    for *blocks, found in aligned(tag):
        marked = [{mark[0] for mark in side} for side in marks(found, *(b.lines for b in blocks))]
        for i, j in found:
            if i is not None and j is not None and blocks[0].lines[i] == blocks[1].lines[j]:
                assert i not in marked[0] and j not in marked[1]
            elif i is not None and blocks[0].lines[i].strip() and j is None:
                assert i in marked[0]


def test_a_module_is_marked_but_no_reason_to_part():
    one = of_text("keep = torch.rand(X.shape) > p", "import torch")
    other = of_text("keep = jnp.rand(X.shape) > p", "from jax import numpy as jnp")
    assert level(one, other) == [(0, 0)]
    assert marks([(0, 0)], one.lines, other.lines) == ([[0, 7, 12]], [[0, 7, 10]])


def test_modules_are_those_of_the_imports():
    names = modules("import os, numpy as np\nfrom torch.nn import functional as F\nimport a.b")
    assert (
        names.sub("", "np.x + F.y + a.b.c + os.z + X.dtype + snp.k")
        == "x + y + c + z + X.dtype + snp.k"
    )
    assert modules("").sub("", "a.b") == "a.b"


def test_what_was_replaced_stands_opposite():
    one = of_text("a = 1\nfoo(bar)\nspam(eggs)\nb = 2")
    other = of_text("a = 1\nwith_it\nb = 2")
    assert level(one, other) == [(0, 0), (1, 1), (2, None), (3, 2)]
    assert of_blocks(one, other) == [[], [2, 1], [[1], [2]], [[1]]]


def test_space_within_a_line_is_no_difference_but_indentation_is():
    one, other = of_text("if x:\n    a = 1      # so"), of_text("if x:\n  a = 1  # so")
    assert marks(level(one, other), one.lines, other.lines) == ([[1, 0, 0]], [[1, 0, 0]])
    one, other = of_text("a = 1    # so"), of_text("a = 1 # so")
    assert marks(level(one, other), one.lines, other.lines) == ([], [])


def test_a_short_block_is_not_torn_apart_by_one_eight_times_as_long():
    long = of_text("\n".join(f"line_{i} = {i}" for i in range(7)) + "\nend = 1")
    short = of_text("end = 1")
    assert gaps(level(long, short), 1) is None
    assert gaps(level(long, short), 0) == []
    for tag in TAGS:
        for *blocks, found in aligned(tag):
            for side, each in enumerate(blocks):
                empty = gaps(found, side)
                assert empty is None or sum(empty[1::2]) <= STRETCH * len(each.lines)
