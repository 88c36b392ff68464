"""Leave out thebe, which Jupyter Book loads into every page, used or not.

It would run cells in the page on another host's machines, with scripts of another host;
this book launches notebooks in Colab and Studio Lab instead.
"""


def is_thebes(script):
    return "thebe" in f"{script.filename} {script.attributes.get('body')}".lower()


def drop_scripts(app, pagename, templatename, context, doctree):
    context["script_files"] = [script for script in context["script_files"]
                               if not is_thebes(script)]


def setup(app):
    app.connect("html-page-context", drop_scripts, priority=900)    # after all that add
    return {"parallel_read_safe": True, "parallel_write_safe": True}
