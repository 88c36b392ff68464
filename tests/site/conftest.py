"""The built site, served on this machine and looked at in a real browser."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from parallel_notebooks import SITE

# Debian's Chromium, Chrome, or else the one that Playwright installed.
EXECUTABLE = next(filter(None, map(shutil.which, [
    "chromium", "chromium-browser", "google-chrome"])), None)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address():
    """Where the site is served, without the last slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Chromium's sandbox does not start as root, nor in most containers;
        # the only pages it opens are our own.
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page of a reader who has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)     # ms
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def pages():
    """Every page, as a path from the site's root; index.html only leads to the first."""
    paths = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")
             if "_static" not in path.parts}
    return sorted(paths - {"index.html"})
