"""What tests of all rooms use: the built site in a browser, and scratch books."""

import pytest


@pytest.fixture(scope="session")
def address():
    """Where the site is served, without the last slash."""
    import browsing

    with browsing.served() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    import browsing

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
    import browsing

    return browsing.crawl()


@pytest.fixture
def scratch_book(tmp_path):
    """`scratch_book(**sphinx_config)` makes an empty ScratchBook."""
    from scratch_books import ScratchBook

    # A space and a non-ASCII letter are in the folder's name.
    return lambda **config: ScratchBook(tmp_path / "scratch book é", **config)
