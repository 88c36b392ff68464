"""{equivalence-table}, {mutants-table}, {mutants-figure}: what `make mutants` recorded."""

import json
from collections import Counter
from pathlib import Path

import pytest

from sidebyside.records import words
from sidebyside.records.proof import draw

FRAMEWORKS = {"numpy": "NumPy", "jax": "JAX", "mxnet": "MXNet"}
COMPARED = [
    "test_one_pass_gives_the_references_logits_loss_and_gradients[{}]",
    "test_training_takes_the_references_road[{}-scratch]",
    "test_training_takes_the_references_road[{}-concise]",
    "test_evaluation_gives_the_references_logits[{}-scratch]",
    "test_evaluation_gives_the_references_logits[{}-concise]",
]
LARGEST = {"numpy": 0.0, "jax": 1.24e-16, "mxnet": 3.06e-9}


def record():
    errors = {
        framework: {
            name.format(precision): {"largest_error": error, "tolerance": tolerance}
            for name in COMPARED
            for precision, tolerance in [("float64", 1e-12), ("float32", 2e-5)]
        }
        for framework, error in LARGEST.items()
    }
    wrong_p = {
        "number": 0,
        "cell": "dropout-layer",
        "mistake": "`p` is wrong",
        "published": "textbook",
    }
    no_seed = {"number": 1, "cell": "train-concise", "mistake": "no seed", "published": None}
    mutants = {
        "numpy": [
            {**wrong_p, "noticed_by": "test_a.py::test_mean_stays[0.2]"},
            {**no_seed, "noticed_by": "test_b.py::test_the_seed"},
        ],
        "jax": [
            {**wrong_p, "noticed_by": "test_a.py::test_mean_stays[0.9]"},
            {**no_seed, "noticed_by": None},
        ],
        "mxnet": [{**wrong_p, "noticed_by": "test_reference.py::test_backward"}],
    }
    return {
        framework: {
            "made": {"by": "make mutants", "date": f"2026-03-0{day}"},
            "depends": {},
            "data": {
                "unchanged": {"errors": errors[framework]},
                "mutants": mutants[framework],
            },
        }
        for day, framework in enumerate(FRAMEWORKS, start=1)
    }


@pytest.fixture
def book(scratch_book):
    book = scratch_book(frameworks=FRAMEWORKS)
    book.configure(repository={"url": "https://github.com/o/r"})
    book.page("index.md", "# Front page\n")
    book.page(
        "chapters/page.md",
        "# Page\n\n```{equivalence-table} ../record.json\n```\n\n"
        "```{mutants-figure} ../record.json\n```\n\n"
        "```{mutants-table} ../record.json\n```\n",
    )
    return book


def test_the_tables_say_what_the_record_says(book):
    book.write("record.json", json.dumps(record()))
    built = book.build("-W", "--keep-going")
    assert built.returncode == 0, built.stdout
    page = book.html("chapters/page")
    equivalence, *parts = [book.rows(table) for table in page.find_all("table")]
    assert len(equivalence) == 1 + len(COMPARED)
    for row in equivalence[1:]:
        assert row[1:] == ["3.1 × 10⁻⁹ (MXNet)", "10⁻¹²", "3.1 × 10⁻⁹ (MXNet)", "2.0 × 10⁻⁵"]

    text = page.find("article").get_text()
    assert "5 mistakes of 2 kinds, of which 1 went unnoticed: the run of 3 March 2026." in text
    made = [row for part in parts for row in part[1:]]
    assert made == [
        ["p is wrong (published in the textbook)", "all", "mean stays ; backward"],
        ["No seed", "NumPy, JAX", "the seed ; nobody"],
    ]
    assert page.select_one(".drawn img")["alt"].endswith(
        "test_a.py: 2; test_b.py: 1; the reference's derivatives: 1; nobody: 1."
    )
    links = [link["href"] for link in page.select("table td a")]
    assert links == [
        f"https://github.com/o/r/blob/main/tests/{file}"
        for file in ["dropout/test_a.py", "derivation/test_reference.py", "dropout/test_b.py"]
    ]


def test_a_bar_is_as_long_as_what_it_counts():
    (axes,) = draw(Counter(few=2, many=30, none=1)).axes
    bars = zip(axes.get_yticklabels(), axes.patches, axes.texts)
    assert [(label.get_text(), bar.get_width(), text.get_text()) for label, bar, text in bars] == [
        ("many", 30, "30"),
        ("few", 2, "2"),
        ("none", 1, "1"),
    ]


def test_each_kind_of_test_has_a_name():
    recorded = json.loads((Path(__file__).parents[1] / "mutants/record.json").read_text("utf-8"))
    noticed = {
        each["noticed_by"].partition("::")[0]
        for framework in recorded.values()
        for each in framework["data"]["mutants"]
    }
    assert noticed == set(words.NOTICED_BY)


def test_without_a_record_the_build_says_what_to_run(book):
    built = book.build("-W", "--keep-going")
    assert built.returncode != 0
    assert "make mutants" in built.stdout


def test_a_record_that_is_stale_is_shown_and_the_build_says_so(book):
    old = {name: {**part, "depends": {"gone.py": "0" * 16}} for name, part in record().items()}
    book.write("record.json", json.dumps(old))
    built = book.build("-W", "--keep-going")
    assert built.returncode == 0, built.stdout
    assert "changed since: gone.py. Run: make mutants" in built.stdout
    assert "5 mistakes of 2 kinds" in book.html("chapters/page").find("article").get_text()
