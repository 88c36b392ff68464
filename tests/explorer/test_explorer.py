"""The explorer on the derivation page: its masks are fair, and it shows what they do."""

import re
from itertools import combinations, product

import numpy as np
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from scipy.stats import binom

import browsing
from browsing import lay_out_all
from parallel_notebooks import ROOT, SITE

PAGE = "book/derivation.html"
UNITS, RINGED = 5, 2
H = np.array([1, 0.5, 2, 1.5, 1])
WEIGHTS = np.array([[0.5, -1, 0.5, 1, 0.5], [-0.5, 0.5, 1, -0.5, 1]])
LOSS_GRADIENT = np.array([1, -1])
SOME_P = [0.1, 0.3, 0.5, 0.9]
MASKS = 100_000
SEED = 2014


class Explorer:
    """What a reader of the page sees, as numbers."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".explorer")

    def control(self, name):
        return self.root.locator(f'[name="{name}"]')

    def show(self, shown):
        self.root.locator(f'[value="{shown}"]').check()

    def set_p(self, p):
        self.control("p").fill(str(p))

    def sample(self, p, masks, seed=SEED):
        """Masks as the page draws them: an array of 0 and 1 of shape (masks, UNITS)."""
        letters = self.root.evaluate("(root, given) => root.sample(...given)", [p, masks, seed])
        return (np.frombuffer(letters.encode(), dtype=np.uint8) - ord("0")).reshape(-1, UNITS)

    def restart(self, seed=SEED):
        self.root.evaluate("(root, seed) => root.restart(seed)", seed)

    def dropped(self, kind="unit"):
        return self.root.locator(f".{kind}").evaluate_all(
            "parts => parts.map(part => part.classList.contains('dropped'))"
        )

    def numbers(self, selector):
        """The number at the end of each such text; thousands have commas."""
        texts = self.root.locator(selector).all_text_contents()
        return [float(text.split()[-1].replace("−", "-").replace(",", "")) for text in texts]

    def masks_and_mean(self):
        text = self.root.locator(".mean").text_content()
        masks, mean = re.fullmatch(r"mean over ([\d,]+) masks?: ([\d.]+)", text).groups()
        return int(masks.replace(",", "")), float(mean)

    def path(self, name):
        """The corners of a path in the chart, as (number of masks, value)."""
        corners = re.findall(
            r"(-?[\d.]+) (-?[\d.]+)", self.root.locator(f".{name}").get_attribute("d")
        )
        x, y = np.array(corners, dtype=float).T
        return np.column_stack([10**x, 4 - y])


@pytest.fixture
def explorer(page, address):
    page.goto(f"{address}/{PAGE}")
    return Explorer(page)


def visit(browser, address, **options):
    return Explorer(browsing.visit(browser, f"{address}/{PAGE}", **options))


@pytest.fixture(scope="module")
def sampler(browser, address):
    """The function that samples, on one page for all: it leaves no trace there."""
    explorer = visit(browser, address)
    yield explorer.sample
    explorer.page.context.close()


@pytest.fixture
def phone(browser_with_fonts, address):
    explorer = visit(
        browser_with_fonts,
        address,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    yield explorer
    explorer.page.context.close()


# The sampler. A seed is fixed, so a test passes always or never; the odds below are
# those that a fair sampler fails for the seed that happens to be there.

ODDS = 1e-9  # of one comparison


def plausible(count, trials, probability):
    """Whether a binomial count is in neither tail of ODDS / 2."""
    return (
        binom.cdf(count, trials, probability) > ODDS / 2
        and binom.sf(count - 1, trials, probability) > ODDS / 2
    )


# 4 p, and for each 5 rates, 10 pairs of units in one mask, 25 in two masks that follow
# one another, and 25 in the masks of two seeds that follow one another (for "Start
# over" takes the next): 260 comparisons, together odds of 260 * 1e-9 = 2.6e-7.


@pytest.mark.parametrize("p", SOME_P)
def test_each_unit_is_kept_as_often_as_p_says(sampler, p):
    for kept in sampler(p, MASKS).sum(axis=0):
        assert plausible(kept, MASKS, 1 - p)


def both_kept(first, second, pairs):
    """`{(i, j): how often unit i of the first masks and j of the second were kept}`."""
    return {(i, j): int(np.sum(first[:, i] & second[:, j])) for i, j in pairs}


@pytest.mark.parametrize("p", SOME_P)
def test_units_masks_and_seeds_are_independent(sampler, p):
    masks, others = sampler(p, MASKS), sampler(p, MASKS, SEED + 1)
    all_pairs = list(product(range(UNITS), repeat=2))
    for first, second, pairs in [
        (masks, masks, combinations(range(UNITS), 2)),
        (masks[::2], masks[1::2], all_pairs),  # no mask twice, so trials are independent
        (masks, others, all_pairs),
    ]:
        for pair, count in both_kept(first, second, pairs).items():
            assert plausible(count, len(first), (1 - p) ** 2), pair


# Six standard errors: two-sided odds of 2e-9 for a normal mean, and skewness, at most
# 0.8 / sqrt(0.09 * 100,000) here, makes of them at most 3e-9; times 4 p, times 2, 2.4e-8.


@pytest.mark.parametrize("p", SOME_P)
def test_mean_and_variance_are_those_of_the_derivation(sampler, p):
    h = H[RINGED]
    h_prime = sampler(p, MASKS)[:, RINGED] / (1 - p) * h
    deviation = np.sqrt(p / (1 - p)) * h
    assert abs(h_prime.mean() - h) < 6 * deviation / np.sqrt(MASKS)
    # (h' - h)² is h² with probability p, else (p/(1-p))² h²: at p = 1/2 it is certain.
    spread = h**2 * abs(1 - (p / (1 - p)) ** 2) * np.sqrt(p * (1 - p))
    assert abs(np.mean((h_prime - h) ** 2) - deviation**2) <= 6 * spread / np.sqrt(MASKS) + 1e-9


def test_nothing_is_dropped_at_p_0(sampler):
    assert sampler(0, 10_000).all()


def test_a_larger_p_drops_the_same_units_and_more(sampler):
    kept = [sampler(p, 1000) for p in np.arange(0, 0.91, 0.05)]
    assert all((less <= more).all() for more, less in zip(kept, kept[1:]))
    assert (kept[0] > kept[-1]).any()


# What the page shows of the masks.


def rounded(values):
    """To the two digits that the page shows, give or take a half that was rounded."""
    return pytest.approx(values, abs=0.0051)


def test_the_network_shows_the_mask(explorer):
    for p, presses in [(0.0, 0), (0.3, 3), (0.5, 0), (0.9, 7)]:
        check_network(explorer, p, presses)


def check_network(explorer, p, presses):
    explorer.set_p(p)
    explorer.restart()
    for _ in range(presses):
        explorer.control("one").click()
    mask = explorer.sample(p, presses + 1)[-1]
    h_prime = mask / (1 - p) * H
    assert explorer.dropped() == explorer.dropped("edges") == [kept == 0 for kept in mask]
    assert explorer.numbers(".unit .value") == rounded(h_prime)
    assert explorer.numbers(".unit .product") == rounded(mask / (1 - p))
    assert explorer.numbers(".output .value") == rounded(WEIGHTS @ h_prime)
    # Sight: a dropped unit has a cross instead of a number, and no edge.
    for selector, style, kept_has, dropped_has in [
        (".edges", "opacity", "1", "0"),
        (".unit .value", "display", "block", "none"),
    ]:
        for part, kept in zip(explorer.root.locator(selector).all(), mask):
            expect(part).to_have_css(style, kept_has if kept else dropped_has)


def test_the_network_shows_the_gradients(explorer):
    explorer.restart()
    explorer.show("gradients")
    mask = explorer.sample(0.5, 1)[0]
    assert 0 < mask.sum() < UNITS
    assert explorer.numbers(".unit .value") == rounded(mask / 0.5 * (LOSS_GRADIENT @ WEIGHTS))
    assert explorer.numbers(".output .value") == rounded(LOSS_GRADIENT)
    for edges, kept in zip(explorer.root.locator(".edges").all(), mask):
        dashes = edges.evaluate("path => getComputedStyle(path).strokeDasharray")
        assert (dashes == "none") == bool(kept)
    explorer.show("activations")
    assert explorer.numbers(".unit .value") == rounded(mask / 0.5 * H)


def press_many(explorer, times):
    for _ in range(times):
        explorer.control("many").click()


def test_the_chart_is_the_running_mean_of_the_masks(explorer):
    for forgotten in (False, True):
        check_chart(explorer, forgotten)


def check_chart(explorer, forgotten):
    p, factor = 0.3, 1 if forgotten else 1 / 0.7
    explorer.restart()
    explorer.control("inverted").set_checked(forgotten)
    press_many(explorer, 2)
    explorer.set_p(p)  # the masks so far are thresholded anew
    kept = explorer.sample(p, 2001)[:, RINGED]
    means = factor * H[RINGED] * kept.cumsum() / np.arange(1, 2002)
    masks = [1]
    for n in range(2, 2002):
        if n > 1.02 * masks[-1]:
            masks.append(n)
    masks = np.array([*masks, 2001])
    trail = explorer.path("trail")
    assert trail[:, 0] == pytest.approx(masks, rel=0.0012)  # three digits of log10
    assert trail[:, 1] == pytest.approx(means[masks - 1], abs=0.0006)
    assert explorer.path("now")[0] == pytest.approx(trail[-1])
    assert explorer.masks_and_mean() == (2001, rounded(means[-1]))
    assert explorer.numbers(".inverted .training") == rounded([means[-1]])
    assert explorer.numbers(".vanilla .training") == rounded([means[-1] / factor])


def test_the_band_is_two_standard_errors_wide(explorer):
    for p, after_one in [(0, "0.00"), (0.2, "2.00"), (0.9, "12.0")]:
        explorer.set_p(p)
        masks, values = explorer.path("band").T
        assert (masks.min(), masks.max()) == (1, pytest.approx(10_000))
        reach = 2 * np.sqrt(p / (1 - p) / masks) * H[RINGED]
        sides = np.repeat([1, -1], len(masks) // 2)
        assert values == pytest.approx(H[RINGED] + sides * reach, abs=0.0006)
        expect(explorer.root.locator(".explorer-state")).to_contain_text(f"band ±{after_one}.")


def test_a_mean_beyond_the_chart_is_marked_at_its_edge(explorer):
    explorer.set_p(0.9)
    seed = next(seed for seed in range(100) if explorer.sample(0.9, 1, seed)[0][RINGED])
    explorer.restart(seed)
    assert explorer.masks_and_mean() == (1, 20)
    assert explorer.path("now")[0] == pytest.approx([1, 4])


def test_nothing_is_forgotten_at_first(explorer):
    expect(explorer.root.locator(".biased-label")).to_be_hidden()
    for form in ("inverted", "vanilla"):
        expect(explorer.control(form)).not_to_be_checked()


# Six standard errors again, and the page's rounding: odds of 2e-9 for each.


def test_forgetting_the_factor_moves_the_mean_out_of_the_band(explorer):
    for p in (0.2, 0.5, 0.8):
        check_forgetting(explorer, p)


def check_forgetting(explorer, p):
    h, keep = H[RINGED], 1 - p
    explorer.restart()
    explorer.control("inverted").uncheck()
    explorer.set_p(p)
    press_many(explorer, 10)
    masks, mean = explorer.masks_and_mean()
    assert masks == 10_000  # the end of the axis, although 10,001 were asked for
    error = np.sqrt(p / keep / masks) * h
    assert abs(mean - h) < 6 * error + 0.005
    expect(explorer.root.locator(".biased-label")).to_be_hidden()

    explorer.control("inverted").check()
    _, mean = explorer.masks_and_mean()
    assert abs(mean - keep * h) < 6 * keep * error + 0.005
    assert mean < h - 2 * error
    expect(explorer.root.locator(".biased-label")).to_be_visible()
    assert explorer.numbers(".biased-label") == rounded([keep * h])
    assert explorer.path("biased")[0][1] == pytest.approx(keep * h)
    assert explorer.numbers(".unit .product") == list(explorer.sample(p, 10_000)[-1])


def forms(explorer):
    """Of inverted and vanilla dropout: what training gave on average, and inference."""
    return [
        [explorer.numbers(f".{form} .{kind}")[0] for kind in ("training", "inference")]
        for form in ("inverted", "vanilla")
    ]


def test_either_form_diverges_when_it_forgets_its_factor(explorer):
    p, h = 0.75, H[RINGED]
    explorer.set_p(p)
    press_many(explorer, 10)
    inverted, vanilla = forms(explorer)
    close = 6 * np.sqrt(p / (1 - p) / 10_000) * h + 0.005
    assert inverted == [pytest.approx(h, abs=close), h]
    assert vanilla == [pytest.approx((1 - p) * h, abs=close * (1 - p)), (1 - p) * h]
    verdicts = explorer.root.locator(".verdict")
    expect(verdicts).to_have_text(["Inference gives what training gives on average."] * 2)

    explorer.control("inverted").check()
    assert forms(explorer) == [[vanilla[0], h], vanilla]
    explorer.control("vanilla").check()
    assert forms(explorer) == [[vanilla[0], h]] * 2  # one and the same mistake
    expect(verdicts).to_have_text(
        ["Inference gives 4.00 times what training gives on average."] * 2
    )


# How it is worked.


def test_the_keyboard_is_enough(explorer, page):
    slider = explorer.control("p")
    slider.focus()
    for key, p in [
        ("ArrowRight", "0.55"),
        ("ArrowLeft", "0.50"),
        ("End", "0.90"),
        ("Home", "0.00"),
        ("ArrowUp", "0.05"),
    ]:
        page.keyboard.press(key)
        expect(explorer.root.locator("output")).to_have_text(p)
    page.keyboard.press("Tab")
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
    assert explorer.masks_and_mean()[0] == 3
    reached = []
    for _ in range(6):
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        reached.append((page.evaluate("document.activeElement.name"), outline))
        page.keyboard.press("Tab")
    assert reached == [
        (name, "solid") for name in ("one", "many", "run", "restart", "shown", "inverted")
    ]
    expect(explorer.control("vanilla")).to_be_focused()
    page.keyboard.press("Space")
    expect(explorer.control("vanilla")).to_be_checked()
    explorer.root.locator('[value="activations"]').focus()
    page.keyboard.press("ArrowRight")
    expect(explorer.root.locator(".shown")).to_have_text("gradients")


def test_a_finger_is_enough(phone):
    phone.control("one").tap()
    assert phone.masks_and_mean()[0] == 2
    phone.root.locator("label", has_text="forget the factor 1/").tap()
    expect(phone.control("inverted")).to_be_checked()
    phone.root.locator("label", has_text="gradients").tap()
    expect(phone.root.locator(".shown")).to_have_text("gradients")
    slider = phone.control("p").bounding_box()
    phone.control("p").tap(position={"x": slider["width"] - 2, "y": slider["height"] / 2})
    expect(phone.root.locator("output")).to_have_text("0.90")
    targets = phone.root.locator(
        'button, [type="range"], label:has([type="checkbox"]), label:has([type="radio"])'
    ).all()
    assert len(targets) == 9
    for target in targets:
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44


def test_nothing_sticks_out_on_a_phone(phone):
    phone.set_p(0.9)
    press_many(phone, 1)
    for name in ("inverted", "vanilla"):
        phone.control(name).check()
    phone.show("gradients")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    assert (
        phone.root.evaluate(
            """root => [...root.querySelectorAll("*")].filter(part =>
             !part.closest(".plot *") &&
             part.getBoundingClientRect().right > root.getBoundingClientRect().right)
           .map(part => part.outerHTML)"""
        )
        == []
    )


def test_it_runs_pauses_and_starts_over(new_page, address):
    new_page.goto(f"{address}/{PAGE}")
    explorer = Explorer(new_page)
    new_page.clock.pause_at(explorer.root.evaluate("() => Date.now()") + 1000)
    run = explorer.control("run")
    state = explorer.root.locator(".explorer-state")
    run.click()
    expect(run).to_have_text("Pause")
    new_page.clock.run_for(5000)
    run.click()
    masks, _ = explorer.masks_and_mean()
    assert 120 < masks < 160  # e^5 = 148
    new_page.clock.run_for(400)
    before = state.text_content()
    run.click()
    new_page.clock.run_for(1000)
    masks, _ = explorer.masks_and_mean()
    assert 320 < masks < 440  # e^6 = 403
    assert state.text_content() == before  # said once it rests
    run.click()
    new_page.clock.run_for(5000)
    expect(run).to_have_text("Run")
    assert explorer.masks_and_mean()[0] == masks
    assert f"over {masks} masks" in state.text_content()
    run.click()
    new_page.clock.run_for(6000)
    assert explorer.masks_and_mean()[0] == 10_000
    expect(run).to_have_text("Run")
    explorer.control("restart").click()
    assert explorer.masks_and_mean()[0] == 1
    assert [not kept for kept in explorer.sample(0.5, 1, 767)[0]] == explorer.dropped()


def test_nothing_moves_for_those_who_want_no_motion(browser, address):
    explorer = visit(browser, address, reduced_motion="reduce")
    explorer.control("run").click()
    assert explorer.masks_and_mean()[0] == 10_000
    expect(explorer.control("run")).to_have_text("Run")
    expect(explorer.root.locator(".edges").first).to_have_css("transition-duration", "0s")
    explorer.page.context.close()


# Words, colours and weight.


def test_it_is_told_in_words(explorer):
    explorer.restart()
    explorer.control("one").click()
    explorer.control("inverted").check()
    mask = explorer.sample(0.5, 2)
    kept = f"{mask[1].sum()} of 5 hidden units kept, the ringed one " + (
        "kept." if mask[1][RINGED] else "dropped."
    )
    means = (
        f"Mean of h′ over 2 masks: {mask[:, RINGED].mean() * 2:.2f}; h = 2.00, band ±2.83. "
        "Without the factor it closes in on (1−p) h = 1.00."
    )
    state = explorer.root.locator(".explorer-state")
    expect(state).to_have_text(f"p = 0.50: {kept} {means}")
    expect(state).to_have_attribute("aria-live", "polite")
    expect(explorer.root.locator(".network")).to_have_attribute("aria-label", re.compile(kept))
    expect(explorer.root.locator(".chart")).to_have_attribute(
        "aria-label", re.compile(re.escape(means))
    )


def test_it_says_nothing_before_it_is_touched(new_page, address):
    new_page.add_init_script("""addEventListener("DOMContentLoaded", () => {
        new MutationObserver(() => { window.spoken = true; }).observe(
            document.querySelector(".explorer-state"), {childList: true}); });""")
    new_page.goto(f"{address}/{PAGE}")
    explorer = Explorer(new_page)
    expect(explorer.root.locator(".explorer-state")).to_contain_text("over 1 mask:")
    new_page.wait_for_timeout(400)
    assert not new_page.evaluate("window.spoken")
    explorer.control("one").click()
    expect(explorer.root.locator(".explorer-state")).to_contain_text("over 2 masks:")
    assert new_page.evaluate("window.spoken")


def luminance(colour):
    """Relative luminance of `rgb(…)`, as WCAG 2 defines it."""
    channels = np.array(re.findall(r"[\d.]+", colour)[:3], dtype=float) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_stand_out_from_the_ground(browser, address, scheme):
    explorer = visit(browser, address, color_scheme=scheme)
    explorer.control("inverted").check()
    ground = luminance(explorer.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    colours = explorer.root.evaluate(
        """root => [...root.querySelectorAll("text, p, dt, dd, label, figcaption, .factor")]
             .map(part => getComputedStyle(part)[part.tagName === "text" ? "fill" : "color"])"""
    )
    for colour in set(colours):
        darker, lighter = sorted([ground, luminance(colour)])
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour
    assert (ground > 0.5) == (scheme == "light") and len(set(colours)) > 2
    explorer.page.context.close()


def pictures(html):
    """What the explorer's pictures and bars show, whitespace apart."""
    explorer = BeautifulSoup(html, "html.parser").select_one(".explorer")
    return [re.sub(r"\s+", " ", str(part)) for part in explorer.select("svg, dl, .verdict")]


