"""A record with made-up numbers, as `make bench` would leave it."""

from benchmarks.run import tasks_of
from dropout_book.records.speed import MAIN, TEXTBOOK

SECONDS = {
    "scratch": 2.0,
    "concise": 3.0,
    "without dropout": 1.6,
    "floor": 1.0,
    "expert": 2.5,
    "textbook": 16.0,
    "mask": 0.2,
    "library mask": 0.4,
    "selecting mask": 0.3,
    "library mask in place": 0.1,
}


def used(wall):
    return {"wall": wall, "cpu": 2 * wall, "memory": 500_000_000}


def record(frameworks=("numpy", "pytorch"), factors=(1, 1.5, 0.5, 2, 1)):
    """Every repetition's seconds are those above, times its factor."""
    tasks = {
        framework: {
            task.name: [used(SECONDS.get(task.name, 1.0) * factor) for factor in factors]
            for _, task in tasks_of(framework)
        }
        for framework in frameworks
    }
    assert {task.name for task in [*MAIN, *TEXTBOOK]} == set(SECONDS)
    data = {
        "repetitions": len(factors),
        "mask elements": 10_000_000,
        "versions": dict.fromkeys(frameworks, "1.2.3"),
        "textbook": {"version": "0.17.6"},
        "targets": {
            "textbook / scratch": {"at least": {"pytorch": 7}},
            "concise / expert": {"at most": {"numpy": 1, "pytorch": 1}},
        },
        "tasks": tasks,
    }
    made = {
        "by": "make bench",
        "date": "2026-03-01",
        "python": "3.11.2",
        "minutes": 12.6,
        "processor": "Abacus 2000",
        "cores": 2,
        "system": "Linux on x86_64",
    }
    return {"made": made, "depends": {}, "data": data}


def data():
    return record()["data"]
