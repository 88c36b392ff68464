"""What is said of the experiments is what their p and intervals allow."""

import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import yaml

from dropout_book.experiments import (
    IDS,
    answers,
    contrast,
    curves,
    dense_batch_norm,
    differences,
    figures,
    question,
    table,
    textbook_seeds,
    values,
    words,
)
from dropout_book.experiments.dense_batch_norm import BN, BOTH, LAST, METRIC
from dropout_book.experiments.design import RATES, value
from dropout_book.experiments.statistics import summary
from facts import ELSEWHERE
from outputs import failures
from parallel_notebooks import ROOT, executed, glued

NOTEBOOKS = ROOT / "notebooks" / "experiments"
COMPLETE = [id for id in IDS if (answers.recorded(id).entries and answers.complete(id))]
FIRST = ["badges", "title", "guess", "setup", "answer", "expect", "design-text", "design"]
NUMBER = re.compile(r"(?<!\w)[\d.,]*\d(?!\w)")
YEARS = re.compile(r"\(?\b(?:19|20)\d\d\b")


def read(id):
    return nbformat.read(NOTEBOOKS / f"{id}.ipynb", as_version=4)


# --- verdicts


def sample(mean, spread=0.01, n=20, margin=None):
    wave = np.resize([1, -1], n) * spread
    return summary(mean + wave, margin)


def test_helps_needs_an_adjusted_p_below_five_per_cent_and_the_right_sign():
    assert answers.verdict(sample(0.02), 0.049) == "helps"
    assert answers.verdict(sample(-0.02), 0.049) == "hurts"
    for adjusted in 0.05, 0.2, 1:
        assert answers.verdict(sample(0.02), adjusted) == "open"


def test_equivalent_needs_an_interval_within_the_margin():
    assert answers.verdict(sample(0.001, margin=0.01), 1) == "equivalent"
    assert answers.verdict(sample(0.009, margin=0.01), 1) == "open"
    assert answers.verdict(sample(0.001), 1) == "open"


@pytest.mark.parametrize("id", IDS)
def test_there_is_a_sentence_for_every_verdict(id):
    equivalence = getattr(question(id).primary, "margin", None) is not None
    expected = {"helps", "hurts", "open"} | ({"equivalent"} if equivalence else set())
    assert set(words.ANSWERS[id]) == expected
    assert len(set(words.ANSWERS[id].values())) == len(expected)
    shown = words.ANSWERS[id]["open"]
    assert "ot shown" in shown or "either shown" in shown


def test_until_all_are_recorded_the_adjusted_p_is_bounded_from_above(monkeypatch):
    """Holm multiplies the smallest of eleven p by eleven, and the others by less."""
    monkeypatch.setattr(answers, "all_complete", lambda: False)
    for id in COMPLETE:
        _, found = answers.primary(id)
        assert answers.adjusted_p(id) == min(1, 11 * found.p)


def test_a_small_p_is_not_written_as_zero():
    assert answers.number(1e-6, words.EQUALS) == "below 0.0001"
    assert answers.number(0.034, words.EQUALS) == "= 0.034"
    assert answers.number(0.034, words.AT_MOST) == "at most 0.034"


# --- the notebooks


@pytest.mark.parametrize("id", IDS)
def test_a_reader_guesses_before_the_answer_unfolds(id):
    cells = read(id).cells
    assert [cell.id for cell in cells[: len(FIRST)]] == FIRST
    by_id = {cell.id: cell for cell in cells}
    assert {"hide-output", "remove-input"} <= set(by_id["answer"].metadata.tags)
    assert by_id["guess"].source.count("\n- ") >= 3
    assert {"live", "change"} <= set(by_id)
    assert question(id).title in by_id["title"].source


@pytest.mark.parametrize("id", IDS)
def test_no_number_is_typed_into_its_texts(id):
    for cell in read(id).cells[1:]:
        if cell.cell_type == "markdown":
            typed = NUMBER.findall(YEARS.sub("", ELSEWHERE.sub("", cell.source)))
            allowed = [each for each in typed if each in PARAMETERS.get(id, ())]
            assert typed == allowed, (cell.id, typed)


# Numbers in questions: of the textbook's network, of α, of the NumPy notebook's picture.
PARAMETERS = {"r-drop": {"0", "1"}, "which-rates": {"0.2", "0.5"}}


