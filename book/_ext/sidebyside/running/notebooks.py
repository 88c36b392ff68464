"""A book's notebooks: which are stale, and their execution, in parallel.

Outputs go into the jupyter-cache that `_config.yml` names, each with the fingerprint of
what it depends on. Of `_config.yml` these are read:

- `execute`: `cache`, `timeout`, `allow_errors`, `exclude_patterns`, as Jupyter Book has them;
- `execution_jobs` (below `sphinx: config:`, as the next two): how many notebooks run at
  once (by default all of them, but no more than there are cores);
- `execution_depends`: the data that notebooks read, as `{docname pattern: [globs]}`, the
  globs from the book's root;
- `optional_libraries`: `{module: sentence}`. A notebook that imports one which is not
  installed is shown without outputs; the sentence says why. By default, the declared
  libraries that not every platform has.

No Sphinx is needed here.
"""

import asyncio
import json
import math
import sys
import time
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from itertools import count
from pathlib import Path

import nbformat
import yaml
from myst_nb.core.config import NbParserConfig
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sphinx_external_toc.parsing import parse_toc_yaml

from dropout_book import frameworks
from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records.dependencies import Dependencies
from sidebyside.insides.jupyter_cache import Cache
from sidebyside.running import words
from sidebyside.running.kernels import execute, shares


class NotebookFailure(Exception):
    """Notebooks that cannot be executed, a line for each."""


@dataclass
class Notebook:
    docname: str
    path: Path
    nb: nbformat.NotebookNode
    settings: NbParserConfig  # MyST-NB's, with the notebook's own overrides
    key: str  # jupyter-cache's: a hash of the code cells
    fingerprint: dict  # of all else that the outputs depend on
    missing: dict  # required modules that are not installed: {module: importer}


@dataclass
class Survey:
    """What is to be done before the notebooks' outputs can be shown."""

    stale: dict = field(default_factory=dict)  # {docname: why it has to be executed}
    failures: list = field(default_factory=list)  # what cannot be executed, and why
    unavailable: dict = field(default_factory=dict)  # {docname: why it is shown without outputs}


def console(quiet=False):
    return Console(quiet=quiet, markup=False, highlight=False, soft_wrap=True)


def optional_libraries():
    """`{module: sentence}` for the declared libraries that not every platform has."""
    return {
        each.module: words.UNAVAILABLE.format(
            label=each.label, platforms=", ".join(each.platforms)
        )
        for each in FRAMEWORKS.values()
        if each.platforms
    }


