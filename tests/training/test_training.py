"""The live training: it computes what the NumPy notebook computes, and shows what it found."""

import base64
import json
import re
from io import BytesIO

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import expect
from scipy.stats import binom

import browsing
from axe import violations_in_both_themes
from browsing import SITE, html, lay_out_all, parsed
from dropout_book.data import load_fashion_mnist
from parallel_notebooks import run_cells

PAGE = "book/experiments.html"
SIZES = [196, 128, 128, 10]
TRAIN, VALIDATION, STEPS = 500, 1000, 1500
TIMEOUT = 120_000  # ms for a run, which takes seconds; a busy machine is no finding
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


class Training:
    """What a reader of the page sees, as numbers."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".training")
        self.button = self.root.locator('[name="train"]')
        self.state = self.root.locator(".training-state")

    def set_p(self, p):
        self.root.locator('[name="p"]').fill(str(p))

    def shorten(self, steps):
        """A run of fewer steps, for what does not depend on what is learned."""
        self.root.evaluate("(root, steps) => { root.settings.steps = steps; }", steps)

    def start(self):
        self.button.click()
        expect(self.button).to_have_text("Stop")

    def wait(self):
        expect(self.button).to_have_text("Train again", timeout=TIMEOUT)

    def step(self, name):
        text = self.root.locator(f".training-{name} .training-step").text_content()
        return int(re.match(r"step ([\d,]+) of", text)[1].replace(",", ""))

    def has_begun(self, name="with"):
        step = self.root.locator(f".training-{name} .training-step")
        expect(step).not_to_have_text(re.compile("^step 0 "), timeout=TIMEOUT)

    def curve(self, name, kind):
        """`(steps, losses)` of one of a chart's lines."""
        path = self.root.locator(f".training-{name} .plot .{kind}").get_attribute("d")
        corners = re.findall(r"([\d.]+) (-?[\d.]+)", path)
        steps, down = np.array(corners, dtype=float).T
        return steps, 1.6 - down

    def last(self, name):
        return [self.curve(name, kind)[1][-1] for kind in ("train", "validation")]

    def pixels(self, name):
        return self.root.locator(f".training-{name} canvas").evaluate(
            "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        )


def visit(browser, where, **options):
    return Training(browsing.visit(browser, f"{where}/{PAGE}", **options))


@pytest.fixture
def training(page, address):
    page.goto(f"{address}/{PAGE}")
    return Training(page)


@pytest.fixture(scope="module")
def idle(browser, address):
    """A page on which nothing is started: for tests that only look, or compute."""
    training = visit(browser, address)
    yield training
    training.page.context.close()


@pytest.fixture(scope="module")
def finished(browser, address):
    """A page on which p = 0.5 has been tried to the end, and what it showed."""
    training = visit(browser, address)
    training.start()
    training.wait()
    kinds = [(name, kind) for name in ("without", "with") for kind in ("train", "validation")]
    training.curves = {pair: training.curve(*pair) for pair in kinds}
    training.html = training.page.content()
    training.tiles = {name: training.pixels(name) for name in ("without", "with")}
    yield training
    training.page.context.close()


# The images.


def images_script():
    return (SITE / "_static" / "training_images.js").read_text(encoding="utf-8")


def test_the_images_are_fashion_mnist_in_less(idle):
    idle.page.evaluate(images_script().replace("const ", "window.", 1))
    data = idle.page.evaluate("""() => {
        const {train, validation} = trainingNetwork().parseData(trainingImages);
        return [train, validation].map(({X, labels}) => [[...X], labels]); }""")
    (images, labels), _ = load_fashion_mnist()
    start = 0
    for (pixels, digits), size in zip(data, (TRAIN, VALIDATION)):
        chosen = slice(start, start + size)
        start += size
        halves = images[chosen].reshape(size, 14, 2, 14, 2).mean(axis=(2, 4))
        assert np.abs(np.reshape(pixels, halves.shape) - halves).max() < 0.5 / 15 + 1e-6
        assert np.allclose(np.array(pixels) * 15, np.rint(np.array(pixels) * 15), atol=1e-5)
        assert digits == labels[chosen].tolist()


def test_it_is_light():
    assert len(images_script().encode()) <= 250_000
    names = ["training.js", "training_network.js", "training.css"]
    assert sum((SITE / "_static" / name).stat().st_size for name in names) < 32_000


# The network, against the notebook's own code.

ONE_STEP = """([p, images]) => {
    const {Network, crossEntropy, drawMask, uniforms, parseData} = trainingNetwork();
    const {sizes, deviations} = document.querySelector(".training").settings;
    const network = new Network(sizes, deviations, 7), batch = 25, rate = 0.15;
    const params = () => network.weights.flatMap((W, k) => [[...W], [...network.biases[k]]]);
    network.biases.forEach(b => b.forEach((_, i) => { b[i] = Math.sin(i) / 10; }));
    const {X: all, labels: allLabels} = parseData(images).train;
    const [X, labels] = [all.slice(0, batch * sizes[0]), allLabels.slice(0, batch)];
    const uniform = uniforms(11);
    const masks = sizes.slice(1, -1).map(units => drawMask(batch * units, p, uniform));
    const before = params(), inference = [...network.forward(X, null)];
    const logits = network.forward(X, masks);
    const {loss, gradient} = crossEntropy(logits, labels);
    const {weights, biases} = network.backward(gradient);
    const gradients = weights.flatMap((W, k) => [[...W], [...biases[k]]]);
    network.step(X, labels, masks, rate);
    return {X: [...X], labels, masks: masks.map(mask => [...mask]), before, inference, loss,
            logits: [...logits], gradients, after: params()};
}"""


def test_gradients_and_a_step_are_the_notebooks(idle):
    p = 0.8  # of which 1 - p is another number
    images = json.loads(
        re.sub(r"(\w+): ", r'"\1": ', images_script().removeprefix("const trainingImages = ")[:-2])
    )
    got = idle.page.evaluate(ONE_STEP, [p, images])
    # Not its set-up, which would make figures; and a generator that nobody is to ask.
    namespace = {"np": np, "rng": None, "seed": 0, "__name__": "__main__"}
    namespace |= {"initial_weights": lambda *sizes, seed: [], "trange": None, "History": None}
    run_cells("numpy", ["mlp-scratch", "training-loop"], namespace)
    masks = [np.array(mask, np.float32).reshape(25, 128) for mask in got["masks"]]
    given = iter(masks)
    namespace |= {"num_inputs": 196, "dropout1": p, "dropout2": p}
    namespace["dropout_layer"] = lambda X, dropout: X * next(given)

    shapes = [shape for a, b in zip(SIZES, SIZES[1:]) for shape in [(a, b), (b,)]]
    as_params = lambda params: [  # noqa: E731
        np.array(each, np.float32).reshape(shape) for each, shape in zip(params, shapes)
    ]
    net = namespace["Net"](as_params(got["before"]))
    X, y = np.array(got["X"], np.float32).reshape(25, 196), np.array(got["labels"])
    # Two orders of summing float32: a relative error of 2e-6 or so of the largest.
    same = lambda a, b: np.abs(np.ravel(a) - np.ravel(b)).max() <= 2e-5 * np.abs(b).max()  # noqa: E731
    assert same(got["inference"], net.forward(X, is_train=False))
    logits = net.forward(X, is_train=True)
    loss, dO = namespace["cross_entropy"](logits, y)
    assert same(got["logits"], logits) and got["loss"] == pytest.approx(loss, rel=1e-5)
    gradients = net.backward(dO)
    for mine, gradient, param, after in zip(
        as_params(got["gradients"]), gradients, net.params, as_params(got["after"])
    ):
        assert same(mine, gradient) and np.abs(gradient).max() > 1e-3
        assert same(after, param - np.float32(0.15) * gradient)
    assert np.unique(masks[0]).tolist() == [0, pytest.approx(1 / (1 - p))]


def test_masks_are_kept_as_often_as_p_says(idle):
    """Each count fails a fair generator with odds of 1e-9; the seed is fixed besides."""
    n = 100_000
    sampled = idle.page.evaluate(
        """n => { const {drawMask, uniforms} = trainingNetwork();
             return [0.1, 0.5, 0.8].map(p => [...drawMask(n, p, uniforms(5))].map(Number)); }""",
        n,
    )
    kept = np.array(sampled) > 0
    for p, mask, row in zip([0.1, 0.5, 0.8], sampled, kept):
        low, high = binom.ppf([5e-10, 1 - 5e-10], n, 1 - p)
        assert low <= row.sum() <= high
        assert np.mean(mask) == pytest.approx(1, abs=6.2 * np.sqrt(p / (1 - p) / n))
        pairs = row[::2] & row[1::2]
        low, high = binom.ppf([5e-10, 1 - 5e-10], n // 2, (1 - p) ** 2)
        assert low <= pairs.sum() <= high
    assert (kept[0] >= kept[1]).all() and (kept[1] >= kept[2]).all()


# What a run comes to. Its start, order and masks follow from a fixed seed, so that every run in
# a browser is the same run, and no bound below can be missed by chance: they say what the page
# says. Another seed ends elsewhere.


def test_training_lowers_the_loss_and_dropout_closes_the_gap(finished):
    for (_, kind), (steps, losses) in finished.curves.items():
        assert steps.tolist() == list(range(0, STEPS + 1, 50))
        assert 2.2 < losses[0] < 2.7  # ln 10 = 2.3, and the start's noise
        assert losses[-1] < (0.5 if kind == "train" else 1.5)
    without, with_ = (
        finished.curves[name, "validation"][1] - finished.curves[name, "train"][1]
        for name in ("without", "with")
    )
    assert without[-1] > 0.5 > 0.2 > abs(without[0])
    assert with_[-1] < 0.75 * without[-1]
    validation = finished.curves["without", "validation"][1]
    assert validation[-1] > 1.2 * validation.min()  # it has risen again
    # Same start: the first measurements are the same.
    for kind in ("train", "validation"):
        assert finished.curves["without", kind][1][0] == finished.curves["with", kind][1][0]


def test_a_finished_run_is_told_in_words_and_stays(finished):
    gap = {
        name: finished.curves[name, "validation"][1][-1] - finished.curves[name, "train"][1][-1]
        for name in ("without", "with")
    }
    said = re.fullmatch(
        r"Finished after 1,500 steps\. .* ([\d.]+) without dropout and ([\d.]+) with p = 0\.5\.",
        finished.state.text_content(),
    )
    assert [float(each) for each in said.groups()] == pytest.approx([*gap.values()], abs=0.0061)
    label = finished.root.locator(".ends").get_attribute("aria-label")
    assert re.findall(r"p = ([\d.]+):", label) == ["0.0", "0.5"]
    dots = finished.root.locator(".ends .train").get_attribute("d")
    assert [float(p) for p in re.findall(r"M([\d.]+) ", dots)] == [0, 0.5]


def test_what_each_p_came_to_stays_until_another_start(training):
    training.shorten(50)
    training.button.click()  # so short a run may have ended before "Stop" is looked for
    training.wait()
    training.set_p(0.8)
    expect(training.root.locator(".training-with .title")).to_have_text("With dropout, p = 0.8")
    ends = training.root.locator(".ends")
    expect(ends).to_have_attribute("aria-label", re.compile("p = 0.8:"), timeout=TIMEOUT)
    expect(training.state).to_contain_text("Finished after 50 steps.")
    expect(training.state).to_contain_text("with p = 0.8.")
    label = ends.get_attribute("aria-label")
    assert re.findall(r"p = ([\d.]+):", label) == ["0.0", "0.5", "0.8"]
    dots = training.root.locator(".ends .validation").get_attribute("d")
    assert [float(p) for p in re.findall(r"M([\d.]+) ", dots)] == [0, 0.5, 0.8]
    training.root.locator('[name="restart"]').click()
    assert "p =" not in ends.get_attribute("aria-label")


WATCHED = """
    window.workers = [], window.asked = [];
    window.Worker = class extends Worker {
        constructor(...given) { super(...given); workers.push(this); }
        postMessage(message) { asked.push(message); super.postMessage(message); }
    };"""


def test_each_start_has_its_seed_and_what_an_earlier_run_still_sends_is_passed_over(
    new_page, address
):
    new_page.add_init_script(WATCHED)
    new_page.goto(f"{address}/{PAGE}")
    training = Training(new_page)
    training.shorten(50)
    training.button.click()  # so short a run may have ended before "Stop" is looked for
    training.wait()
    training.button.click()
    training.root.locator('[name="restart"]').click()
    asked = "asked.filter(({seed}) => seed !== undefined)"
    assert new_page.evaluate(f"{asked}.map(({{seed}}) => seed)") == [1, 1, 2, 2, 3, 3]
    first = new_page.evaluate(f"{asked}[1].id")
    new_page.evaluate(
        """id => workers[1].onmessage(
            {data: {id, step: 50, p: 0.5, train: 1, validation: 1, weights: []}})""",
        first,
    )
    assert training.step("with") == 0
    assert "p =" not in training.root.locator(".ends").get_attribute("aria-label")


def test_units_learn_other_weights(finished):
    without, with_ = (np.array(finished.tiles[name]).reshape(30, 94, 4) for name in finished.tiles)
    assert without[:14, :14].std() > 1 and (without != with_).mean() > 0.2
    assert (without[14:16] == 0).all()  # between the pictures there is nothing


def test_the_still_picture_is_what_the_script_draws(finished):
    """If it is not: train once on the built page, and copy charts and pictures from the
    browser's inspector into training.html, and the numbers into RECORDED beside it."""

    def numbers(html):
        training = BeautifulSoup(html, "html.parser").select_one(".training")
        text = " ".join(map(str, training.select("svg, .training-gap")))
        return re.sub(r"-?\d+\.\d+", "#", text), [
            float(each) for each in re.findall(r"-?\d+\.\d+", text)
        ]

    words, still = numbers(html(PAGE))
    drawn_words, drawn = numbers(finished.html)
    assert words == drawn_words
    assert still == pytest.approx(drawn, abs=1e-3)
    for name, tiles in finished.tiles.items():
        data = parsed(PAGE).select_one(f".training-{name} img")["src"].split(",")[1]
        image = np.array(Image.open(BytesIO(base64.b64decode(data))).convert("RGBA"))
        assert np.abs(image.astype(int) - np.reshape(tiles, image.shape)).max() <= 1


# How it is worked.


def test_images_are_fetched_at_the_start_and_not_before(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{PAGE}", wait_until="networkidle")
    training = Training(page)
    training.set_p(0.3)
    training.root.locator('[name="restart"]').click()
    assert not [url for url in asked if "training_images" in url or url.startswith("blob:")]
    assert page.workers == []
    training.start()
    [fetched] = [url for url in asked if "training_images" in url]
    assert fetched.startswith(f"{address}/_static/training_images.js?v=")
    expect(training.state).to_have_text("Training, without dropout and with p = 0.3.")
    training.has_begun("without")
    training.has_begun("with")
    assert len(page.workers) == 2  # it learns off the main thread


def test_who_leaves_ends_it_and_may_come_back(page, address):
    page.goto(f"{address}/{PAGE}")
    training = Training(page)
    training.start()
    training.has_begun()
    page.goto(f"{address}/book/protocol.html")
    assert page.workers == []
    page.go_back()
    expect(training.button).to_have_text("Train")  # Playwright's browsers keep no page
    training.start()
    training.has_begun()


def test_without_images_it_says_so_and_tries_again(training):
    training.page.route("**/training_images.js*", lambda route: route.abort())
    training.button.click()
    expect(training.state).to_contain_text("could not be loaded")
    training.page.unroute("**/training_images.js*")
    training.start()
    training.has_begun()


def still_after(training, ms=400):
    """Whether nothing moves for a while, once what was under way has come."""
    training.page.wait_for_timeout(250)
    before = [training.step(name) for name in ("without", "with")]
    training.page.wait_for_timeout(ms)
    return before == [training.step(name) for name in ("without", "with")]


def test_it_stops_goes_on_and_changes_p(training):
    training.start()
    training.has_begun()
    training.button.click()
    expect(training.state).to_contain_text("Stopped. The gap")
    assert still_after(training)
    stopped = training.step("without"), training.step("with")
    assert stopped[0] < STEPS

    training.set_p(0)  # begins anew, and rests; the other keeps what it has
    expect(training.root.locator(".training-with .training-step")).to_contain_text("step 0 of")
    assert (training.step("without"), training.step("with")) == (stopped[0], 0)
    expect(training.root.locator(".training-with .title")).to_have_text("With dropout, p = 0.0")
    assert still_after(training)
    training.button.click()
    training.has_begun()
    # Without anything dropped, both are one and the same.
    (_, mine), (_, other) = (training.curve(name, "train") for name in ("with", "without"))
    n = min(len(mine), len(other))
    assert n > 1 and mine[:n].tolist() == other[:n].tolist()

    hide = "document.dispatchEvent(new Event('visibilitychange'))"
    training.page.evaluate(
        f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {hide}"
    )
    assert still_after(training)
    hidden_at = training.step("with")
    training.page.evaluate(f"delete document.hidden; {hide}")
    training.page.wait_for_function(
        """step => Number(document.querySelector(".training-with .training-step")
             .textContent.match(/[\\d,]+/)[0].replace(",", "")) > step""",
        arg=hidden_at,
        timeout=TIMEOUT,
    )

    training.root.locator('[name="restart"]').click()
    expect(training.state).to_contain_text("another start")
    expect(training.button).to_have_text("Train")
    assert still_after(training) and training.step("without") == 0


def test_the_keyboard_is_enough_and_little_is_said(training):
    training.state.evaluate("""state => { window.said = [];
        new MutationObserver(() => said.push(state.textContent))
            .observe(state, {childList: true}); }""")
    slider = training.root.locator('[name="p"]')
    slider.focus()
    training.page.keyboard.press("ArrowRight")
    expect(training.root.locator("output")).to_have_text("0.6")
    training.page.keyboard.press("Tab")
    expect(training.button).to_be_focused()
    training.page.keyboard.press("Enter")
    expect(training.button).to_have_text("Stop")
    training.has_begun()
    training.page.keyboard.press("Space")
    expect(training.button).to_have_text("Go on")
    training.page.keyboard.press("Tab")
    assert training.page.evaluate("document.activeElement.name") == "restart"
    said = training.page.evaluate("said")
    assert [words.split()[0] for words in said] == ["Loading", "Training,", "Stopped."]
    expect(training.state).to_have_attribute("aria-live", "polite")


def test_it_works_from_disk(page):
    page.goto((SITE / PAGE).as_uri())
    training = Training(page)
    training.start()
    training.has_begun()


def test_nothing_grows_for_those_who_want_no_motion(browser, address):
    training = visit(browser, address, reduced_motion="reduce")
    training.shorten(150)
    training.root.evaluate("""root => { window.seen = [];
        const step = root.querySelector(".training-with .training-step");
        new MutationObserver(() => seen.push(parseInt(step.textContent.slice(5))))
            .observe(step, {childList: true}); }""")
    training.button.click()
    training.wait()
    assert set(training.page.evaluate("seen")) == {0, 150}
    training.page.context.close()


def test_without_javascript_there_is_a_still_picture(browser, address):
    training = visit(browser, address, java_script_enabled=False)
    lay_out_all(training.page)
    expect(training.root.locator(".training-sentence")).to_contain_text("JavaScript")
    for picture in training.root.locator("svg[role], img").all():
        expect(picture).to_be_visible()
        assert len(picture.get_attribute("aria-label") or picture.get_attribute("alt")) > 80
    training.page.context.close()


def test_nothing_sticks_out_on_a_phone(browser_with_fonts, address):
    training = visit(browser_with_fonts, address, **PHONE)
    training.button.tap()
    expect(training.button).to_have_text("Stop")
    training.has_begun()
    assert training.page.evaluate("document.documentElement.scrollWidth") == 360
    sticking = training.root.evaluate("""root => [...root.querySelectorAll("*")].filter(part =>
        !part.closest(".plot *") &&
        part.getBoundingClientRect().right > root.getBoundingClientRect().right + 0.5)
        .map(part => part.outerHTML)""")
    assert sticking == []
    for target in training.root.locator("button, input").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    training.page.context.close()


def test_axe_finds_nothing_after_a_run(finished):
    assert violations_in_both_themes(finished.page, ".training") == []


def test_its_words_say_what_is_so(idle):
    words = idle.root.locator(".training-words").inner_text()
    settings = idle.root.evaluate("root => root.settings")
    assert settings["sizes"] == SIZES and settings["steps"] == STEPS
    assert f"the {TRAIN} images" in words and f"{VALIDATION:,} others" in words
    assert settings["shown"] == 12 and f"twelve of the {SIZES[1]} units" in words
    megabytes = len(images_script()) / 1e6
    assert f"loads {megabytes:.1f} MB" in idle.state.inner_text()


def test_the_dark_theme_leaves_the_still_weights_as_they_are(idle):
    """It lays white below other pictures, and dims them."""
    idle.page.emulate_media(color_scheme="dark")
    expect(idle.page.locator("html")).to_have_attribute("data-theme", "dark")
    for picture in idle.root.locator("img").all():
        expect(picture).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        expect(picture).to_have_css("filter", "none")
