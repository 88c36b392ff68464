"""How long does an epoch take, and against what? `make bench`, on an idle machine.

Everything is timed in one run on one machine, round by round: every task of every
library once, then all again, so that what disturbs the machine disturbs all alike. Each
library lives in a process of its own, and the textbook's code in another; one works
while the others sleep. A task's own first epoch, which compiles, is not timed.

The ratios are printed first, then seconds and memory. Everything measured is written to
results.json, which the book shows. For a quick look, which records nothing:

    python benchmarks/run.py --quick pytorch jax
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from multiprocessing import Pipe
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_name("results.json")
PLACES = [str(ROOT / place) for place in (".", "tests", "tests/dropout", "book/_ext")]
sys.path[:0] = PLACES
from benchmarks import summary  # noqa: E402
from benchmarks.libraries import LIBRARIES  # noqa: E402
from benchmarks.tasks import GROWING, MAIN, MASK_CALLS, MASK_SHAPE, TEXTBOOK  # noqa: E402
from dropout_book.frameworks import FRAMEWORKS  # noqa: E402
from installed import INSTALLED  # noqa: E402
from parallel_notebooks import path_of, sources  # noqa: E402

# Those whose audit of the textbook trains as the textbook does.
WITH_TEXTBOOK = [
    framework
    for framework in FRAMEWORKS
    if path_of(framework, "d2l").exists() and "train-scratch" in sources(framework, "d2l")
]
REPETITIONS = 5
GROWTH_ROUNDS = 3  # of these, those that also time how cost grows
PAUSE = 0.5  # seconds in which the threads of the last process cease to spin


class Worker:
    """A process that times what it is asked to."""

    def __init__(self, make, framework):
        self.pipe, other = Pipe()
        # Not started by multiprocessing, whose children start theirs in another way: the
        # textbook's loaders fork, as they do in a notebook.
        self.process = subprocess.Popen(
            [
                sys.executable,
                Path(__file__).with_name("worker.py"),
                make,
                framework,
                str(other.fileno()),
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(PLACES)},
            pass_fds=[other.fileno()],
            stdout=sys.stderr,
        )
        other.close()
        self.name = f"{make} {framework}"
        self.about = self.answer()

    def answer(self):
        try:
            return self.pipe.recv()
        except EOFError:
            sys.exit(
                f"The process of {self.name} ended with code {self.process.wait()}; "
                "what it said stands above."
            )

    def time(self, task):
        self.pipe.send(task)
        return self.answer()

    def close(self):
        self.pipe.close()
        self.process.wait()


def tasks_of(framework, repetition=0):
    """`("Ours" or "Textbook", Task)`, in the order in which they are timed."""
    textbook = TEXTBOOK if framework in WITH_TEXTBOOK else []
    ours = [
        task
        for task in MAIN
        if task.kind != "library mask" or hasattr(LIBRARIES[framework], "own_dropout")
    ]
    if repetition < GROWTH_ROUNDS:
        ours = ours + GROWING
    return [*(("Textbook", task) for task in textbook), *(("Ours", task) for task in ours)]


def rounds(frameworks, repetitions):
    """`(repetition, framework, "Ours" or "Textbook", Task)`: all once, then all again.

    Every second round goes through the libraries backwards: none is always the one that
    comes after another.
    """
    for repetition in range(repetitions):
        for framework in frameworks[::-1] if repetition % 2 else frameworks:
            for make, task in tasks_of(framework, repetition):
                yield repetition, framework, make, task


def measure(frameworks, repetitions, fewer=1):
    """`({framework: {task: [what each repetition used]}}, {framework: what d2l is})`."""
    workers = {
        (framework, make): Worker(make, framework)
        for framework in frameworks
        for make in dict.fromkeys(make for make, _ in tasks_of(framework))
    }
    measured = {
        framework: {task.name: [] for _, task in tasks_of(framework)} for framework in frameworks
    }
    last = None
    for repetition, framework, make, task in rounds(frameworks, repetitions):
        worker = workers[framework, make]
        if worker is not last:
            time.sleep(PAUSE)
        used = worker.time(replace(task, num_examples=task.num_examples // fewer))
        measured[framework][task.name].append(used)
        print(
            f"{repetition + 1}/{repetitions} {FRAMEWORKS[framework].label}, {task.name}: "
            f"{used['wall']:.2f} s",
            file=sys.stderr,
            flush=True,
        )
        last = worker
    for worker in workers.values():
        worker.close()
    return measured, {
        framework: worker.about
        for (framework, make), worker in workers.items()
        if make == "Textbook"
    }


def machine():
    """What it ran on."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} on {platform.machine()}",
        "python": platform.python_version(),
    }


def table(head, rows):
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        for row in [head, *rows]
    )


def report(record):
    """What was measured, for a terminal: ratios first."""
    parts = []
    for of in summary.RATIOS:
        rows = []
        for framework in record["tasks"]:
            if measured := summary.ratio(record, framework, of):
                rows.append(
                    [
                        FRAMEWORKS[framework].label,
                        str(measured),
                        summary.target(framework, of) or "",
                        summary.verdict(framework, of, measured) or "",
                    ]
                )
        parts.append(table([of.title, "median (lowest–highest)", "target", ""], rows))
    for head, what, unit in [
        ("wall seconds", "wall", 1),
        ("CPU seconds", "cpu", 1),
        ("gigabytes", "memory", 1e9),
    ]:
        parts.append(
            table(
                [head, *(FRAMEWORKS[each].label for each in record["tasks"])],
                [
                    [
                        label,
                        *(
                            str(spread / unit) if spread else "–"
                            for spread in (
                                summary.used(record, framework, task, what)
                                for framework in record["tasks"]
                            )
                        ),
                    ]
                    for task, label in summary.LABELS.items()
                ],
            )
        )
    parts.append(
        table(
            ["nanoseconds per element", *(FRAMEWORKS[each].label for each in record["tasks"])],
            [
                [
                    task,
                    *(
                        str(summary.nanoseconds_per_element(record, framework, task) or "–")
                        for framework in record["tasks"]
                    ),
                ]
                for task in ("mask", "library mask")
            ],
        )
    )
    return "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frameworks", nargs="*", help="default: all")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the examples, once; nothing is recorded"
    )
    arguments = parser.parse_args()
    frameworks = arguments.frameworks or list(INSTALLED)
    if not set(frameworks) <= set(INSTALLED):
        parser.error(f"{', '.join(frameworks)}: installed are {', '.join(INSTALLED)}")

    start = time.monotonic()
    repetitions = 1 if arguments.quick else REPETITIONS
    measured, textbook = measure(frameworks, repetitions, 10 if arguments.quick else 1)
    record = {
        "date": datetime.date.today().isoformat(),
        "minutes": round((time.monotonic() - start) / 60, 1),
        **machine(),
        "repetitions": repetitions,
        "mask elements": MASK_CALLS * MASK_SHAPE[0] * MASK_SHAPE[1],
        "versions": {
            framework: version(FRAMEWORKS[framework].distribution) for framework in frameworks
        },
        "textbook": {"version": version("d2l"), **textbook},
        "tasks": measured,
    }
    print(report(record))
    print(f"\n{record['minutes']} minutes on {record['cores']} cores, {record['processor']}")
    if arguments.quick:
        print("QUICK: a tenth of the examples, once. Nothing was recorded.")
    elif frameworks != list(FRAMEWORKS):
        print("Not all libraries: nothing was recorded.")
    else:
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
