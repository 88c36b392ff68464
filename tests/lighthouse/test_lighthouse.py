"""Lighthouse gives full marks in every category that is not a timing."""

import pytest

from dropout_book.records.record import load
from lighthouse.audit import BUDGET, RECORD, lighthouse

PAIR = "book/implementation.html?framework=numpy&with=jax"


PAGES = [*BUDGET["pages"], PAIR]


@pytest.fixture(scope="module")
def seen(address):
    """These categories do not measure time."""
    return dict(zip(PAGES, lighthouse([f"{address}/{path}" for path in PAGES], BUDGET["scores"])))


@pytest.mark.parametrize("path", PAGES)
def test_lighthouse_gives_full_marks(seen, path, record_property):
    wanted = BUDGET["scores"]
    scores, lost, _ = seen[path]
    record_property("scores", scores)
    assert set(scores) == set(wanted)
    assert all(scores[name] >= score for name, score in wanted.items()), "\n".join(lost)


def test_the_recorded_audit_is_of_these_pages_and_every_one_is_fast():
    speed = load(RECORD)[""]["data"]["speed"]
    assert list(speed) == BUDGET["pages"], "other pages. Run: make audit"
    assert all(max(runs) >= BUDGET["speed"] for runs in speed.values())