@pytest.mark.parametrize("id", IDS)
def test_each_figure_says_what_it_shows(id):
    drawing = [cell for cell in read(id).cells if re.search(r"(?m)^draw_\w+\(", cell.source)]
    assert drawing
    for cell in drawing:
        image = cell.metadata.mystnb.image
        assert len(image.alt) > 40
        # What the data may change is said by the answer.
        assert not re.search(r"\b(lower|higher|better|worse) (than|with)\b", image.alt)


def test_the_contents_list_a_question_when_its_runs_are_recorded():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    listed = [id for id in IDS if f"notebooks/experiments/{id}\n" in toc]
    assert listed == COMPLETE


def test_every_notebook_depends_on_its_records():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    globs = config["sphinx"]["config"]["execution_depends"]["notebooks/experiments/*"]
    found = {file for glob in globs for file in ROOT.glob(glob)}
    for id in COMPLETE:
        assert answers.recorded(id).lines in found
        assert ROOT / f"dropout_book/experiments/questions/{id.replace('-', '_')}.py" in found


# --- the answers, as executed


@pytest.mark.built
@pytest.mark.parametrize("id", COMPLETE)
def test_the_page_says_what_the_record_allows(id):
    said = glued(executed(id, "experiments"))
    _, found = answers.primary(id)
    adjusted = answers.adjusted_p(id)
    (verdict,) = [name for name, text in words.ANSWERS[id].items() if text == said["answer"]]
    if verdict in {"helps", "hurts"}:
        assert adjusted < 0.05 and (found.mean > 0) == (verdict == "helps")
    else:
        assert adjusted >= 0.05 and bool(found.equivalent) == (verdict == "equivalent")
    unit, digits = words.UNITS[answers.primary(id)[0].metric]
    for number in found.mean, *found.t:
        assert figures.signed(number, digits) in said["effect"]


@pytest.mark.built
@pytest.mark.parametrize("id", COMPLETE)
def test_all_cells_ran_and_none_warned(id):
    assert failures(executed(id, "experiments"), chatting=()) == []


def of(id, **arms):
    """Contrasts by name: `(arms, metric)`, or `(arms, metric, less)`."""
    return {name: contrast(id, *given) for name, given in arms.items()}


def above_zero(*found):
    return all(each.t[0] > 0 for each in found)


def includes_zero(*found):
    return all(each.t[0] <= 0 <= each.t[1] for each in found)


def other_noises():
    found = {
        arm: contrast("other-noises", {"Bernoulli": 1, arm: -1}, "best.loss")
        for arm in ("Gaussian", "uniform", "exponential", "DropConnect", "none")
    }
    gaussian, connect, none = (found[each] for each in ("Gaussian", "DropConnect", "none"))
    yield (
        "it may be a little worse than Bernoulli's, and is hardly better",
        gaussian.t[0] < -0.005 and gaussian.t[1] < 0.002,
    )
    yield "not enough to call it worse, and it is not within the margin", includes_zero(gaussian)
    yield "stay within", includes_zero(found["uniform"], found["exponential"])
    yield "above Bernoulli's", connect.t[1] < 0
    # Each within the other's interval.
    yield "about where no noise at all ends", connect.t[0] < none.mean < connect.t[1]


def weight_decay():
    def gain(metric, *names):
        return contrast("weight-decay", dict(zip(names, (1, -1))), metric)

    alone = gain("best.loss", "none", "dropout")
    beside = gain("best.loss", "none, 0.001", "dropout, 0.001")
    decay, strong = (
        gain("best.loss", "none", "none, 0.001"),
        gain("best.loss", "none", "none, 0.01"),
    )
    end = gain("last.loss", "none", "dropout")
    named, found = answers.primary("weight-decay")
    yield "The chosen strength is the weakest, 0.001", "none, 0.001" in named.arms
    yield "dropout gains with it as without.", includes_zero(found) and above_zero(alone, beside)
    both = gain("best.loss", "dropout", "dropout, 0.001")
    yield "Whether weight decay still gains anything beside dropout", includes_zero(both)
    yield "less than dropout", decay.mean < alone.mean
    yield "costs more than dropout gains", -strong.t[1] > alone.t[1]
    yield "several times as much", end.mean > 3 * alone.mean


