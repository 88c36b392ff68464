"""{experiments-answer}: one answer, as the table of all has it; {guess}: a place to guess."""

import pytest

from dropout_book.experiments import IDS, answers
from sidebyside.exercises import words as exercises
from sidebyside.records import words

RECORDED = next(id for id in IDS if answers.recorded(id).entries and answers.complete(id))
PAGE = f"""\
# Page

```{{experiments-answer}} {RECORDED}
```

```{{guess}}
- larger, $p^2$
- *smaller*
```

{{zh}}`暂退法`
"""


@pytest.fixture
def book(scratch_book):
    book = scratch_book()
    book.page("index.md", "# Front page\n")
    # The notebook that it leads to.
    book.page(f"notebooks/experiments/{RECORDED}.md", "# The notebook\n")
    return book


def test_an_answer_a_guess_and_words_in_chinese(book):
    book.page("page.md", PAGE)
    built = book.build("-W", "--keep-going")
    assert built.returncode == 0, built.stdout
    article = book.html("page").find("article")
    shown = article.select_one(".experiments-answer")
    said, unit = answers.interval(RECORDED)
    text = " ".join(shown.get_text(" ", strip=True).split())
    assert answers.headline(RECORDED).replace("'", "’") in text
    assert f"{said} {unit}" in text and answers.p_text(RECORDED) in text
    assert said in shown.img["alt"]
    assert shown.a["href"] == f"notebooks/experiments/{RECORDED}.html"

    group = article.select_one("fieldset.guess")
    assert group.legend.get_text() == exercises.YOUR_GUESS
    buttons = group.select("input[type=radio]")
    assert len({each["name"] for each in buttons}) == 1 and len(buttons) == 2
    assert [each["for"] for each in group.select("label")] == [each["id"] for each in buttons]
    assert group.select("label")[1].em.get_text() == "smaller" and not group.select("p")

    (chinese,) = article.select("[lang]")
    assert (chinese["lang"], chinese.get_text()) == ("zh-Hans", "暂退法")


def test_mistakes_are_named(book):
    book.page(
        "page.md",
        "# Page\n\n```{experiments-answer} nobody-asked\n```\n\n"
        "```{guess}\n- the one choice\n```\n",
    )
    built = book.build("-W", "--keep-going")
    assert built.returncode != 0
    assert "there is no question 'nobody-asked': give one of" in built.stdout
    assert exercises.NO_CHOICES in built.stdout


def test_an_answer_that_is_not_recorded_is_said_to_be_open(book, monkeypatch):
    from sidebyside.records.answers import ExperimentsAnswer

    monkeypatch.setattr(answers, "complete", lambda id: False)
    directive = ExperimentsAnswer.__new__(ExperimentsAnswer)
    text = directive.text(next(q for q in map(answers.question, IDS)))
    assert words.BEING_RUN in text and "{doc}" not in text
