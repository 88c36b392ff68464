"""What each page weighs over the wire, in KB: `python tests/weight/weigh.py [page…]`.

Everything a reader who has never been here is sent, before scrolling, with text
compressed as hosts do it. A KB is 1000 bytes; headers are not counted.
"""

import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from browsing import SCREEN, crawl, launched, served

BUDGETS = yaml.safe_load(Path(__file__).with_name("budgets.yml").read_text(encoding="utf-8"))

# By what the browser wanted them for. A page of its own is "document".
KINDS = ["document", "stylesheet", "script", "font", "image"]


# A page asks for nothing more when it has been quiet for half a second; so many wait at once.
AT_ONCE = 6


def weigh(browser, address, paths):
    """For each page `(path, [(kind, file, bytes)] of all that it asks for, the page)`."""
    context = browser.new_context(viewport=SCREEN)
    tabs = [context.new_page() for _ in range(AT_ONCE)]
    for tab in tabs:
        context.new_cdp_session(tab).send("Network.setCacheDisabled", {"cacheDisabled": True})
    try:
        for start in range(0, len(paths), AT_ONCE):
            opened = []
            for path, tab in zip(paths[start:], tabs):
                requests = []
                tab.on("requestfinished", requests.append)
                tab.goto(f"{address}/{path}")
                opened.append((path, requests, tab))
            for path, requests, tab in opened:
                tab.wait_for_load_state("networkidle")
                yield path, [size_of(each) for each in requests if is_ours(each, address)], tab
                tab.remove_listener("requestfinished", requests.append)
    finally:
        context.close()


def is_ours(request, address):
    return request.url.startswith(address)  # not data: addresses


def size_of(request):
    file = urlsplit(request.url).path.lstrip("/")
    return request.resource_type, file, request.sizes()["responseBodySize"]


def budget(path):
    pages = BUDGETS["pages"]
    return pages.get(path, pages["others"])


def main(paths):
    print("  ".join(["    KB", "budget", *(f"{kind:>10}" for kind in KINDS), "page"]))
    with served() as address, launched() as browser:
        for path, files, _ in weigh(browser, address, paths or crawl()):
            by_kind = Counter()
            for kind, _, size in files:
                by_kind[kind if kind in KINDS else "other"] += size
            print(
                "  ".join(
                    [
                        f"{by_kind.total() / 1000:6.1f}",
                        f"{budget(path) / 1000:6.0f}",
                        *(f"{by_kind[kind] / 1000:10.1f}" for kind in KINDS),
                        path,
                    ]
                )
            )


if __name__ == "__main__":
    main(sys.argv[1:])
