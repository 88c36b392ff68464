"""Two builds at once in one folder: the second says that it waits, and does."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from sidebyside.running import words
from sidebyside.running.lock import hold

PATIENCE = 120  # seconds; a busy machine is no finding


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.1)


def test_a_build_waits_for_another_and_then_ends_well(scratch_book):
    book = scratch_book(frameworks=["jax"])
    book.page("index.md", "# Front page\n")
    output = book.folder.with_name(book.folder.name + ".log")
    waiting = words.WAITING.format(folder=book.folder)
    other = hold(book.folder)
    with ThreadPoolExecutor() as pool:
        building = pool.submit(book.build, "-W", "--keep-going")
        until(lambda: output.exists() and waiting in output.read_text())
        assert not building.done() and not (book.folder / "_build/html/index.html").exists()
        other.release()
        built = building.result()
    assert built.returncode == 0, built.stdout
    assert book.html("index").h1


def test_a_build_that_was_killed_holds_nobody_up(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from sidebyside.running.lock import hold;"
        "lock = hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    other.kill()
    other.wait()
    hold(tmp_path).release()