def at_test_time():
    id = "at-test-time"

    def masks(metric):
        return contrast(id, {"dropout": 1}, f"best.{metric}", f"best.mc_{metric}")

    def three(metric):
        return contrast(id, {"dropout": 1, "three networks": -1}, f"best.{metric}")

    yield "Without a temperature the mean over masks does gain", above_zero(masks("loss"))
    yield "the gain is gone and a small loss is left", masks("tempered").t[1] < 0
    yield "Accuracy is a little lower with masks", above_zero(masks("accuracy"))
    yield (
        "masks gain",
        above_zero(masks("rotated_loss")) and masks("rotated_tempered").t[1] < 0,
    )
    yield (
        "On rotated images it is the same, and larger",
        masks("rotated_loss").mean > masks("loss").mean
        and masks("rotated_tempered").mean < masks("tempered").mean,
    )
    yield "Less well than plain confidence", above_zero(masks("detects"))
    yield (
        "with a temperature the interval includes zero",
        above_zero(three("loss")) and includes_zero(three("tempered")),
    )


def r_drop():
    def against(other, metric="best.loss"):
        return contrast("r-drop", {"α = 0": 1, other: -1}, metric)

    yield "With α = 1 the best weights have a test loss that is higher", against("α = 1").t[1] < 0
    yield "With α = 0.5 the interval includes zero", includes_zero(against("α = 0.5"))
    yield "and α = 5 costs", against("α = 5").t[1] < 0
    yield "At the end of training, α = 1 and α = 0", includes_zero(against("α = 1", "last.loss"))
    yield "One mask on twice as many images is better", above_zero(against("one mask"))
    runs = table("r-drop")
    last_steps = runs[runs.arm == "α = 5"]["best.step"]
    yield "With α = 5 every run was at its best at its last step", (last_steps == 2_000).all()


def memorising():
    def gain(metric, labels="a fifth wrong"):
        arms = {f"none, {labels}": 1, f"dropout, {labels}": -1}
        return contrast("memorising", arms, metric)

    runs = table("memorising")
    fitted = runs.groupby("arm")["last.wrong_labels_fitted"]
    yield (
        "every run without dropout has fitted more of the wrong labels than any with it",
        fitted.min()["none, a fifth wrong"] > fitted.max()["dropout, a fifth wrong"],
    )
    yield "Its test loss is lower", above_zero(gain("last.loss"), gain("best.loss"))
    yield "the accuracy is higher", gain("last.accuracy").t[1] < 0
    steps = curves("memorising").set_index("arm")
    with_dropout = steps.loc["dropout, a fifth wrong"].groupby("step")["wrong_labels_fitted"]
    yield (
        "It slows memorising down, and does not prevent it",
        (
            fitted.mean()["dropout, random labels"] > 0.5
            and with_dropout.mean().iloc[-1] > 1.5 * with_dropout.mean().iloc[-2]
        ),
    )
    yield "less than without", above_zero(gain("last.wrong_labels_fitted", "random labels"))
    right = runs.groupby("arm")["last.accuracy"].mean()["none, random labels"]
    gap = fitted.mean()["none, random labels"] - right
    yield "nearly the whole gap that ten classes allow", 0.8 < gap < 0.9 and right < 0.15


def steps_by_hand(arm, loss):
    """The first checkpoint at which the training loss is below, by seed."""
    found = curves("when-to-drop")
    below = found[(found.arm == arm) & (found.train_loss < loss)]
    return below.groupby("seed").step.min().to_dict()