class Book:
    """The notebooks that the `_toc.yml` in the folder `root` lists."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        config = yaml.safe_load((self.root / "_config.yml").read_text(encoding="utf-8"))
        execution = config.get("execute", {})
        own = config.get("sphinx", {}).get("config", {})
        self.cache = Cache(self.root / (execution.get("cache") or "_build/.jupyter_cache"))
        self.jobs = own.get("execution_jobs")
        self.depends = own.get("execution_depends", {})
        self.optional = own.get("optional_libraries", optional_libraries())
        self.excluded = execution.get("exclude_patterns", [])
        self.settings = NbParserConfig(
            execution_timeout=execution.get("timeout", 30),
            execution_allow_errors=execution.get("allow_errors", False),
        )
        self.notebooks = {each.docname: each for each in self.find()}

    def find(self):
        dependencies = Dependencies(self.root)
        for docname in sorted(parse_toc_yaml(self.root / "_toc.yml").keys()):
            path = self.root / f"{docname}.ipynb"
            if not path.exists() or any(map(path.match, self.excluded)):
                continue
            try:
                nb = nbformat.read(path, as_version=4)
                settings = self.settings.copy(**nb.metadata.get(self.settings.metadata_key, {}))
            except Exception as error:
                raise NotebookFailure(
                    words.UNREADABLE.format(docname=docname, error=error)
                ) from error
            data = {
                file
                for pattern, globs in self.depends.items()
                if fnmatch(docname, pattern)
                for each in globs
                for file in self.root.glob(each)
            }
            fingerprint, missing = dependencies.of(nb, path, data)
            declaration = dependencies.name(frameworks.__file__)
            if declaration in fingerprint and path.stem in FRAMEWORKS:
                # Of the declared libraries, only its own changes its outputs.
                fingerprint[declaration] = repr(FRAMEWORKS[path.stem])
            # Or a cached error would outlive the permission to fail.
            fingerprint["allow_errors"] = settings.execution_allow_errors
            yield Notebook(docname, path, nb, settings, self.cache.key(nb), fingerprint, missing)

    def survey(self):
        """What is stale, what cannot be executed, and what is shown without outputs."""
        found, owners = Survey(), {}
        for notebook in self.notebooks.values():
            # Notebooks with the same code, such as translations, share one record.
            owner = owners.setdefault(notebook.key, notebook)
            required = [module for module in notebook.missing if module not in self.optional]
            if owner.fingerprint != notebook.fingerprint:
                found.failures.append(
                    words.SAME_CODE.format(docname=notebook.docname, owner=owner.docname)
                )
            elif required:
                found.failures += [
                    words.NOT_INSTALLED.format(
                        docname=notebook.docname,
                        module=module,
                        importer=notebook.missing[module],
                    )
                    for module in required
                ]
            elif notebook.missing:
                found.unavailable[notebook.docname] = " ".join(
                    self.optional[module] for module in sorted(notebook.missing)
                )
            elif owner is notebook and (reason := self.why_stale(notebook)):
                found.stale[notebook.docname] = reason
        return found

    def why_stale(self, notebook):
        """What has changed since the outputs were computed; empty if nothing has."""
        record = self.cache.find(notebook.nb)
        if record is None:
            return words.NEW
        before = record.data.get("fingerprint", {})
        changed = sorted(
            name
            for name in {**before, **notebook.fingerprint}
            if before.get(name) != notebook.fingerprint.get(name)
        )
        return ", ".join(changed[:3]) + (words.AND_MORE if changed[3:] else "")

    def execute(self, console):
        """Execute what is stale; return the Survey that was made before it.

        Raises NotebookFailure with a line for each notebook that failed or cannot be executed.
        """
        survey = self.survey()
        for docname, reason in survey.unavailable.items():
            console.print(words.SHOWN_WITHOUT_OUTPUTS.format(docname=docname, reason=reason))
        for docname, notebook in self.notebooks.items():
            if docname in survey.stale or docname in survey.unavailable:
                if record := self.cache.find(notebook.nb):
                    self.cache.drop(record)
        if survey.stale:
            survey.failures += asyncio.run(self.execute_all(survey.stale, console))
        elif not survey.failures:
            number = len(self.notebooks) - len(survey.unavailable)
            console.print(words.UP_TO_DATE.format(number=number))
        if survey.failures:
            raise NotebookFailure("\n".join(survey.failures))
        self.drop_superseded()
        return survey

    def drop_superseded(self):
        """Remove the outputs of earlier versions of these notebooks."""
        keys = {each.key for each in self.notebooks.values()}
        paths = {str(each.path) for each in self.notebooks.values()}
        for record in self.cache.records():
            if record.uri in paths and record.hashkey not in keys:
                self.cache.drop(record)

    async def execute_all(self, stale, console):
        """Execute notebooks, the longest first; cache those that end well, return the failures.

        A failure is printed in full when it happens, and returned as its first line.
        """
        durations_file = self.cache.path / "durations.json"
        durations = load(durations_file)
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
        whole = live.add_task(words.WHOLE, total=len(stale), at="")
        failures, ended = [], count(1)
        free = asyncio.Queue()  # cores that no kernel has
        for cores in shares(self.jobs, len(self.notebooks)):
            free.put_nowait(cores)

        async def take_turn(docname):
            notebook = self.notebooks[docname]
            cores = await free.get()
            if not on_terminal:
                console.print(words.STARTED.format(docname=docname, reason=stale[docname]))
            row = live.add_task(docname, total=len(notebook.nb.cells), at="")
            start = time.monotonic()
            failure = await execute(
                notebook.nb, notebook.path, notebook.settings, cores, partial(live.update, row)
            )
            seconds = time.monotonic() - start
            ending = words.FAILED if failure else words.DONE
            console.print(ending.format(docname=docname, seconds=seconds))
            if failure:
                failure = f"{docname}.ipynb, {failure}"
                print(failure, file=sys.stderr, flush=True)
                failures.append(failure.splitlines()[0])
            else:
                data = {"execution_seconds": seconds, "fingerprint": notebook.fingerprint}
                self.cache.keep(notebook.nb, notebook.path, data)
                durations[docname] = seconds
                durations_file.write_text(json.dumps(durations))
            live.remove_task(row)
            live.update(whole, advance=1, at=words.ENDED.format(ended=next(ended), all=len(stale)))
            free.put_nowait(cores)

        with live:
            order = sorted(stale, key=lambda docname: -durations.get(docname, math.inf))
            await asyncio.gather(*map(take_turn, order))
        return failures


def load(file):
    """What a JSON file says, or nothing if it is new or was cut short."""
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
