"""The site in each of the places that it works from."""

import pytest

from browsing import SITE, served
from visits import WHERE, visit_all


@pytest.fixture(scope="session", params=WHERE)
def somewhere(request):
    """The site's address there."""
    if request.param == "from disk":
        yield SITE.as_uri()
    else:
        # No name of a folder of the site, which would hide a link to the host's root.
        with served(below="/some/where" if request.param == "below a path" else "") as address:
            yield address


@pytest.fixture(scope="session")
def visited(browser, somewhere, pages):
    """What was wrong with its pages, and their figures; see `visit_all`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield visit_all(context.new_page(), somewhere, pages)
    context.close()
