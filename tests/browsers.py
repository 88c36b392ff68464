"""The browsers that the tests use: those on this machine that answer.

    python tests/browsers.py

says which Chromium is used, and fails if none answers. Of what is there one may not start:
Ubuntu's `chromium` is a snap, which does not run in containers.
"""

import shutil
import subprocess
import sys
from functools import cache

# Chromium's sandbox does not start as root, nor in most containers; the only pages it
# opens are our own. There is no network but this machine's.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The first is Chromium without windows: it lays out and paints alike, with half the work.
NAMES = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
]


def candidates():
    """Paths of those that are on the path, then of Playwright's own."""
    yield from filter(None, map(shutil.which, NAMES))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def answers(executable):
    """Whether a browser opens a page and says what is on it."""
    try:
        done = subprocess.run(
            [executable, "--headless=new", *ARGUMENTS, "--dump-dom", "data:text/html,<p>Here"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "<p>Here" in done.stdout


@cache
def chromium():
    """The path of the first that answers; RuntimeError if there is none."""
    tried = []
    for executable in candidates():
        if answers(executable):
            return executable
        tried.append(executable)
    raise RuntimeError(
        f"No browser answers; tried were {', '.join(tried)}. Install Chromium or Chrome, or "
        "run: .venv/bin/playwright install --with-deps chromium"
    )


def firefox():
    """The path of Firefox, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


if __name__ == "__main__":
    try:
        print(chromium())
    except RuntimeError as error:
        sys.exit(str(error))
