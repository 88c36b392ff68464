"""Run every test: `python tests/run.py`, after `make book`. With `--check`, only those that
need no site, no browser, no network and no training, in three minutes at most.

Folders that use the same things share a process, in which these start once; those that are
about one library have one for each library, because TensorFlow and PaddlePaddle crash when
imported together. One process more than there are cores runs at once, since there is always
one that waits, for a browser or a host, and libraries take one thread each, since two would
wait for each other; each one's output is printed whole when it ends.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from browsers import firefox
from installed import INSTALLED
from parallel_notebooks import FRAMEWORKS, path_of
from sidebyside.running.kernels import THREAD_VARIABLES

ROOT = Path(__file__).resolve().parents[1]

PER_FRAMEWORK = {"dropout": "dropout", "d2l": "d2l", "timed": "dropout"}  # its notebooks
# A line is a process. What takes longest starts first, that no core waits at the end; a folder
# that is not named here comes last, in a process of its own.
TOGETHER = [
    line.split()
    for line in """
        showing explorer training fit
        site look weight
        launch
        experiments
        running records formulas
        notebooks at_work derivation exercises insides launching pages setup theory
        dropout d2l timed
        lighthouse
        firefox
        data
        benchmarks
    """.strip().splitlines()
]
NOTHING_CHOSEN = 5  # pytest's exit code where all tests of a folder are left out
QUICK = ["-m", "not build and not built and not network"]


def lines():
    """Those of TOGETHER, without what is not there, and with what they do not name."""
    found = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    if firefox() is None:
        found.discard("firefox")
    named = [[folder for folder in line if folder in found] for line in TOGETHER]
    return [*filter(None, named), *([each] for each in sorted(found.difference(*TOGETHER)))]


def jobs(quick):
    """`{name: pytest arguments}`, the longest first."""
    found = {}
    for line in lines():
        if not PER_FRAMEWORK.keys() & line:
            found[", ".join(line)] = [
                *(f"tests/{each}" for each in line),
                *(QUICK if quick else []),
            ]
        elif not quick:
            for framework in INSTALLED:
                own = [
                    f"tests/{each}"
                    for each in line
                    if path_of(framework, PER_FRAMEWORK[each]).exists()
                ]
                found[framework] = [*own, f"--framework={framework}"]
    return found


def run(arguments):
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(THREAD_VARIABLES, "1"),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, time.monotonic() - start, done.stdout


def main():
    # Who is started in the background by a shell ignores Ctrl-C, and passes that on;
    # but what happens at Ctrl-C is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for framework in set(FRAMEWORKS) - set(INSTALLED):
        print(f"{FRAMEWORKS[framework]} is not installed on this machine: not tested here")
    if firefox() is None:
        print("Firefox is not installed on this machine: not tested here")
    passed, failed = [], []
    with ThreadPoolExecutor(max_workers=os.cpu_count() + 1) as pool:
        quick = "--check" in sys.argv[1:]
        runs = {pool.submit(run, arguments): name for name, arguments in jobs(quick).items()}
        for future in as_completed(runs):
            code, seconds, output = future.result()
            if quick and code == NOTHING_CHOSEN:
                continue
            print(f"\n== {runs[future]}: {seconds:.0f} s\n{output}", flush=True)
            (failed if code else passed).append(runs[future])
    print(
        f"{len(passed)} of {len(passed) + len(failed)} test runs passed"
        + (f"; failed: {'; '.join(failed)}" if failed else "")
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
