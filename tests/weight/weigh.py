"""What each page weighs over the wire, in KB: `python tests/weight/weigh.py [page…]`.

Everything a reader who has never been here is sent, before scrolling, with text
compressed as hosts do it. A KB is 1000 bytes; headers are not counted.
"""

import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from browsing import crawl, launched, served

BUDGETS = yaml.safe_load(Path(__file__).with_name("budgets.yml").read_text(encoding="utf-8"))

# By what the browser wanted them for. A page of its own is "document".
KINDS = ["document", "stylesheet", "script", "font", "image"]


# A page asks for nothing more when it has been quiet for half a second; so many wait at once.
AT_ONCE = 6


def weigh(browser, address, paths):
    """For each page `(path, [(kind, file, bytes)] of all that it asks for, the page)`."""
    for start in range(0, len(paths), AT_ONCE):
        with ExitStack() as stack:
            opened = []
            for path in paths[start : start + AT_ONCE]:
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                stack.callback(context.close)
                page, requests = context.new_page(), []
                page.on("requestfinished", lambda request, into=requests: into.append(request))
                page.goto(f"{address}/{path}")
                opened.append((path, requests, page))
            for path, requests, page in opened:
                page.wait_for_load_state("networkidle")
                yield path, [size_of(each) for each in requests if is_ours(each, address)], page


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
