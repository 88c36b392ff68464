"""Which lines of two libraries' code stand opposite each other, and where they differ.

Computed when the book is built: a page holds the numbers, and the browser only applies them
(static/comparison.js).

Lines are paired by the best alignment of two sequences (Needleman and Wunsch, 1970): a pair
scores by the tokens that its lines share. What a library calls its module is no difference
there: `torch.zeros_like` and `jnp.zeros_like` are the same words. Which names are modules is
read from the notebook's own imports.
"""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations, zip_longest

IMPORT = re.compile(r"^\s*(?:from\s+[\w.]+\s+)?import\s+(.+)$", re.MULTILINE)
TOKEN = re.compile(r"\w+|[^\w\s]")
WORD = re.compile(r"\w+|[^\w\s()\[\]{}.,:\"']")  # without what stands in every line
# What a line brings about: it should stand opposite the line that brings about the same.
BINDS = re.compile(r"\s*(?:(def|class|for)\s+(\w+)|(\w+(?:, \w+)*)(?= = )|(return)\b|(\w+)\()")

SAME_BINDING = 0.8
ALIKE = 0.4  # of their words, for two lines to be a pair
BLANK = 0.05
STRETCH = 2  # times its own lines: no column gets more empty ones than that


@dataclass
class Block:
    """Lines of code, and what finds the modules in them."""

    lines: list
    modules: re.Pattern


def modules(source):
    """What finds, in a line, the names under which `source` imports: `torch.nn.`, `np.`."""
    parts = [part for names in IMPORT.findall(source) for part in names.split(",")]
    called = {part.split()[-1].split(".")[0] for part in parts if part.split()}
    names = sorted(filter(str.isidentifier, called))  # a bracket opens a list of functions
    return re.compile(rf"(?<![\w.])(?:{'|'.join(names)})\.(?:\w+\.)*(?=\w)" if names else "(?!)")


def read(line, modules):
    """What two lines are compared by: their words, without the modules in which things are
    found, how many, and what they bring about."""
    tokens = Counter(WORD.findall(modules.sub("", line).lower()))
    found = BINDS.match(line)
    return tokens, tokens.total(), found and "".join(part or " " for part in found.groups())


def score(one, other):
    """How much it is worth that these two lines stand level; 0 if they should not."""
    (first, size, binding), (second, its_size, its_binding) = one, other
    if not (size and its_size):
        return BLANK if size == its_size else 0
    shared = sum(min(count, second[token]) for token, count in first.items() if token in second)
    alike = 2 * shared / (size + its_size)
    if binding and binding == its_binding:
        return alike + SAME_BINDING
    return alike if alike >= ALIKE else 0


def pairs(one, other):
    """The best alignment of two lists of lines that were read: `[(index, index)]`."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    scores = [[score(first, second) for second in other] for first in one]
    for i in reversed(range(len(one))):
        for j in reversed(range(len(other))):
            best[i][j] = max(best[i + 1][j + 1] + scores[i][j], best[i + 1][j], best[i][j + 1])
    i = j = 0
    found = []
    while i < len(one) and j < len(other):
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def rows(one, other):
    """`[(index or None, index or None)]`: what was replaced stands opposite what replaced it."""
    found, i, j = [], 0, 0
    for pair in [*pairs(one, other), (len(one), len(other))]:
        found += zip_longest(range(i, pair[0]), range(j, pair[1]))
        found.append(pair)
        i, j = pair[0] + 1, pair[1] + 1
    return found[:-1]


def gaps(rows, side):
    """`[line, empty rows above it, line, …]` of one side; None if they were too many: then
    the side is shown without, and stays in sight beside the other."""
    found, empty, lines = [], 0, 0
    for row in rows:
        if row[side] is None:
            empty += 1
        else:
            if empty:
                found += [row[side], empty]
            empty, lines = 0, lines + 1
    return found if sum(found[1::2]) <= STRETCH * lines else None


def marks(rows, one, other):
    """For each side, what differs: `[line]`, or `[line, from, to, from, to, …]` in columns.

    A line without columns has no counterpart. Space within a line is no difference.
    """
    found = [], []
    for row in rows:
        lines = ["" if at is None else text[at] for text, at in zip((one, other), row)]
        if as_read(lines[0]) == as_read(lines[1]):
            continue
        for side, columns in enumerate(differences(*lines)):
            if lines[side].strip():
                found[side].append([row[side], *columns])
    return found


def as_read(line):
    """Its tokens and its indentation."""
    return TOKEN.findall(line), len(line) - len(line.lstrip())


@cache
def differences(one, other):
    """For each of two lines, the columns that the other has not: `[from, to, from, to, …]`."""
    tokens = [list(TOKEN.finditer(line)) for line in (one, other)]
    texts = [[token[0] for token in side] for side in tokens]
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [], []
    columns = [], []
    for kind, *spans in matcher.get_opcodes():
        for side, (start, end) in enumerate((spans[:2], spans[2:])):
            if kind != "equal" and start < end:
                columns[side].extend((tokens[side][start].start(), tokens[side][end - 1].end()))
    return [found or [0, 0] for found in columns]  # the line differs by what it has not


def level(one, other):
    """The rows of two Blocks."""
    return rows(*([read(line, block.modules) for line in block.lines] for block in (one, other)))


def of_blocks(one, other):
    """Two Blocks: the gaps of either, then the marks of either."""
    found = level(one, other)
    return [*(gaps(found, side) for side in (0, 1)), *marks(found, one.lines, other.lines)]


def of_panels(panels):
    """`{"one other": [for each block of code what `of_blocks` says]}` of every pair.

    `panels`: `{framework: its Blocks}`.
    """
    return {
        f"{one} {other}": [of_blocks(*blocks) for blocks in zip(panels[one], panels[other])]
        for one, other in combinations(panels, 2)
    }
