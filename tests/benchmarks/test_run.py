"""`make bench` times what it says, in the order it says."""

import os
import subprocess
import sys

from benchmarks.libraries import DROPOUTS, LIBRARIES
from benchmarks.run import (
    GROWTH_ROUNDS,
    RECORD,
    REPETITIONS,
    ROOT,
    rounds,
    tasks_of,
)
from dropout_book.records.speed import GROWING, MAIN
from parallel_notebooks import FRAMEWORKS

AS_MAKE_DOES = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_repetitions_are_interleaved():
    order = list(rounds(list(FRAMEWORKS), REPETITIONS))
    repetitions = [repetition for repetition, *_ in order]
    assert repetitions == sorted(repetitions)
    for repetition in range(REPETITIONS):
        timed = [
            (framework, task.name) for each, framework, _, task in order if each == repetition
        ]
        assert len(timed) == len(set(timed)), "once in every round"
        assert set(timed) == {
            (framework, task.name)
            for framework in FRAMEWORKS
            for _, task in tasks_of(framework, repetition)
        }
        libraries = list(dict.fromkeys(framework for framework, _ in timed))
        assert libraries == list(FRAMEWORKS)[:: -1 if repetition % 2 else 1]


def test_every_library_is_timed_five_times_and_its_growth_three_times():
    for framework in FRAMEWORKS:
        times = [
            task for _, each, _, task in rounds(list(FRAMEWORKS), REPETITIONS) if each == framework
        ]
        for task in MAIN:
            if hasattr(LIBRARIES[framework], DROPOUTS.get(task.kind, "matmul")):
                assert times.count(task) == REPETITIONS >= 5
        for task in GROWING:
            assert times.count(task) == GROWTH_ROUNDS >= 3


def test_a_quick_run_prints_the_ratios_first_and_records_nothing():
    before = RECORD.stat().st_mtime_ns if RECORD.exists() else None
    run = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--quick", "numpy"],
        cwd=ROOT,
        env=AS_MAKE_DOES,
        text=True,
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.index("scratch / floor") < run.stdout.index("wall seconds")
    assert "at most 2" in run.stdout
    assert "QUICK" in run.stdout
    assert (RECORD.stat().st_mtime_ns if RECORD.exists() else None) == before


def test_a_library_that_is_not_there_is_refused():
    run = subprocess.run(
        [sys.executable, "benchmarks/run.py", "caffe"],
        cwd=ROOT,
        env=AS_MAKE_DOES,
        text=True,
        capture_output=True,
    )
    assert run.returncode == 2
    assert "caffe: installed are numpy" in run.stderr