def when_to_drop():
    def gain(when, regime, metric):
        arms = {f"none, {regime}": 1, f"{when}, {regime}": -1}
        return contrast("when-to-drop", arms, metric)

    early = gain("early", "underfitting", "last.train_loss")
    yield "lower in training loss", above_zero(early)
    yield (
        "as one of eleven questions it does not",
        early.p < 0.05 <= answers.adjusted_p("when-to-drop"),
    )
    yield (
        "On the test images the interval includes zero",
        includes_zero(gain("early", "underfitting", "last.loss")),
    )
    yield (
        "Dropout throughout costs this network",
        gain("throughout", "underfitting", "last.train_loss").t[1] < 0,
    )
    steps = {
        arm: steps_by_hand(f"{arm}, underfitting", loss=0.4) for arm in ("none", "throughout")
    }
    pairs = [(steps["throughout"][seed], steps["none"][seed]) for seed in steps["throughout"]]
    yield "In steps: to a training loss of 0.5", len(pairs) == 10
    yield "to one of 0.4", np.mean([always / never for always, never in pairs]) > 1
    over = {
        when: gain(when, "overfitting", "last.loss") for when in ("early", "late", "throughout")
    }
    yield "dropout throughout gains", above_zero(over["throughout"], over["late"])
    yield "for dropout early the interval includes zero", includes_zero(over["early"])


def does_it_help():
    id = "does-it-help"

    def gain(label, metric="best.loss"):
        return contrast(id, {f"none, {label}": 1, f"dropout, {label}": -1}, metric)

    results = answers.recorded(id).results
    dropout = question(id).arm("dropout, 3,000")
    losses = {rate: [] for rate in RATES}
    for run in dropout.tuning():
        losses[run.lr].append(value(results[run], "best.validation_loss"))
    (least, first), (next_, second) = sorted((np.mean(each), lr) for lr, each in losses.items())[
        :2
    ]
    yield (
        "preferred 0.3 to 0.1 by a hair",
        (first, second) == (0.3, 0.1) and next_ - least < 0.005,
    )
    none = values(id, "none, 3,000", "best.loss")
    with_other = values(id, "dropout, 3,000", "best.loss", at="best.tempered")
    yield (
        "With 0.1, which was chosen for the loss with a temperature",
        dropout.rate("best.tempered", results) == 0.1,
    )
    yield (
        "would have had the lower test loss",
        above_zero(summary(np.subtract(none, with_other))),
    )
    yield (
        "With a temperature dropout gains",
        above_zero(gain("3,000", "best.tempered"), gain("3,000", "last.tempered")),
    )
    yield (
        "At the end and without a temperature it gains",
        above_zero(gain("3,000", "last.loss")) and gain("3,000", "last.accuracy").t[1] < 0,
    )
    end = values(id, "none, 3,000", "last.loss")
    tempered = summary(np.subtract(end, values(id, "none, 3,000", "last.tempered")))
    yield "gains most of that", tempered.mean > gain("3,000", "last.loss").mean / 2
    stopped = [
        summary(np.subtract(end, values(id, arm, "best.loss")))
        for arm in ("none, honest", "dropout, honest")
    ]
    yield "Honest stopping gains nothing here", all(each.t[1] < 0.01 for each in stopped)
    yield "Between its two arms the interval includes zero", includes_zero(gain("honest"))
    six = [values(id, f"{arm}, six layers", "last.accuracy") for arm in ("none", "dropout")]
    yield "and the interval includes zero.", includes_zero(gain("six layers"))
    yield "what is to be seen is that they differ less", np.ptp(six[1]) < np.ptp(six[0]) / 2
    yield "With few, dropout lowers the test loss", above_zero(gain("300"), gain("1,000"))
    yield (
        "With many it raises it",
        gain("10,000").t[1] < 0 and gain("55,000").t[1] < 0,
    )
    seeds = textbook_seeds.recorded()
    last = seeds[seeds.step == 10].pivot(index="seed", columns="arm", values="test_acc")
    apart = last[textbook_seeds.WITH] - last[textbook_seeds.WITHOUT]
    far_off = seeds[seeds.test_acc < 0.6]
    assert far_off.groupby(["arm", "seed"]).size().max() <= 2 and last.min().min() > 0.8
    yield "ylim=(0.6, 0.9)", seeds.test_acc.max() < 0.9
    yield "no difference is shown", includes_zero(summary(apart))
    yield (
        "so that a single pair of runs could have said either",
        min((apart > 0).sum(), (apart < 0).sum()) > len(apart) / 5,
    )


