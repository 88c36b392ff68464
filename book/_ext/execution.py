"""Execute the notebooks whose outputs are stale, in parallel, before MyST-NB reads them.

Alone, `jupyter-book build` runs notebooks one after the other, does not notice that a
helper or a library has changed, and forgets on the next run that a cell failed.
So this extension runs them first, and puts their outputs into the jupyter-cache where
MyST-NB looks right afterwards, each with the fingerprint of what it depends on.

Configuration values:

- `execution_jobs`: how many notebooks run at once (by default all of them, but no more
  than there are cores);
- `execution_depends`: the data that notebooks read, as `{docname pattern: [globs]}`,
  the globs from the book's root;
- `optional_libraries`: `{module: sentence}`. A notebook that imports one which is not
  installed is shown without outputs; the sentence says why.
"""

import asyncio
import json
import math
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sphinx.errors import SphinxError
from sphinx.util.matching import patmatch

from fingerprint import Dependencies
from kernels import execute, shares


class NotebookFailure(SphinxError):
    category = "Notebook failure"


@dataclass
class Notebook:
    docname: str
    path: Path
    nb: nbformat.NotebookNode
    settings: NbParserConfig  # MyST-NB's, with the notebook's own overrides
    key: str  # jupyter-cache's: a hash of the code cells
    fingerprint: dict  # of all else that the outputs depend on
    missing: dict  # required modules that are not installed: {module: importer}
    why: str = ""  # it has to be executed; empty if it has not


def bring_up_to_date(app):
    """Fill the cache, so that MyST-NB finds every notebook there and executes none."""
    env = app.env
    env.unavailable_notebooks, env.notebook_outputs = {}, {}
    if env.mystnb_config.execution_mode != "cache":
        return
    cache = get_cache(env.mystnb_config.execution_cache_path)
    console = Console(quiet=app.quiet, markup=False, highlight=False, soft_wrap=True)
    notebooks = list(find_notebooks(app, cache))
    stale, failures = sort_out(app, cache, notebooks)

    for docname, reason in env.unavailable_notebooks.items():
        console.print(f"{docname}: shown without outputs. {reason}")
    if stale:
        failures += asyncio.run(
            execute_all(stale, shares(app.config.execution_jobs, len(notebooks)), cache, console)
        )
    elif not failures:
        console.print(f"notebooks: {len(notebooks) - len(env.unavailable_notebooks)} up to date")
    if failures:
        raise NotebookFailure("\n".join(failures))

    drop_superseded(cache, notebooks)
    for notebook in notebooks:
        env.notebook_outputs[notebook.docname] = (
            env.unavailable_notebooks.get(notebook.docname)
            or find_record(cache, notebook).created.isoformat()
        )


def find_notebooks(app, cache):
    """Yield the notebooks that MyST-NB will look up in the cache."""
    app.env.find_files(app.config, app.builder)
    config = app.env.mystnb_config
    dependencies = Dependencies(app.srcdir)
    for docname in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(docname))
        if path.suffix != ".ipynb" or any(map(path.match, config.execution_excludepatterns)):
            continue
        try:
            nb = nbformat.read(path, as_version=4)
            settings = config.copy(**nb.metadata.get(config.metadata_key, {}))
        except Exception as error:
            raise NotebookFailure(f"{docname}.ipynb cannot be read: {error}") from error
        if settings.execution_mode != "cache":
            continue
        data = {
            file
            for pattern, globs in app.config.execution_depends.items()
            if patmatch(docname, pattern)
            for each in globs
            for file in Path(app.srcdir).glob(each)
        }
        fingerprint, missing = dependencies.of(nb, path, data)
        # Or a cached error would outlive the permission to fail.
        fingerprint["allow_errors"] = settings.execution_allow_errors
        key = cache.create_hashed_notebook(nb)[1]
        yield Notebook(docname, path, nb, settings, key, fingerprint, missing)


def sort_out(app, cache, notebooks):
    """Drop stale records; return the notebooks to execute, and the failures known already."""
    optional = app.config.optional_libraries
    stale, failures, owners = [], [], {}
    for notebook in notebooks:
        # Notebooks with the same code, such as translations, share one record.
        owner = owners.setdefault(notebook.key, notebook)
        if owner.fingerprint != notebook.fingerprint:
            failures.append(
                f"{notebook.docname}.ipynb has the same code as {owner.docname}.ipynb "
                "but other helpers or data, and the cache has room for one of them: "
                "add a comment to a cell"
            )
            continue
        record = find_record(cache, notebook)
        notebook.why = reason_to_execute(record, notebook.fingerprint)
        if record and notebook.why:
            cache.remove_cache(record.pk)
        required = [module for module in notebook.missing if module not in optional]
        if required:
            failures += [
                f"{notebook.docname}.ipynb imports {module}, which is not installed "
                f"(in {notebook.missing[module]}): pip install -r requirements.txt"
                for module in required
            ]
        elif notebook.missing:
            app.env.unavailable_notebooks[notebook.docname] = " ".join(
                optional[module] for module in sorted(notebook.missing)
            )
        elif notebook.why and owner is notebook:
            stale.append(notebook)
    return stale, failures


