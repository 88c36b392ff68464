"""The eleven questions, a file each, in their order."""

from importlib import import_module

IDS = (
    "does-it-help",
    "which-rates",
    "activations",
    "at-test-time",
    "weight-decay",
    "other-noises",
    "r-drop",
    "tips",
    "memorising",
    "convolutions",
    "when-to-drop",
)


def question(id):
    if id not in IDS:
        raise ValueError(f"there is no question {id!r}: give one of {', '.join(IDS)}")
    return import_module(f"{__name__}.{id.replace('-', '_')}").QUESTION


def all_questions():
    return [question(id) for id in IDS]