def which_rates():
    id = "which-rates"

    def swapped(label=""):
        return contrast(id, {f"0.5, 0.2{label}": 1, f"0.2, 0.5{label}": -1}, "best.loss")

    def gain(arm, less="0, 0"):
        return contrast(id, {less: 1, arm: -1}, "best.loss")

    yield "the smaller rate first, has the higher test loss", swapped().t[1] < 0
    yield "as one of eleven questions it does not", swapped().p < 0.05 <= answers.adjusted_p(id)
    others = swapped(", NumPy"), swapped(", TensorFlow")
    yield (
        "the sign is the same, and both intervals include zero",
        includes_zero(*others) and all(each.mean < 0 for each in others),
    )
    rates = ("0", "0.2", "0.5", "0.8")
    means = {
        pair: np.mean(values(id, pair, "best.loss"))
        for pair in (f"{first}, {second}" for first in rates for second in rates)
    }
    yield "The best pair of the grid, 0.5 and 0.2", min(means, key=means.get) == "0.5, 0.2"
    low = [mean for pair, mean in means.items() if "0.8" not in pair]
    yield "all pairs of at most 0.5 lie between these two", max(low) == means["0, 0"]
    yield "gains", above_zero(gain("0.5, 0.2"))
    costs = {pair: gain(pair) for pair in means if pair != "0, 0"}
    yield (
        "Only 0.8 twice costs much",
        [pair for pair, each in costs.items() if each.mean < -0.03] == ["0.8, 0.8"],
    )
    pixels = gain("input 0.2, then 0, 0")
    yield "no less than the best pair", pixels.mean >= gain("0.5, 0.2").mean and above_zero(pixels)
    yield (
        "beside 0.5 twice the interval includes zero",
        includes_zero(gain("input 0.2, then 0.5, 0.5", "0.5, 0.5")),
    )


def activations():
    id = "activations"

    def less(metric):
        arms = {"none, 3,000": 1, "dropout, 3,000": -1}
        return contrast(id, arms, f"last.{metric}", at="best.loss")

    yield "In the second layer", above_zero(less("correlation_2"))
    yield "In the first layer it is", above_zero(less("correlation_1"))
    yield "**Sparser.**", less("zeros_1").t[1] < 0 and less("zeros_2").t[1] < 0
    yield "**Smoother**", above_zero(less("gradient"), less("noisy_loss"))
    masks, examples = (
        np.mean(values(id, "dropout, 3,000", f"last.{each}_2", at="best.loss"))
        for each in ("masks", "variance")
    )
    yield "the mask says more than the image", masks > examples
    store = answers.recorded("does-it-help")
    rates = [
        store.question.arm(f"{arm}, 3,000").rate("best.loss", store.results)
        for arm in ("none", "dropout")
    ]
    yield "0.1 without dropout and 0.3 with it", rates == [0.1, 0.3]
    same_rate = {
        store.question.arm(f"{arm}, 3,000").rate("best.tempered", store.results)
        for arm in ("none", "dropout")
    }

    def same(metric):
        arms = {"none, 3,000": 1, "dropout, 3,000": -1}
        return contrast(id, arms, f"last.{metric}", at="best.tempered")

    yield "At 0.1 for both", same_rate == {0.1}
    yield "are *more* alike with dropout", same("correlation_2").t[1] < 0
    yield "and those of the first less", above_zero(same("correlation_1"))
    yield "The gradient by the pixels is smaller at one rate, too", above_zero(same("gradient"))


def tips():
    id = "tips"

    def gain(rate, tip):
        return contrast(id, {f"rate {rate}": 1, f"rate {rate}, {tip}": -1}, "best.loss")

    slow, fast = gain("0.01", "momentum"), gain("0.1", "momentum")
    yield "**Momentum is mostly a learning rate.**", above_zero(slow) and fast.t[1] < 0
    like = contrast(id, {"rate 0.1": 1, "rate 0.01, momentum": -1}, "best.loss")
    yield "A momentum of 0.9 adds up ten gradients", abs(like.mean) < slow.mean / 20
    decay, wide = gain("0.1", "decay"), gain("0.1", "width 512")
    yield "**A learning rate that decays** gains", above_zero(decay)
    yield "For twice the width the interval includes zero", includes_zero(wide)
    bounded = [
        differences(id, {f"rate {rate}": 1, f"rate {rate}, max-norm": -1}, "best.loss")
        for rate in ("0.1", "0.01")
    ]
    yield "the differences are zero, seed by seed", not np.any(bounded)
    yield (
        "it does not save the runs",
        gain("0.1", "max-norm, momentum").mean < fast.mean,
    )
    store, other = answers.recorded(id), answers.recorded("does-it-help")
    chosen = [
        store.question.arm(arm).rate("best.loss", store.results)
        for arm in ("plain", "full package")
    ]
    without = other.question.arm("none, 3,000").rate("best.loss", other.results)
    yield "for plain dropout 0.1 was chosen", [*chosen, without] == [0.1, 0.01, 0.1]
    yield (
        "decay of the learning rate explains more of it than any other single tip",
        decay.mean > max(like.mean, wide.mean),
    )


