"""Run every test: `python tests/run.py`, after `make book`.

Folders that are about one library run once per library, each in a process of its
own, because TensorFlow and PaddlePaddle crash when imported together. As many
processes run at once as there are cores; each one's output is printed whole when
it ends. Lighthouse, which measures speed, comes last and alone.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from installed import INSTALLED
from parallel_notebooks import FRAMEWORKS, path_of

ROOT = Path(__file__).resolve().parents[1]

# The longest first.
SHARED = [
    "launch",
    "look",
    "running",
    "records",
    "explorer",
    "showing",
    "weight",
    "site",
    "formulas",
    "benchmarks",
    "data",
    "derivation",
    "notebooks",
    "launching",
]
PER_FRAMEWORK = ["dropout", "d2l"]
ALONE = {"lighthouse": ["tests/lighthouse"]}


def jobs():
    """`{name: pytest arguments}`, the longest first."""
    shared = {folder: [f"tests/{folder}"] for folder in SHARED}
    own = {
        f"{folder}, {framework}": [f"tests/{folder}", f"--framework={framework}"]
        for folder in PER_FRAMEWORK
        for framework in INSTALLED
        if path_of(framework, folder).exists()
    }
    return {**shared, **own}


def run(arguments):
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
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
    passed, failed = [], []
    for together, workers in [(jobs(), os.cpu_count()), (ALONE, 1)]:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            runs = {pool.submit(run, arguments): name for name, arguments in together.items()}
            for future in as_completed(runs):
                code, seconds, output = future.result()
                print(f"\n== {runs[future]}: {seconds:.0f} s\n{output}", flush=True)
                (failed if code else passed).append(runs[future])
    print(
        f"{len(passed)} of {len(passed) + len(failed)} test runs passed"
        + (f"; failed: {'; '.join(failed)}" if failed else "")
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
