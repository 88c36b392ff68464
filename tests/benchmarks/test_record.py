"""The recorded run is complete, and the page shows it."""

import pytest
from bs4 import BeautifulSoup

from benchmarks.run import RECORD, REPETITIONS, WITH_TEXTBOOK, rounds
from dropout_book.records import speed
from dropout_book.records.record import load
from parallel_notebooks import FRAMEWORKS, SITE


@pytest.fixture(scope="module")
def record():
    assert RECORD.exists(), "there is no recorded run. Run: make bench"
    return load(RECORD)[""]


def test_every_task_of_every_library_was_timed_as_often_as_now(record):
    expected = {framework: {} for framework in FRAMEWORKS}
    for _, framework, _, task in rounds(list(FRAMEWORKS), REPETITIONS):
        expected[framework][task.name] = expected[framework].get(task.name, 0) + 1
    timed = {
        framework: {task: len(used) for task, used in tasks.items()}
        for framework, tasks in record["data"]["tasks"].items()
    }
    assert timed == expected, "what is timed has changed. Run: make bench"
    for tasks in record["data"]["tasks"].values():
        for used in tasks.values():
            assert all(each["wall"] > 0 and each["cpu"] > 0 for each in used)


def test_it_says_when_where_and_with_which_versions(record):
    assert set(record["data"]["versions"]) == set(FRAMEWORKS)
    for key in "date", "minutes", "processor", "cores", "system", "python":
        assert record["made"][key]
    for framework in WITH_TEXTBOOK:
        for timed in record["data"]["textbook"][framework]["timed"]:
            assert timed.startswith("d2l.")


def as_shown(spread):
    return str(spread or "–").replace("(", "").replace(")", "")


@pytest.mark.built
def test_the_page_shows_it(record):
    page = BeautifulSoup(
        (SITE / "book" / "speed.html").read_text(encoding="utf-8"), "html.parser"
    ).find("article")
    text = page.get_text(" ", strip=True)
    assert record["made"]["processor"] in text
    shown = {cell.get_text(" ", strip=True) for cell in page.find_all("td")}
    for framework in FRAMEWORKS:
        assert f"{FRAMEWORKS[framework]} {record['data']['versions'][framework]}" in text
        for task in speed.LOOPS:
            seconds = speed.used(record["data"], framework, task)
            assert as_shown(seconds) in shown
        for of in speed.RATIOS:
            ratio = speed.ratio(record["data"], framework, of)
            assert any(cell.startswith(as_shown(ratio)) for cell in shown)
    for figure in page.find_all("img"):
        assert (SITE / "book" / figure["src"]).stat().st_size <= 60_000
    assert len(page.find_all("img")) == 2
