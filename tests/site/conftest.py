"""The built site, served on this machine and looked at in a real browser."""

import pytest

import browsing


@pytest.fixture(scope="session")
def address():
    """Where the site is served, without the last slash."""
    with browsing.served() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with browsing.launched() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """A page of a reader who has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)  # ms
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def pages():
    """Every page, as a path from the site's root."""
    return browsing.crawl()
