"""What is declared of a library changes its own notebooks' outputs, and no others."""

from dataclasses import replace

import pytest

from dropout_book.frameworks import FRAMEWORKS
from parallel_notebooks import ROOT
from sidebyside.running.notebooks import Book


def fingerprints():
    return {docname: each.fingerprint for docname, each in Book(ROOT).notebooks.items()}


@pytest.mark.parametrize("change", [{"label": "Another name"}, {"color": "#123456"}], ids=str)
def test_a_change_makes_its_own_notebooks_stale(monkeypatch, change):
    before = fingerprints()
    monkeypatch.setitem(FRAMEWORKS, "jax", replace(FRAMEWORKS["jax"], **change))
    after = fingerprints()
    changed = {docname for docname in before if before[docname] != after[docname]}
    assert changed == {f"notebooks/{topic}/jax" for topic in ("d2l", "dropout")}
