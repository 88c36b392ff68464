"""The site in each of the places that it works from."""

import pytest

from browsing import SITE, served
from visits import FOLLOWED, WHERE, visit_all


@pytest.fixture(scope="session", params=WHERE)
def place(request):
    return request.param


@pytest.fixture(scope="session")
def somewhere(place):
    """The site's address there."""
    if place == "from disk":
        yield SITE.as_uri()
    else:
        # No name of a folder of the site, which would hide a link to the host's root.
        with served(below="/some/where" if place == "below a path" else "") as address:
            yield address


@pytest.fixture(scope="session")
def visited(browser_in, place, somewhere, pages):
    """What was found at a visit to all its pages there."""
    fonts, width = WHERE[place]
    context = browser_in(fonts).new_context(
        viewport={"width": width, "height": 740}, reduced_motion="reduce"
    )
    yield visit_all(context.new_page(), somewhere, pages, follow=place == FOLLOWED)
    context.close()
