"""Small books of their own, built by the real `jupyter-book` with the book's extensions.

A build spends most of its time on imports. So builds are forked from a process that has
imported what they need, the extensions among it, and has done nothing with it. They share
the theme's templates, compiled.
"""

import gc
import multiprocessing
import os
import sys
import tempfile
import traceback
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import yaml
from bs4 import BeautifulSoup

TIMEOUT = 300  # seconds
IMPORTED = """
    jupyter_book.cli.main jupyter_book.sphinx nbformat bs4 yaml
    sphinx.builders.html sphinx.domains.c sphinx.domains.cpp sphinx.domains.python
    myst_nb.sphinx_ext notfound.extension sphinx_book_theme sphinx_comments sphinx_copybutton
    sphinx_design.extension sphinx_external_toc.events sphinx_jupyterbook_latex.transforms
    sphinx_multitoc_numbering sphinx_thebe sphinx_togglebutton sphinxext.opengraph
    sqlalchemy.dialects.sqlite
    sidebyside.running.extension sidebyside.showing sidebyside.records sidebyside.explorer
    sidebyside.exercises sidebyside.training sidebyside.formulas sidebyside.look
    sidebyside.launching sidebyside.weight
""".split()
TEMPLATES = tempfile.TemporaryDirectory()
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(IMPORTED)


def build(arguments, environment, output, templates):
    """`jupyter-book build` with these arguments, in a forked process."""
    gc.freeze()  # what was imported stays; to search it for what is not needed takes a third
    with open(output, "w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    # As Python does when it starts.
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    import sphinx.jinja2glue
    from jinja2 import FileSystemBytecodeCache
    from jupyter_book.cli.main import main

    sphinx.jinja2glue.SandboxedEnvironment = partial(
        sphinx.jinja2glue.SandboxedEnvironment, bytecode_cache=FileSystemBytecodeCache(templates)
    )
    code = 1
    try:
        main(["build", *map(str, arguments)], standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class ScratchBook:
    """A small book in its own folder.

    Pages are given as text, notebooks as lists of `(tag, source)` code cells. `sphinx_config`
    is what `_config.yml` says below `sphinx: config:`.
    """

    def __init__(self, folder, **sphinx_config):
        self.folder = folder
        self.folder.mkdir(parents=True)
        self.pages = []
        if "frameworks" in sphinx_config:
            sphinx_config["frameworks"] = list(sphinx_config["frameworks"])
        self.configure(
            title="Scratch book",
            only_build_toc_files=True,
            repository={"url": "https://github.com/owner/scratch", "branch": "main"},
            launch_buttons={"colab_url": "https://colab.research.google.com"},
            execute={"execute_notebooks": "cache", "timeout": 60},
            sphinx={
                "recursive_update": True,
                "extra_extensions": ["sidebyside"],
                "config": {
                    "html_math_renderer": "mathematics",
                    "weight": False,
                    **sphinx_config,
                },
            },
        )

    def configure(self, **sections):
        """Change `_config.yml`: what is given for a section is merged into it."""
        path = self.folder / "_config.yml"
        config = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.write("_config.yml", yaml.safe_dump(merged(config, sections), sort_keys=False))

    def extend(self, name, code):
        """Add an extension of the test's own, given as code."""
        self.write(f"extensions/{name}.py", code)
        self.configure(sphinx={"local_extensions": {name: str(self.folder / "extensions")}})

    def write(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def page(self, path, text):
        """Add or change a Markdown page; the first one is the front page."""
        self._list(path)
        return self.write(path, text)

    def notebook(self, path, cells, title="A notebook"):
        """Add or change a notebook of one heading and `(tag, source)` code cells."""
        self._list(path)
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        nb = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
        nb.cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
        for tag, source in cells:
            metadata = {"tags": [tag]} if tag else {}
            nb.cells.append(nbformat.v4.new_code_cell(source, metadata=metadata))
        return self.write(path, nbformat.writes(nb))

    def _list(self, path):
        docname = str(Path(path).with_suffix(""))
        if docname not in self.pages:
            self.pages.append(docname)
            self.write_contents()

    def forget(self, docname):
        """Take a page out of the contents, and its file away."""
        self.pages.remove(docname)
        for file in self.folder.glob(f"{docname}.*"):
            file.unlink()
        self.write_contents()

    def write_contents(self):
        first, *others = self.pages
        if not others:  # the theme cannot draw the menu of a single page
            self.write("another.md", "# Another page\n")
            others = ["another"]
        chapters = [{"file": page} for page in others]
        contents = {"format": "jb-book", "root": first, "chapters": chapters}
        self.write("_toc.yml", yaml.safe_dump(contents))

    def build(self, *options, **environment):
        """Run `jupyter-book build`; stdout holds everything it printed."""
        output = self.folder.with_name(self.folder.name + ".log")
        process = FORKS.Process(
            target=build,
            args=([*options, self.folder], {**os.environ, **environment}, output, TEMPLATES.name),
        )
        process.start()
        process.join(TIMEOUT)
        if process.is_alive():
            process.kill()
        return SimpleNamespace(returncode=process.exitcode, stdout=output.read_text())

    def built_with(self, directive):
        """The front page, and one in a folder that holds the directive, built."""
        self.page("index.md", "# Front page\n")
        self.page("chapters/page.md", f"# Page\n\n```{{{directive}}}\n```\n")
        built = self.build("-W", "--keep-going")
        assert built.returncode == 0, built.stdout
        return self.html("index"), self.html("chapters/page")

    def html(self, docname):
        """The built page, parsed."""
        path = self.folder / "_build" / "html" / f"{docname}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    @staticmethod
    def rows(table):
        """The texts of a table's cells, row by row, its head among them."""
        return [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]


def merged(old, new):
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
