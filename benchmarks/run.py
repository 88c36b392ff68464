"""How long does an epoch take, and against what? `make bench`, on an idle machine.

Everything is timed in one run on one machine, round by round: every task of every
library once, then all again, so that what disturbs the machine disturbs all alike. Each
library lives in a process of its own, and the textbook's code in another; one works
while the others sleep. A task's own first epoch, which compiles, is not timed.

The ratios are printed first, then seconds and memory. Everything measured is written to
results.json, which the book shows. For a quick look, which records nothing:

    make bench ONLY="--quick pytorch jax"
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from multiprocessing import Pipe
from pathlib import Path

import yaml

from benchmarks.libraries import DROPOUTS, LIBRARIES
from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records import record, speed
from dropout_book.records.speed import (
    GROWING,
    LOOPS,
    MAIN,
    MASK_CALLS,
    MASK_SHAPE,
    MASKS,
    TEXTBOOK,
)
from installed import INSTALLED
from parallel_notebooks import path_of, sources

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_name("results.json")
TARGETS = Path(__file__).with_name("targets.yml")
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
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
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
        if task.kind not in DROPOUTS or hasattr(LIBRARIES[framework], DROPOUTS[task.kind])
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
    }


def table(head, rows):
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        for row in [head, *rows]
    )


def report(data):
    """What was measured, for a terminal: ratios first."""
    frameworks, parts = list(data["tasks"]), []
    for of in speed.RATIOS:
        rows = []
        for framework in frameworks:
            if measured := speed.ratio(data, framework, of):
                row = [FRAMEWORKS[framework].label, str(measured)]
                if aim := speed.target(data, framework, of):
                    row += ["{} {:g}".format(*aim), speed.verdict(aim, measured)]
                rows.append([*row, "", ""][:4])
        parts.append(table([of.name, "median (lowest–highest)", "target", ""], rows))
    labels = [FRAMEWORKS[framework].label for framework in frameworks]

    def rows(tasks, figure):
        return [
            [task, *(str(figure(framework, task) or "–") for framework in frameworks)]
            for task in tasks
        ]

    for head, what, unit in [
        ("wall seconds", "wall", 1),
        ("CPU seconds", "cpu", 1),
        ("gigabytes", "memory", 1e9),
    ]:

        def used(framework, task, what=what, unit=unit):
            found = speed.used(data, framework, task, what)
            return found and found / unit

        parts.append(table([head, *labels], rows(LOOPS, used)))

    def each(framework, task):
        return speed.nanoseconds_per_element(data, framework, task)

    head = ["nanoseconds per element", *labels]
    parts.append(table(head, rows(MASKS, each)))
    return "\n\n".join(parts)


def what_decides():
    """The names of what decides the data, as a record has them."""
    cells = ("dropout-layer", "mlp-scratch", "training-loop", "mlp-concise")
    libraries = {name for each in FRAMEWORKS.values() for name in (each.distribution, each.module)}
    return {
        *(
            f"benchmarks/{name}.py"
            for name in ("expert_loops", "libraries", "stopwatch", "worker")
        ),
        "dropout_book/data.py",
        *(f"notebooks/dropout/*.ipynb#{tag}" for tag in cells),
        *(f"pin {name}" for name in libraries & set(record.pins(ROOT))),
    }


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

    start, depends = time.monotonic(), record.digests(ROOT, what_decides())
    repetitions = 1 if arguments.quick else REPETITIONS
    measured, textbook = measure(frameworks, repetitions, 10 if arguments.quick else 1)
    minutes = round((time.monotonic() - start) / 60, 1)
    data = {
        "repetitions": repetitions,
        "mask elements": MASK_CALLS * MASK_SHAPE[0] * MASK_SHAPE[1],
        "versions": {
            framework: version(FRAMEWORKS[framework].distribution) for framework in frameworks
        },
        "textbook": {"version": version("d2l"), **textbook},
        "targets": yaml.safe_load(TARGETS.read_text(encoding="utf-8")),
        "tasks": measured,
    }
    print(report(data))
    about = machine()
    print(f"\n{minutes} minutes on {about['cores']} cores, {about['processor']}")
    if arguments.quick:
        print("QUICK: a tenth of the examples, once. Nothing was recorded.")
    elif frameworks != list(FRAMEWORKS):
        print("Not all libraries: nothing was recorded.")
    else:
        record.write(RECORD, data, depends, by="make bench", minutes=minutes, **about)


if __name__ == "__main__":
    main()
