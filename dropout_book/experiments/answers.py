"""The answers: what a primary contrast says, in words that its p and intervals allow.

Importing it imports no deep-learning library.
"""

from functools import cache

from dropout_book.experiments import words
from dropout_book.experiments.figures import signed
from dropout_book.experiments.questions import IDS, question
from dropout_book.experiments.reading import primaries, primary_differences, recorded
from dropout_book.experiments.statistics import LEVEL, summary

SIGNIFICANT = round(1 - LEVEL, 9)
SMALLEST = 0.0001  # of a p, in writing


@cache
def complete(id):
    """Whether all runs of a question are recorded."""
    store = recorded(id)
    return all(run in store.entries for run in store.question.due(store.results))


def all_complete():
    return all(map(complete, IDS))


def primary(id):
    """The contrast that was named beforehand, and its Summary."""
    contrast = question(id).contrast(recorded(id).results)
    return contrast, summary(primary_differences(id), contrast.margin)


def adjusted_p(id):
    """Holm's, over the eleven; until all are recorded, eleven times p, which it never exceeds."""
    if all_complete():
        return primaries()[id][1]
    return min(1.0, len(IDS) * primary(id)[1].p)


def verdict(found, adjusted):
    """What may be said: "helps", "hurts", "equivalent" or "open"."""
    if adjusted < SIGNIFICANT:
        return "helps" if found.mean > 0 else "hurts"
    return "equivalent" if found.equivalent else "open"


def headline(id):
    """The answer in a sentence."""
    _, found = primary(id)
    return words.ANSWERS[id][verdict(found, adjusted_p(id))]


def interval(id):
    """The effect with its interval, and its unit."""
    contrast, found = primary(id)
    unit, digits = words.UNITS[contrast.metric]
    numbers = {"mean": found.mean, "low": found.t[0], "high": found.t[1]}
    said = words.INTERVAL.format(**{k: signed(each, digits) for k, each in numbers.items()})
    return said, unit


def effect(id):
    """Sentences: the effect, what its interval excludes, and the p."""
    contrast, found = primary(id)
    said, unit = interval(id)
    level = round(100 * LEVEL)
    sentences = [words.EFFECT.format(interval=said, unit=unit, level=level, n=found.n)]
    if verdict(found, adjusted_p(id)) == "open":
        digits = words.UNITS[contrast.metric][1]
        sentences.append(words.EXCLUDED.format(excludes=f"{found.excludes:.{digits}f}"))
    if contrast.margin is not None:
        sentences.append(words.MARGIN.format(margin=contrast.margin))
    return " ".join([*sentences, f"{p_text(id)}."])


def p_text(id):
    """The p, and the adjusted one or what it does not exceed."""
    _, found = primary(id)
    bound = words.EQUALS if all_complete() else words.AT_MOST
    return words.P_VALUE.format(
        p=number(found.p, words.EQUALS), adjusted=number(adjusted_p(id), bound)
    )


def number(p, bound):
    return words.SMALL.format(p=f"{SMALLEST:.4f}") if p < SMALLEST else bound.format(p=f"{p:.2g}")
