"""What we rely on inside each dependency still holds. A test that fails names the
dependency, and what has changed in it; where we use it is in book/_ext/sidebyside/insides.
"""

import importlib.metadata
import json
import pickle
import re

import nbformat
import pytest

from sidebyside.formulas import typesetter
from sidebyside.insides import jupyter_cache, mathjax, myst_nb, sphinx, theme

# Written into the scratch book, which says what Sphinx and the theme did.
WITNESS = """
import json
from pathlib import Path

def note(app, exception):
    def priorities(event):
        return {f"{getattr(each.handler, '__module__', '')}."
                f"{getattr(each.handler, '__name__', '')}": each.priority
                for each in app.events.listeners.get(event, ())}
    transforms = {each.__name__: each.default_priority
                  for each in app.registry.get_post_transforms()}
    Path(app.outdir, "witness.json").write_text(json.dumps({
        "config-inited": priorities("config-inited"),
        "html-page-context": priorities("html-page-context"),
        "post-transforms": transforms,
        "warnings": app._warncount,
        "files_to_rebuild": {key: sorted(each) for key, each in app.env.files_to_rebuild.items()},
        "environment": [each.name for each in Path(app.doctreedir).iterdir()],
        "buttons": app.seen_buttons,
    }))

def look(app, pagename, templatename, context, doctree):
    app.seen_buttons[pagename] = [
        {key: each.get(key) for key in ("type", "label")} | {"buttons": each.get("buttons", [])}
        for each in context.get("header_buttons", [])]

def setup(app):
    app.seen_buttons = {}
    app.connect("html-page-context", look, priority=900)
    app.connect("build-finished", note)
"""
GLUE = """\
display({"application/papermill.record/text/plain": "0.5"}, raw=True,
        metadata={"scrapbook": {"name": "acc", "mime_prefix": "application/papermill.record/"}})
print("seen")"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What a witness says of a book with one notebook, and the doctree of the notebook."""
    from scratch_books import ScratchBook

    book = ScratchBook(tmp_path_factory.mktemp("insides") / "book", frameworks=["jax"])
    book.extend("witness", WITNESS)
    book.page("index.md", "# Front page\n\n{glue:text}`nb.ipynb::acc:.2f`\n")
    book.notebook("nb.ipynb", [("shown", GLUE)])
    run = book.build("-W")
    assert run.returncode == 0, run.stdout
    witness = json.loads((book.folder / "_build/html/witness.json").read_text())
    doctree = pickle.loads((book.folder / "_build/.doctrees/nb.doctree").read_bytes())
    return witness, doctree


@pytest.fixture(autouse=True)
def version(request):
    """The version that was looked at, in the report of a failure."""
    dependency = request.node.name.removeprefix("test_").partition("_s_")[0].replace("_", "-")
    print(dependency, importlib.metadata.version(DISTRIBUTIONS.get(dependency, dependency)))


DISTRIBUTIONS = {"mathjax": "sphinx-mathjax-offline", "theme": "sphinx-book-theme"}


def test_sphinx_s_record_of_pages_to_write_again_and_of_warnings(built):
    witness, _ = built
    assert witness["warnings"] == 0
    assert sphinx.ENV_PICKLE_FILENAME in witness["environment"]
    assert isinstance(witness["files_to_rebuild"], dict)


def test_sphinx_s_static_folders_are_looked_at_after_ours_are_added(built):
    witness, _ = built
    listeners = witness["config-inited"]
    assert listeners["sphinx.builders.html.validate_html_static_path"] > (
        sphinx.BEFORE_STATIC_PATHS
    )


def test_sphinx_s_search_takes_its_words_by_this_pattern():
    search = sphinx.SearchWithNumbers({})
    assert "0.871" in search.split("about 0.871 of 60000")
    parent = sphinx.SearchEnglish({})
    assert "0.871" not in parent.split("about 0.871"), "ours is needed no more"
    assert parent.js_splitter_code == "" or "splitQuery" in parent.js_splitter_code


def test_myst_nb_s_parts_of_a_cell_have_these_names(built):
    _, doctree = built
    (cell,) = myst_nb.cells(doctree, "shown", [myst_nb.CODE, myst_nb.OUTPUT])
    assert [part["nb_element"] for part in cell] == [myst_nb.CODE, myst_nb.OUTPUT]
    assert not list(myst_nb.cells(doctree, "other", [myst_nb.CODE]))


def test_myst_nb_s_transforms_come_after_ours(built):
    witness, _ = built
    transforms = witness["post-transforms"]
    assert transforms["SelectMimeType"] > myst_nb.BEFORE_OUTPUTS
    assert transforms["ReplacePendingGlueReferences"] > myst_nb.BEFORE_FIGURES


def test_theme_s_buttons_are_a_list_that_may_be_added_to(built):
    witness, _ = built
    added = [
        priority
        for name, priority in witness["html-page-context"].items()
        if name.startswith("sphinx_book_theme.") and "launch" in name
    ]
    assert added and all(priority < theme.AFTER_ITS_BUTTONS for priority in added)
    groups = [each for each in witness["buttons"]["nb"] if each["type"] == "group"]
    context = {"header_buttons": groups}
    buttons = theme.launch_buttons(context)
    assert any(each["url"].startswith("https://colab.research.google.com") for each in buttons)
    assert set(theme.link_button("", "", "")) <= set(buttons[0])


def test_jupyter_cache_s_records_are_found_by_code_and_keep_our_data(tmp_path):
    cache = jupyter_cache.Cache(tmp_path)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%time\n1")])
    nb.cells[0].outputs = [nbformat.v4.new_output("stream", text="one")]
    key = cache.key(nb)
    cache.keep(nb, tmp_path / "nb.ipynb", {"fingerprint": {"python": "3"}})
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%time\n1")])
    assert cache.key(bare) == key
    assert cache.find(bare).data["fingerprint"] == {"python": "3"}
    assert cache.with_outputs(bare).cells[0].outputs[0].text == "one"
    bare.cells[0].source = "2"
    assert cache.key(bare) != key and cache.find(bare) is None
    (record,) = cache.records()
    cache.drop(record)
    assert cache.find(nb) is None and not cache.records()


def test_mathjax_s_fonts_are_where_and_called_as_we_think():
    assert (mathjax.FOLDER / "startup.js").is_file()
    names = {file.stem for file in mathjax.FONT_FILES.glob("*.woff")}
    assert {"MathJax_Main-Regular", "MathJax_Math-Italic", "MathJax_Zero"} <= names
    with typesetter() as javascript:
        javascript.eval(r"set('x \\left( \\frac{\\sum y}{2} \\right)', true)")
        css = javascript.eval("style()")
    shown = [rule for rule in css.split("}") if "::before" in rule and "content:" in rule]
    families = {family for rule in shown for family in mathjax.families(rule)}
    assert {"MJXTEX", "MJXTEX-I"} <= families
    defined = set(re.findall(r"font-family: (MJX[\w-]+)", css))
    assert families <= defined