def find_record(cache, notebook):
    """The record that MyST-NB would show, or None."""
    try:
        record = cache.match_cache_notebook(notebook.nb)
        cache.get_cache_bundle(record.pk)  # KeyError too, where its file is lost
        return record
    except KeyError:
        return None


def reason_to_execute(record, fingerprint):
    """What has changed since the outputs in a record were computed; empty if nothing has."""
    if record is None:
        return "new or edited"
    before = record.data.get("fingerprint", {})
    changed = sorted(
        name for name in {**before, **fingerprint} if before.get(name) != fingerprint.get(name)
    )
    return ", ".join(changed[:3]) + (" and more" if changed[3:] else "")


def drop_superseded(cache, notebooks):
    """Remove the outputs of earlier versions of these notebooks."""
    keys, paths = {each.key for each in notebooks}, {str(each.path) for each in notebooks}
    for record in cache.list_cache_records():
        if record.uri in paths and record.hashkey not in keys:
            with suppress(KeyError):  # its file is lost
                cache.remove_cache(record.pk)


async def execute_all(stale, shares_of_cores, cache, console):
    """Execute notebooks, the longest first; cache those that end well, return the failures.

    A failure is printed in full when it happens, and returned as its first line.
    """
    durations_file = cache.path / "durations.json"
    durations = load(durations_file)
    stale.sort(key=lambda notebook: -durations.get(notebook.docname, math.inf))
    on_terminal = sys.stdout.isatty()
    live = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[at]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not on_terminal,
    )
    whole = live.add_task("notebooks", total=len(stale), at="")
    failures, ended = [], count(1)
    free = asyncio.Queue()  # cores that no kernel has
    for cores in shares_of_cores:
        free.put_nowait(cores)

    async def take_turn(notebook):
        cores = await free.get()
        if not on_terminal:
            console.print(f"{notebook.docname}: started ({notebook.why})")
        row = live.add_task(notebook.docname, total=len(notebook.nb.cells), at="")
        start = time.monotonic()
        failure = await execute(
            notebook.nb, notebook.path, notebook.settings, cores, show=partial(live.update, row)
        )
        seconds = time.monotonic() - start
        console.print(
            f"{notebook.docname}: {'FAILED' if failure else 'done'} after {seconds:.1f} s"
        )
        if failure:
            failure = f"{notebook.docname}.ipynb, {failure}"
            print(failure, file=sys.stderr, flush=True)
            failures.append(failure.splitlines()[0])
        else:
            cache.cache_notebook_bundle(
                CacheBundleIn(
                    notebook.nb,
                    str(notebook.path),
                    data={"execution_seconds": seconds, "fingerprint": notebook.fingerprint},
                ),
                check_validity=False,
                overwrite=True,
            )
            durations[notebook.docname] = seconds
            durations_file.write_text(json.dumps(durations))
        live.remove_task(row)
        live.update(whole, advance=1, at=f"{next(ended)} of {len(stale)}")
        free.put_nowait(cores)

    with live:
        await asyncio.gather(*map(take_turn, stale))
    return failures


def show_without_outputs(app, docname, source):
    """Keep MyST-NB from executing an unavailable notebook, or showing stored outputs."""
    if docname in app.env.unavailable_notebooks:
        nb = nbformat.reads(source[0], as_version=4)
        key = app.env.mystnb_config.metadata_key
        nb.metadata[key] = {**nb.metadata.get(key, {}), "execution_mode": "off"}
        # Without this, which a kernel would tell, a magic is wrong Python: a warning.
        nb.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        source[0] = nbformat.writes(nb)


def pages_to_read_again(app, env, added, changed, removed):
    """The notebooks whose pages show other outputs than those in the cache."""
    shown = load(shown_file(app))
    return {
        docname
        for docname, outputs in env.notebook_outputs.items()
        if shown.get(docname) != outputs
    } - added


def remember_shown(app, exception):
    """Not in Sphinx's environment, which is saved after a page is read: an interrupted
    build has not written it. (After an exception, Sphinx reads every page again.)
    """
    shown_file(app).write_text(json.dumps(app.env.notebook_outputs))


def shown_file(app):
    return Path(app.doctreedir, f"notebooks-{app.builder.name}.json")


def load(file):
    """What a JSON file says, or nothing if it is new or was cut short."""
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


def setup(app):
    app.add_config_value("execution_jobs", None, "", (int, type(None)))
    app.add_config_value("execution_depends", {}, "", (dict,))
    app.add_config_value("optional_libraries", {}, "", (dict,))
    # After MyST-NB's own handler (priority 500), which finds the cache.
    app.connect("builder-inited", bring_up_to_date, priority=600)
    app.connect("source-read", show_without_outputs)
    app.connect("env-get-outdated", pages_to_read_again)
    app.connect("build-finished", remember_shown)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