def test_without_javascript_there_is_a_still_picture(browser, address):
    explorer = visit(browser, address, java_script_enabled=False)
    lay_out_all(explorer.page)
    expect(explorer.root.locator(".explorer-still")).to_be_visible()
    assert "JavaScript" in explorer.root.locator(".explorer-still").inner_text()
    for picture in ("network", "chart"):
        expect(explorer.root.locator(f".{picture}")).to_be_visible()
        assert len(explorer.root.locator(f".{picture}").get_attribute("aria-label")) > 100
        expect(explorer.root.locator(f".{picture} path").first).not_to_have_css("stroke", "none")
    for control in explorer.root.locator("button, input, .explorer-state").all():
        expect(control).to_be_hidden()
    explorer.page.context.close()


def test_the_still_picture_is_what_the_script_draws(explorer):
    """If it is not: press *Draw 1,000* on the built page, and copy the parts that `pictures`
    compares from the browser's inspector into the explorer.html beside its script.
    """
    expect(explorer.root.locator(".explorer-still")).to_be_hidden()
    press_many(explorer, 1)
    expect(explorer.root.locator(".explorer-state")).to_contain_text("over 1,001 masks")
    still = pictures((SITE / PAGE).read_text(encoding="utf-8"))
    assert still == pictures(explorer.page.content())


def test_it_works_from_disk(page):
    page.goto((SITE / PAGE).as_uri())
    explorer = Explorer(page)
    explorer.control("one").click()
    assert explorer.masks_and_mean()[0] == 2


def test_it_is_light_and_only_its_page_carries_it(page, address, pages):
    room = ROOT / "book/_ext/sidebyside/explorer"
    assets = [file for kind in ("html", "css", "js") for file in room.rglob(f"*.{kind}")]
    assert len(assets) == 3
    assert sum(file.stat().st_size for file in assets) < 30_000
    asked = []
    page.on("request", lambda request: asked.append((page.url, request.url)))
    for path in pages:
        html = (SITE / path).read_text(encoding="utf-8")
        assert ('class="explorer widget"' in html) == (path == PAGE)
        assert ("explorer.js" in html) == (path == PAGE)
    for path in ("book/index.html", PAGE):
        page.goto(f"{address}/{path}", wait_until="networkidle")
        names = [url.rsplit("/", 1)[-1].split("?")[0] for _, url in asked]
        expected = ["explorer.js"] if path == PAGE else []
        assert sorted(name for name in names if name.startswith("explorer.")) == expected
