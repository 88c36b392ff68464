"""The site is whole without a network: from a server, below a path, and from disk.

The browser of these tests reaches no other machine (`ARGUMENTS` in browsers.py).
"""

from playwright.sync_api import expect

from visits import watch


def test_every_page_is_whole(visited):
    assert not visited.problems, "\n".join(visited.problems)


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
