"""Prose says what is so, and nothing that nobody holds."""

import pytest
import yaml

from facts import FACTS, problems
from page_texts import text_of
from parallel_notebooks import ROOT

MISTAKES = yaml.safe_load((ROOT / "tests" / "pages" / "mistakes.yml").read_text(encoding="utf-8"))


def test_every_page_of_prose_has_its_facts():
    pages = {path.stem for path in (ROOT / "book").glob("*.md")}
    assert pages - set(FACTS) == {"references"}


@pytest.mark.built
@pytest.mark.parametrize("page", FACTS)
def test_the_page_says_what_is_so(page):
    assert problems(page, text_of(page)) == []


@pytest.mark.built
@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=lambda each: f"{each['page']}: {each['instead'][:40]}"
)
def test_a_falsehood_is_noticed(mistake):
    text = text_of(mistake["page"])
    assert text.count(mistake["text"]) == 1
    assert problems(mistake["page"], text.replace(mistake["text"], mistake["instead"]))
