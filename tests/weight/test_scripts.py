"""Scripts come with what needs them."""


def test_scripts_come_with_what_needs_them(scratch_book):
    book = scratch_book(weight=True)
    book.page("front.md", "# Front\n\nWords.\n")
    book.page("code.md", "# Code\n\n```python\n1\n```\n")
    book.page(
        "tabs.md",
        "# Tabs\n\n::::{tab-set}\n:::{tab-item} A\nB\n:::\n::::\n\n```{toggle}\nC\n```\n",
    )
    assert book.build("-W").returncode == 0
    loaded = {name: "".join(map(str, book.html(name).select("script"))) for name in book.pages}
    for part, page in [
        ("clipboard", "code"),
        ("copybutton", "code"),
        ("design-tabs", "tabs"),
        ("togglebutton", "tabs"),
        ("toggleHint", "tabs"),
    ]:
        assert [name for name in loaded if part in loaded[name]] == [page]
    assert "thebe" not in "".join(loaded.values())
    assert "kernelName" not in "".join(loaded.values())
    assert "search_as_you_type" not in "".join(loaded.values())
    static = book.folder / "_build/html/_static"
    assert not [*static.rglob("*.map"), *static.rglob("*-macros.html")]


def test_no_script_holds_a_page_up(scratch_book):
    book = scratch_book(weight=True)
    book.page("front.md", "# Front\n\n```python\n1\n```\n")
    assert book.build("-W").returncode == 0
    scripts = book.html("front").select("script[src]")
    assert len(scripts) > 5 and all(script.has_attr("defer") for script in scripts)
