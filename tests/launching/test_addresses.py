"""Pages know where they will be: for search engines, for those who share them, for 404.html."""

from urllib.parse import urlsplit

import matplotlib.image
import pytest

import address as address_tool
from browsing import SITE, parsed
from parallel_notebooks import ROOT


@pytest.fixture(scope="module")
def root():
    owner, name = address_tool.repository(ROOT)[0].split("/")[-2:]
    return f"https://{owner}.github.io/{name}/"


def meta(page, name):
    tags = [
        tag["content"]
        for tag in page.find_all("meta")
        if name in (tag.get("name"), tag.get("property"))
    ]
    assert len(tags) == 1, f"{name}: {tags}"
    return tags[0]


def written(pages):
    """The pages that somebody wrote: not the search, the index."""
    return [path for path in pages if path.startswith(("book/", "notebooks/"))]


def test_every_page_names_its_own_address(pages, root):
    for path in written(pages):
        page = parsed(path)
        assert page.find("link", rel="canonical")["href"] == root + path
        assert meta(page, "og:url") == root + path


def test_every_page_describes_itself(pages):
    seen = {}
    for path in written(pages):
        description = meta(parsed(path), "description")
        assert 50 <= len(description) <= 210, f"{path}: {description}"
        assert not set("${}\\") & set(description), f"{path}: {description}"
        assert seen.setdefault(description, path) == path, "two pages, one description"


def test_every_page_is_shared_with_a_picture(pages, root):
    for path in written(pages):
        page = parsed(path)
        assert meta(page, "twitter:card") == "summary_large_image"
        assert len(meta(page, "og:image:alt")) > 40
        image = meta(page, "og:image")
        assert image.startswith(root)
        assert matplotlib.image.imread(SITE / image.removeprefix(root)).shape[:2] == (630, 1200)


@pytest.mark.built
def test_a_missing_page_leads_back_from_any_depth(root):
    """404.html is sent for any address: it names everything from the root of its host."""
    page = parsed("404.html")
    prefix = urlsplit(root).path
    named = [element.get("href") or element.get("src") for element in page.select("[href], [src]")]
    ours = [name for name in named if not name.startswith(("https:", "#", "data:"))]
    assert len(ours) > 30
    for name in ours:
        file = SITE / urlsplit(name).path.removeprefix(prefix)
        assert name.startswith(prefix) and file.is_file(), name
    links = {link["href"] for link in page.find("article").find_all("a")}
    assert {f"{prefix}book/index.html", f"{prefix}search.html"} <= links
