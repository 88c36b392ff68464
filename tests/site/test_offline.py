"""The site is whole without a network: from a server, below a path, and from disk.

The browser of these tests reaches no other machine (`ARGUMENTS` in browsers.py).
"""

import pytest
from playwright.sync_api import expect

from browsing import SITE, served

WHERE = ["served", "below a path", "from disk"]

# After it, every picture has been asked for, also those far below or behind a tab.
INCOMPLETE = """async () => {
    const problems = [];
    await Promise.all([...document.images].map(image => {
        image.loading = "eager";
        return image.decode().catch(() => problems.push(`cannot show ${image.src}`));
    }));
    for (const link of document.querySelectorAll("link[rel=stylesheet]"))
        if (!link.sheet) problems.push(`has no style from ${link.href}`);
    await document.fonts.ready;
    for (const font of document.fonts)
        if (font.status == "error") problems.push(`has no font ${font.family}`);
    if (!["light", "dark"].includes(document.documentElement.dataset.theme))
        problems.push("the theme's script did not run");
    return problems;
}"""
# Links to other hosts are links; of what a page connects to, none may be elsewhere.
ASTRAY = """root => [
    ...[...document.querySelectorAll("a[href]")].filter(({href}) =>
        new URL(href).host == location.host && /^(http|file)/.test(href)
        && !(href.startsWith(root) && /\\.\\w+$/.test(new URL(href).pathname))),
    ...[...document.querySelectorAll("link[rel~=preconnect], link[rel~=dns-prefetch]")],
].map(link => `leads astray with ${link.href}`)"""


@pytest.fixture
def somewhere(request):
    """The site's address, in each of the places that it works from."""
    if request.param == "from disk":
        yield SITE.as_uri()
    else:
        # No name of a folder of the site, which would hide a link to the host's root.
        with served(below="/some/where" if request.param == "below a path" else "") as address:
            yield address


def watch(page, address):
    """A list that grows by what goes wrong on the page, and by what it asks of others."""
    problems = []

    def tell(problem):
        problems.append(f"{page.url}: {problem}")

    page.on("pageerror", tell)
    page.on("console", lambda message: message.type in {"error", "warning"} and tell(message.text))
    page.on(
        "request",
        lambda request: (
            not request.url.startswith((f"{address}/", "data:"))
            and tell(f"asks for {request.url}")
        ),
    )
    # Aborted are icons of pages that the test has left.
    page.on(
        "requestfailed",
        lambda request: (
            request.failure != "net::ERR_ABORTED" and tell(f"{request.failure} for {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: response.status >= 400 and tell(f"{response.status} for {response.url}"),
    )
    page.on("websocket", lambda socket: tell(f"opens a socket to {socket.url}"))
    return problems


@pytest.mark.parametrize("somewhere", WHERE, indirect=True)
def test_every_page_is_whole(page, somewhere, pages):
    problems = watch(page, somewhere)
    for path in ["index.html", *pages]:
        page.goto(f"{somewhere}/{path}")
        if path == "index.html":
            page.wait_for_url("**/book/index.html")
        problems += [
            f"{path}: {problem}"
            for problem in page.evaluate(INCOMPLETE) + page.evaluate(ASTRAY, f"{somewhere}/")
        ]
    page.wait_for_load_state("networkidle")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("somewhere", WHERE, indirect=True)
def test_a_library_is_chosen_for_all_pages(page, somewhere):
    problems = watch(page, somewhere)
    page.goto(f"{somewhere}/book/implementation.html")
    tabs = page.locator(".tab-set").first
    tabs.get_by_role("tab", name="JAX").click()
    expect(tabs.locator(".cell_input:visible").first).to_contain_text("jax")
    page.locator(".bd-sidebar-primary").get_by_role("link", name="How it works").click()
    page.wait_for_url("**/book/derivation.html")
    expect(tabs.locator(".cell_input:visible").first).to_contain_text("jax")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("somewhere", WHERE, indirect=True)
def test_the_search_works(page, somewhere):
    problems = watch(page, somewhere)
    page.goto(f"{somewhere}/book/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("vanilla")
    page.keyboard.press("Enter")
    result = page.locator(
        "#search-results li", has=page.get_by_role("link", name="How it works", exact=True)
    )
    expect(result.locator(".excerpt")).to_contain_text("vanilla")
    result.get_by_role("link").click()
    page.wait_for_url("**/book/derivation.html*")
    expect(page.locator("article h1")).to_be_visible()
    assert not problems, "\n".join(problems)
