"""A sweep loses nothing: workers die, it is stopped, two run at once, on other machines."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import sweeping
from dropout_book.experiments import results
from dropout_book.experiments.results import Results, ResultsError
from dropout_book.experiments.run import Run
from dropout_book.records import record
from parallel_notebooks import ROOT

SCRIPT = Path(sweeping.__file__)
PATIENCE = 300  # seconds; a busy machine is no finding
RUNS = 6


def start(folder, *scheduler):
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "experiments")])
    return subprocess.Popen(
        [sys.executable, SCRIPT, folder, *scheduler],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(condition):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.02)
    return found


def entries(folder):
    lines = (folder / "made-up.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def outcome(folder):
    """What the runs returned, without what differs between machines and attempts."""
    return {str(each["run"]): each["result"] for each in entries(folder)}


def ended(sweep):
    output, _ = sweep.communicate(timeout=PATIENCE)
    assert sweep.returncode == 0, output
    return output


def first_lines(sweep, folder):
    return until(lambda: (folder / "made-up.jsonl").exists() and entries(folder))


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A folder with all runs, made by workers of which one was killed at its work."""
    folder = tmp_path_factory.mktemp("killed")
    sweep = start(folder)
    first_lines(sweep, folder)
    workers = [
        child
        for child in psutil.Process(sweep.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]
    for worker in workers:
        worker.kill()
    return folder, ended(sweep)


def test_the_runs_of_workers_that_died_are_repeated(swept):
    folder, output = swept
    attempts = [each["attempt"] for each in entries(folder)]
    assert len(attempts) == RUNS and max(attempts) == 2
    assert "attempt 2" in output and "min left" in output


def test_what_diverged_is_recorded_as_such(swept):
    folder, output = swept
    (diverged,) = [each for each in entries(folder) if "diverged" in each["result"]]
    assert diverged["run"]["lr"] == 1e12 and "diverged at step" in output
    store = Results(sweeping.QUESTION, folder)
    contrast = sweeping.QUESTION.primary
    (difference,) = sweeping.QUESTION.differences(contrast, store.results)
    assert difference < 0


def test_the_record_is_in_the_one_form(swept):
    folder, _ = swept
    made = record.load(folder / "made-up.json")[""]
    assert made["data"]["runs"] == RUNS and made["data"]["missing"] == 0
    assert made["depends"] == results.depends(sweeping.QUESTION)
    assert "pin numpy" in made["depends"] and "pin torch" not in made["depends"]


def test_interrupted_and_started_again_twice_at_once(swept, tmp_path):
    """Nothing is repeated, nothing is lost; the second waits and finds all done. The runs are
    those of other workers, in another order."""
    sweep = start(tmp_path)
    first_lines(sweep, tmp_path)
    sweep.send_signal(signal.SIGINT)
    sweep.communicate(timeout=PATIENCE)
    assert sweep.returncode != 0
    before = {str(each["run"]): each for each in entries(tmp_path)}
    assert 0 < len(before) < RUNS
    one, two = start(tmp_path), start(tmp_path)
    output = [ended(one), ended(two)]
    assert sum("Another sweep writes" in each for each in output) <= 1
    assert sum(each.count("min left") for each in output) == RUNS - len(before)
    after = {str(each["run"]): each for each in entries(tmp_path)}
    assert len(after) == RUNS and before.items() <= after.items()
    assert outcome(tmp_path) == outcome(swept[0])


def test_on_a_scheduler_and_workers_in_processes_of_their_own(swept, tmp_path):
    """Two workers, as on two machines; the results are the same."""
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    scheduler = [*dask, "scheduler", "--scheduler-file", file, "--port", "0", "--no-dashboard"]
    processes = [subprocess.Popen(scheduler, **quiet, env=environment)]
    try:
        address = json.loads(until(lambda: file.exists() and file.read_text()))["address"]
        worker = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard"]
        processes += [subprocess.Popen(worker, **quiet, env=environment) for _ in range(2)]
        ended(start(tmp_path / "results", address))
    finally:
        for each in processes:
            each.terminate()
        for each in processes:
            each.wait()
    assert outcome(tmp_path / "results") == outcome(swept[0])


# --- records that cannot be read or written


@pytest.fixture
def store(tmp_path):
    store = Results(sweeping.QUESTION, tmp_path)
    for seed in range(3):
        run = Run(seed=seed, **sweeping.SETTINGS)
        store.add(run, {"run": run.settings(), "result": {"curves": {}}, "cpu_seconds": 1.0})
    return store


def test_what_was_written_is_read(store):
    again = Results(sweeping.QUESTION, store.folder)
    assert again.entries == store.entries and len(again.entries) == 3 and not again.changed


@pytest.mark.parametrize(
    "broken",
    ['{"run": {"seed": 7}, "res', "[]", '{"run": {"colour": 1}, "result": {"curves": 1}}'],
)
def test_a_broken_line_is_named_and_nothing_is_lost(store, broken):
    lines = store.lines.read_text().splitlines()
    store.lines.write_text("\n".join([lines[0], broken, *lines[1:]]) + "\n")
    text = store.lines.read_text()
    with pytest.raises(ResultsError, match=r"made-up\.jsonl, line 2, is no record.*Delete"):
        Results(sweeping.QUESTION, store.folder)
    assert store.lines.read_text() == text


def test_no_space_left(store, tmp_path):
    """A limit on the size of files fails a write in its middle, as a full disk does."""
    text = store.lines.read_text()
    run = Run(seed=9, **sweeping.SETTINGS)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(text) + 20, limits[1]))
    try:
        entry = {"run": run.settings(), "result": {"curves": {}}, "cpu_seconds": 1.0}
        with pytest.raises(ResultsError, match="cannot be written.*Free disk space") as raised:
            store.add(run, entry)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert raised.value.__cause__.errno in {errno.EFBIG, errno.ENOSPC}
    assert store.lines.read_text() == text
    assert {path.name for path in tmp_path.iterdir()} == {"made-up.json", "made-up.jsonl"}
    store.add(run, entry)
    assert len(Results(sweeping.QUESTION, tmp_path).entries) == 4


def test_what_depends_on_changed_code_is_stale(store, monkeypatch):
    digests = {**store.depends, "pin numpy": "0"}
    monkeypatch.setattr(results, "depends", lambda question: digests)
    assert Results(sweeping.QUESTION, store.folder).changed == []
    content = json.loads(store.record.read_text())
    store.record.write_text(json.dumps({**content, "depends": digests}))
    assert Results(sweeping.QUESTION, store.folder).changed == ["pin numpy"]