def convolutions():
    id = "convolutions"

    def gain(arm, first, metric="best.loss"):
        return contrast(id, {first: 1, arm: -1}, metric)

    before, after = "BN, dropout before the last", "BN, dropout after the last"
    yield "cannot be told from none.", includes_zero(answers.primary(id)[1])
    yield "At the end of training it gains", above_zero(gain(after, "BN", "last.loss"))
    yield "Batch norm alone gains", above_zero(gain("BN", "none"))
    yield "dropout alone costs", gain("dropout", "none").t[1] < 0
    yield (
        "dropout lowers the ratio of variances",
        above_zero(gain(before, "BN", "last.shift_norm2")),
    )
    yield (
        "after it, the interval includes zero",
        includes_zero(gain(after, "BN", "last.shift_norm2")),
    )
    yield "No harm is to be seen in this network", includes_zero(gain(before, "BN"))
    dense = {arm: np.array(found[METRIC]) for arm, found in dense_batch_norm.recorded().items()}
    for arm in ("none", "dropout"):
        dense[arm] = np.array(values("does-it-help", f"{arm}, 3,000", METRIC))
    norm, over_dropout, both, last = (
        summary(dense[first] - dense[second])
        for first, second in (("none", BN), ("dropout", BN), (BN, BOTH), (BN, LAST))
    )
    yield "Here batch norm gains", above_zero(norm, over_dropout)
    yield "beside it dropout is not needless", above_zero(both, last)
    yield "In both layers it gains a further", both.mean > last.mean
    yield (
        "All arms with batch norm chose the smallest of the learning rates on offer",
        {found["rate"] for found in dense_batch_norm.recorded().values()} == {min(RATES)},
    )


CLAIMS = {
    "does-it-help": does_it_help,
    "which-rates": which_rates,
    "activations": activations,
    "tips": tips,
    "convolutions": convolutions,
    "other-noises": other_noises,
    "weight-decay": weight_decay,
    "at-test-time": at_test_time,
    "r-drop": r_drop,
    "memorising": memorising,
    "when-to-drop": when_to_drop,
}


@pytest.mark.parametrize("id", CLAIMS)
def test_what_the_runs_are_said_to_say_holds(id):
    reading = "\n".join(cell.source for cell in read(id).cells if cell.cell_type == "code")
    for said, holds in CLAIMS[id]():
        assert said in reading
        assert holds, said


def test_every_reading_has_claims_that_are_held():
    told = [id for id in IDS if any(cell.id == "reading" for cell in read(id).cells)]
    assert told == [id for id in IDS if id in CLAIMS]


# --- the figures


@pytest.fixture
def drawn(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)
    yield plt.gcf
    plt.close("all")


def test_every_seed_is_a_dot(drawn):
    values = np.random.default_rng(0).normal(size=(2, 20))
    figures.draw_pairs({"one": values[0], "other": values[1]}, "nats", primary={"one"})
    axes = drawn().axes[0]
    seen = [collection.get_offsets() for collection in axes.collections[:2]]
    for dots, wanted in zip(seen, values):
        assert sorted(dots[:, 0]) == pytest.approx(sorted(wanted))
    texts = [text.get_text() for text in axes.texts]
    assert texts[0] == "one" and texts[1] == figures.interval_text(values[0])


def test_dots_that_would_meet_are_moved_apart():
    heights = figures.swarm(np.zeros(9), span=0.1)
    assert len(set(heights)) == 9 and np.abs(heights).max() <= 4
    assert (figures.swarm(np.arange(9.0), span=0.1) == 0).all()


def test_signs_are_written_as_signs():
    assert figures.signed(-0.0123) == "−0.012" and figures.signed(0.5, 1) == "+0.5"
