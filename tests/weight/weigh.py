"""What each page weighs over the wire, in KB: `python tests/weight/weigh.py [page…]`.

Everything a reader who has never been here is sent, before scrolling, with text
compressed as hosts do it. A KB is 1000 bytes; headers are not counted.
"""

import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from browsing import crawl, launched, served

BUDGETS = yaml.safe_load(Path(__file__).with_name("budgets.yml").read_text(encoding="utf-8"))

# By what the browser wanted them for. A page of its own is "document".
KINDS = ["document", "stylesheet", "script", "font", "image"]


def weigh(browser, address, path):
    """`[(kind, file, bytes)]` of all that the page asks for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(f"{address}/{path}", wait_until="networkidle")
    asked = [
        (
            request.resource_type,
            urlsplit(request.url).path.lstrip("/"),
            request.sizes()["responseBodySize"],
        )
        for request in requests
        if request.url.startswith(address)
    ]  # not data: addresses
    context.close()
    return asked


def budget(path):
    pages = BUDGETS["pages"]
    return pages.get(path, pages["others"])


def main(paths):
    print("  ".join(["    KB", "budget", *(f"{kind:>10}" for kind in KINDS), "page"]))
    with served() as address, launched() as browser:
        for path in paths or crawl():
            by_kind = Counter()
            for kind, _, size in weigh(browser, address, path):
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
