"""Lighthouse gives full marks in every category that is not a timing."""

import pytest

from dropout_book.records.record import load
from lighthouse.audit import BUDGET, RECORD, lighthouse

PAIR = "book/implementation.html?framework=numpy&with=jax"


@pytest.mark.parametrize("path", [*BUDGET["pages"], PAIR])
def test_lighthouse_gives_full_marks(address, path, record_property):
    wanted = BUDGET["scores"]
    # As fast as the machine is: these categories do not measure time.
    scores, lost, _ = lighthouse(f"{address}/{path}", wanted, "--throttling-method=provided")
    record_property("scores", scores)
    assert set(scores) == set(wanted)
    assert all(scores[name] >= score for name, score in wanted.items()), "\n".join(lost)


def test_the_recorded_audit_is_of_these_pages_and_every_one_is_fast():
    speed = load(RECORD)[""]["data"]["speed"]
    assert list(speed) == BUDGET["pages"], "other pages. Run: make audit"
    assert all(max(runs) >= BUDGET["speed"] for runs in speed.values())
