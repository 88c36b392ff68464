"""Every idea of the dictionary is marked in every notebook, or the page says why not."""

import re

import pytest
import yaml

from parallel_notebooks import FRAMEWORKS, ROOT, read, sources
from sidebyside.showing.dictionary import METADATA, patterns, shown

PAGE = (ROOT / "book" / "dictionary.md").read_text(encoding="utf-8")
IDEAS = {
    key: given
    for table in re.findall(r"(?ms)^```\{dictionary\}\n(.*?)^```", PAGE)
    for key, given in yaml.safe_load(table).items()
}
by_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


def absent(framework):
    """The ideas of which the page says that this one has no line."""
    return {
        key
        for key, given in IDEAS.items()
        if not isinstance(given, str)
        for names in given["none"]
        if framework in names.split()
    }


@by_framework
def test_each_idea_has_a_marker_or_a_reason(framework):
    markers = read(framework).metadata[METADATA]
    assert set(markers) | absent(framework) == set(IDEAS)
    assert not set(markers) & absent(framework)


@by_framework
def test_each_marker_shows_a_place_of_its_cell(framework):
    cells = sources(framework)
    for idea, places in read(framework).metadata[METADATA].items():
        assert places, idea
        for tag, marker in places.items():
            for pattern in patterns(marker):
                text = shown(cells[tag], pattern)
                assert text and text == text.strip(), f"{idea}: {text!r}"


def test_no_line_of_a_library_is_typed_on_the_page():
    """Words of a table may name things; what stands there as a line is taken from a cell."""
    assert len(IDEAS) > 20
    said = yaml.safe_dump(list(IDEAS.values()), allow_unicode=True)
    assert not re.search(r"[=@]|\(.+\)", said), said
