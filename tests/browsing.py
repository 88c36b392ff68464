"""The built site as a host serves it, its pages, and a browser to see them in."""

import gzip
import re
import sys
import threading
from contextlib import contextmanager
from functools import cache, partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

import browsers

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"

SCREEN = {"width": 1280, "height": 900}
PATIENCE = 60_000  # ms to wait for what is to come; a busy machine is no finding

# Where tools/setup.sh puts what package.json names.
NODE_MODULES = Path(sys.prefix, "node", "node_modules")

# What GitHub Pages and its like compress: text. Fonts and pictures are compressed already.
TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt"}


@cache
def compressed(file, modified):
    return gzip.compress(file.read_bytes(), compresslevel=6)


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # a connection is kept, as hosts keep it

    def __init__(self, *arguments, below, **options):
        self.below = below
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        if not path.startswith(f"{self.below}/"):
            return str(Path(self.directory, "nothing here"))
        return super().translate_path(path.removeprefix(self.below))

    def do_GET(self):
        file = Path(self.translate_path(self.path))
        if file.suffix not in TEXT or not file.is_file():
            return super().do_GET()
        body = compressed(file, file.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def visit(browser, url, **options):
    """The page, for a reader with another device or other settings."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(url)
    return page


def forget(page):
    """Whatever a test did with the page, the next one finds it as a reader who is new here."""
    for other in page.context.pages[1:]:
        other.close()
    page.evaluate("""() => {
        if (location.protocol !== "about:") for (const kept of [localStorage, sessionStorage])
            kept.clear();
    }""")
    page.goto("about:blank")
    page.context.clear_permissions()
    page.unroute_all()
    page.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size(SCREEN)
    page.mouse.move(0, 0)


def lay_out_all(page):
    """Also what is far from the screen, which book.css leaves for later."""
    page.evaluate("""document.head.append(Object.assign(document.createElement("style"),
        {textContent: "section { content-visibility: visible !important }"}))""")


@contextmanager
def served(below="", site=SITE):
    """The site's address, without the last slash. It can be below a path: "/some/where"."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=site, below=below))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{below}"
    server.shutdown()
    server.server_close()


def launch(playwright, environment=None, *arguments):
    """A browser; in an environment of its own, if one is given."""
    return playwright.chromium.launch(
        executable_path=browsers.chromium(),
        args=[*browsers.ARGUMENTS, *arguments],
        env=environment,
    )


@contextmanager
def launched():
    browsers.chromium()  # which asks Playwright, and that may be done once at a time
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@cache
def html(path):
    """A page of the site as it is written."""
    return (SITE / path).read_text(encoding="utf-8")


@cache
def parsed(path):
    return BeautifulSoup(html(path), "html.parser")


LINK = re.compile(r'<(?:a|link)\b[^>]*\shref="([^"]*)"')


def links(path):
    """What a page's links name, as it is written there."""
    return [unescape(href) for href in LINK.findall(html(path))]


def crawl():
    """Every page that links lead to from index.html, as a path from the root.

    index.html itself is not one of them: it only leads to the first.
    """
    found, queue = set(), [re.search('url=([^"]+)', html("index.html"))[1]]
    while queue:
        path = queue.pop()
        if path in found or not (SITE / path).is_file():
            continue
        found.add(path)
        for href in links(path):
            link = urlsplit(urljoin(f"http://site/{path}", href))
            if link.netloc == "site" and link.path.endswith(".html"):
                queue.append(link.path.lstrip("/"))
    return sorted(found - {"index.html"})
