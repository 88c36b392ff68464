"""What tests of all rooms use: the built site in a browser, and scratch books.

What a test needs is told by the fixtures it uses, or by its folder, so that `make check`
can leave out what a person who changes a line does not wait for.
"""

import gc
from functools import cache
from pathlib import Path

import pytest

from dropout_book.frameworks import FRAMEWORKS

FOLDER = Path(__file__).resolve().parent
NEEDS = {
    "build": "builds a small book of its own",
    "built": "reads the book in _build",
    "network": "needs a network",
}
BY_FIXTURE = {
    "scratch_book": "build",
    "executed": "built",
    "address": "built",
    "pages": "built",
    "launched": "network",
}
BY_FOLDER = {
    "site": "built",
    "lighthouse": "built",
    "weight": "built",
    "look": "built",
    "explorer": "built",
    "training": "built",
    "fit": "built",
    "firefox": "built",
}


# Of what a process of tests makes, the most lives to its end. By default a third of its time
# goes into looking, among all that was imported, for what nobody needs any more.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish():
    gc.freeze()


def pytest_sessionfinish():
    gc.freeze()  # pytest looks five times more before it ends


def pytest_addoption(parser):
    # TensorFlow and PaddlePaddle crash when both are imported into one process.
    parser.addoption(
        "--framework",
        choices=list(FRAMEWORKS),
        help="the one that tests/dropout, tests/d2l and tests/timed are about",
    )


def pytest_configure(config):
    for name, meaning in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: the test {meaning}")


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    for item in items:
        for fixture in BY_FIXTURE.keys() & set(item.fixturenames):
            item.add_marker(BY_FIXTURE[fixture])
        folder = item.path.relative_to(FOLDER).parts[0]
        if folder in BY_FOLDER:
            item.add_marker(BY_FOLDER[folder])


@pytest.fixture(scope="session")
def framework(request):
    """The framework that this process is about, where one process must not meet two."""
    chosen = request.config.getoption("--framework")
    if chosen is None:
        pytest.fail(
            f"these tests are about one framework: give --framework={next(iter(FRAMEWORKS))}"
        )
    return chosen


@pytest.fixture(scope="session")
def address():
    """Where the site is served, without the last slash."""
    import browsing

    with browsing.served() as address:
        yield address


@pytest.fixture(scope="session")
def browser_in(tmp_path_factory):
    """`browser_in(fonts, *arguments)`: a browser with one of the sets of fonts.

    What a test finds does not depend on the fonts of the machine.
    """
    from playwright.sync_api import expect, sync_playwright

    import browsers
    import browsing
    import fonts

    expect.set_options(timeout=browsing.PATIENCE)
    browsers.chromium()  # which asks Playwright, and that may be done once at a time
    with sync_playwright() as playwright:
        yield cache(
            lambda name, *arguments: browsing.launch(
                playwright, fonts.environment(name, tmp_path_factory.mktemp("fonts")), *arguments
            )
        )


@pytest.fixture(scope="session")
def browser(browser_in):
    return browser_in("DejaVu")


@pytest.fixture(scope="session", params=["DejaVu", "Arimo"])
def browser_with_fonts(browser_in, request):
    """For tests of what may be cut off: once with fonts that are wide, once with others."""
    return browser_in(request.param)


@pytest.fixture(scope="session")
def only_page(browser):
    import browsing

    context = browser.new_context(viewport=browsing.SCREEN)
    context.set_default_timeout(browsing.PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(only_page):
    """A page of a reader who has never been here.

    A browser needs a quarter of a second to start one: there is one, which forgets after each
    test. A clock, or scripts that run before those of a page, cannot be taken back: `new_page`.
    """
    import browsing

    yield only_page
    browsing.forget(only_page)


@pytest.fixture
def new_page(browser):
    """A page of which nothing is left after the test."""
    import browsing

    page = browsing.visit(browser, "about:blank", viewport=browsing.SCREEN)
    yield page
    page.context.close()


@pytest.fixture(scope="session")
def pages():
    """Every page, as a path from the site's root."""
    import browsing

    return browsing.crawl()


@pytest.fixture(scope="session", params=["served", "below a path", "from disk"])
def place(request):
    """One of visits.PLACES, by its name."""
    return request.param


@pytest.fixture(scope="session")
def somewhere(place):
    """The site's address there."""
    import browsing

    if place == "from disk":
        yield browsing.SITE.as_uri()
    else:
        # No name of a folder of the site, which would hide a link to the host's root.
        with browsing.served(below="/some/where" if place == "below a path" else "") as address:
            yield address


@pytest.fixture(scope="session")
def visited(browser_in, place, somewhere, pages):
    """What was found at a visit to all its pages there."""
    from visits import PLACES, visit_all

    chosen = PLACES[place]
    # axe starts anew on each page, and is done before code made faster has paid for itself.
    context = browser_in(chosen.fonts, "--js-flags=--max-optimized-bytecode-size=0").new_context(
        viewport={"width": chosen.width, "height": 740},
        color_scheme=chosen.theme,
        reduced_motion="reduce",
    )
    yield visit_all(context.new_page(), somewhere, pages, chosen)
    context.close()


@pytest.fixture
def scratch_book(tmp_path):
    """`scratch_book(**sphinx_config)` makes an empty ScratchBook."""
    from scratch_books import ScratchBook

    # A space and a non-ASCII letter are in the folder's name.
    return lambda **config: ScratchBook(tmp_path / "scratch book é", **config)
