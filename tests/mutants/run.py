"""Would the tests notice? `make mutants`: one mistake at a time, in every notebook.

Each mistake of mutants.yml is put into each notebook in which it can be made, and the
tests of tests/dropout run on that notebook until one of them fails. If none does, the
mistake survived, and a test is missing. The notebooks as they stand are tested first,
all tests to the end.

Every file of tests runs in a process of its own, so that a mistake meets a test in the
same state as the unchanged notebook did. The process is forked from one that has
imported the library and used it for nothing: it need not be imported a thousand times.

What happened is written to record.json, which the book shows; a test fails when what it
depends on has changed since. Frameworks may be named: then only their part of the record
is made anew. With `--cell`, for a quick look, only mistakes in that cell are made and
nothing is written:

    make mutants ONLY="pytorch jax --cell training-loop"
"""

import argparse
import ast
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager

from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records import record
from installed import INSTALLED
from parallel_notebooks import TAGS, read, sources

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
RECORD = FOLDER / "record.json"
REPORT = "report.xml"  # beside the notebooks that were tested
# All but test_band.py, which judges what the last build left.
TESTS = [
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "tests" / "dropout").glob("test_*.py"))
    if path.stem != "test_band"
]
# Those that a mistake in a cell is likely to meet come first. That decides how long the
# run takes, and which test it names, not whether the mistake is caught.
FIRST = {
    "dropout-layer": ["statistics", "properties", "gradient"],
    "data": ["models"],
    "mlp-scratch": ["models", "training_loop"],
    "training-loop": ["equivalence", "training_loop"],
    "mlp-concise": ["models", "training_loop"],
    "train-concise": ["repeatable"],
    "setup": ["repeatable"],
}
ONLY_NUMPY = "tests/derivation/test_reference.py"  # its gradients are written by hand


@dataclass
class Mutant:
    """A mistake that a framework's notebook can make."""

    framework: str
    mistake: str
    cells: list
    change: dict  # {what stands in the cells: what stands there instead}

    def sources(self):
        """`{tag: source}` of the notebook's code cells, with the mistake."""
        cells = sources(self.framework)
        pattern = re.compile("|".join(map(re.escape, self.change)))
        missing = [old for old in self.change if not any(old in cells[tag] for tag in self.cells)]
        if missing:
            raise ValueError(
                f"{self.framework}.ipynb, {self.mistake!r}: the cells "
                f"{', '.join(self.cells)} do not hold {missing}"
            )
        for tag in self.cells:
            cells[tag] = pattern.sub(lambda match: self.change[match[0]], cells[tag])
        return cells

    def write(self, folder):
        """The notebook with the mistake, beside copies of the others, for the tests."""
        shutil.copytree(ROOT / "notebooks" / "dropout", folder / "dropout")
        nb, cells = read(self.framework), self.sources()
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = cells[cell.metadata.tags[0]]
        nbformat.write(nb, folder / "dropout" / f"{self.framework}.ipynb")

    def tests(self):
        own = [ONLY_NUMPY] if self.framework == "numpy" else []
        first = [f"tests/dropout/test_{name}.py" for name in FIRST[self.cells[-1]]]
        return list(dict.fromkeys([*own, *first, *TESTS]))


def mistakes():
    """Those of mutants.yml, as they stand there."""
    return yaml.safe_load((FOLDER / "mutants.yml").read_text(encoding="utf-8"))


def mutants_of(mistake):
    """The mistake, in each notebook in which it can be made."""
    cells = mistake["cell"] if isinstance(mistake["cell"], list) else [mistake["cell"]]
    change = dict(mistake["change"])
    for_all = change.pop("all", None)
    unknown = set(change) - set(FRAMEWORKS) | set(cells) - set(TAGS)
    if unknown:
        raise ValueError(
            f"{mistake['mistake']!r} names {sorted(unknown)}; frameworks are "
            f"{list(FRAMEWORKS)}, cells are {TAGS}"
        )
    return [
        Mutant(framework, mistake["mistake"], cells, change.get(framework, for_all))
        for framework in FRAMEWORKS
        if change.get(framework, for_all)
    ]


def mutants_in(framework, cell=None):
    """`(number of the mistake, Mutant)` of a framework's notebook, or of one cell of it."""
    return [
        (number, mutant)
        for number, mistake in enumerate(mistakes())
        for mutant in mutants_of(mistake)
        if mutant.framework == framework and cell in (None, *mutant.cells)
    ]


def what_decides(framework):
    """The names of all that decides what the framework's run finds, as a record has them."""
    declared, pins = FRAMEWORKS[framework], record.pins(ROOT)
    return {
        f"notebooks/dropout/{framework}.ipynb",
        "notebooks/dropout/numpy.ipynb",  # the reference of all
        "tests/dropout/*.py",
        f"tests/mutants/mutants.yml#{framework}",
        "tests/parallel_notebooks.py",
        *(f"dropout_book/{name}.py" for name in ("cells", "data", "history", "weights")),
        *(
            f"pin {name}"
            for name in ("numpy", declared.distribution, declared.module)
            if name in pins
        ),
        *([ONLY_NUMPY] if framework == "numpy" else []),
    }


def import_library(framework):
    """What a run of the tests imports, as the notebook's set-up cell does."""
    os.environ.update(MPLBACKEND="agg", TF_CPP_MIN_LOG_LEVEL="2", MKL_DEBUG_CPU_TYPE="5")
    import numpy

    numpy.bool = bool  # MXNet wants a name that NumPy dropped
    setup = ast.parse(TransformerManager().transform_cell(sources(framework)["setup"]))
    setup.body = [node for node in setup.body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(setup, "imports", "exec"))
    import_module("adapters")


def run_tests(framework, test, notebooks, *options):
    """Run a file of tests on the notebooks of that folder, and leave a JUnit report there."""
    # For this process, and for those that a test starts.
    import_module("parallel_notebooks").NOTEBOOKS = notebooks
    os.environ["NOTEBOOKS"] = str(notebooks)
    os.chdir(ROOT)
    options += (test, f"--junitxml={notebooks / REPORT}")
    if test != ONLY_NUMPY:
        options += (f"--framework={framework}",)
    with redirect_stdout(StringIO()) as output:
        code = pytest.main(["-q", "-p", "no:cacheprovider", *options])
    if code not in (0, 1):  # neither passed nor failed
        raise RuntimeError(f"pytest did not run:\n{output.getvalue()}")


def tested(framework, test, notebooks, *options):
    """The report of `run_tests` in a process of its own.

    It is forked by this thread: PaddlePaddle's eager mode belongs to the thread that
    imported it.
    """
    fork = multiprocessing.get_context("fork").Pool(1)
    fork.apply(run_tests, [framework, test, notebooks, *options])
    fork.close()
    fork.join()
    return ElementTree.parse(notebooks / REPORT)


def first_failure(report):
    """`file::test` of the first test that failed, or None."""
    for case in report.iter("testcase"):
        for failure in [*case.iter("failure"), *case.iter("error")]:
            if "def notebook(framework)" in failure.text:
                raise RuntimeError(f"the notebook itself did not run:\n{failure.text}")
            return f"{case.get('classname').split('.')[-1]}.py::{case.get('name')}"
    return None


def try_unchanged(framework):
    """All tests of the notebook as it stands: how many, and the errors they report."""
    count, failed, errors = 0, None, {}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "notebooks" / "dropout", Path(folder, "dropout"))
        for test in TESTS + [ONLY_NUMPY] * (framework == "numpy"):
            report = tested(framework, test, Path(folder))
            failed = failed or first_failure(report)
            for case in report.iter("testcase"):
                count += 1
                properties = {
                    each.get("name"): float(each.get("value")) for each in case.iter("property")
                }
                if "largest_error" in properties:
                    errors[case.get("name")] = properties
    return {"tests": count, "failed": failed, "errors": errors}


def try_mutant(mutant):
    """The first test that notices, or None."""
    with tempfile.TemporaryDirectory() as folder:
        mutant.write(Path(folder))
        for test in mutant.tests():
            if noticed := first_failure(tested(mutant.framework, test, Path(folder), "-x")):
                return noticed
    return None


def try_framework(framework, cell=None):
    """What becomes of the unchanged notebook and of its mutants: what a record holds."""
    depends, start = record.digests(ROOT, what_decides(framework)), time.monotonic()
    mutants = mutants_in(framework, cell)
    for _, mutant in mutants:
        mutant.sources()  # a change that cannot be made is an error at once
    import_library(framework)
    unchanged, tried = try_unchanged(framework), []
    print(
        f"{framework}, unchanged: {unchanged['tests']} tests, "
        f"{unchanged['failed'] or 'none'} failed",
        flush=True,
    )
    for number, mutant in mutants:
        noticed_by = try_mutant(mutant)
        print(
            f"{framework}, {mutant.cells[-1]}: {mutant.mistake}: {noticed_by or 'SURVIVED'}",
            flush=True,
        )
        tried.append(
            {
                "number": number,
                "cell": mutant.cells[-1],
                "mistake": mutant.mistake,
                "published": mistakes()[number].get("published"),
                "noticed_by": noticed_by,
            }
        )
    return {
        "data": {"unchanged": unchanged, "mutants": tried},
        "depends": depends,
        "minutes": round((time.monotonic() - start) / 60, 1),
        "version": version(FRAMEWORKS[framework].distribution),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frameworks", nargs="*", help="default: all")
    parser.add_argument("--cell", choices=TAGS, help="only mistakes in this cell")
    arguments = parser.parse_args()
    chosen = arguments.frameworks or list(FRAMEWORKS)
    if not set(chosen) <= set(INSTALLED):
        parser.error(f"{', '.join(chosen)}: installed are {', '.join(INSTALLED)}")

    start, parts = time.monotonic(), {}
    with ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        runs = {
            pool.submit(try_framework, framework, arguments.cell): framework
            for framework in chosen
        }
        for run in as_completed(runs):
            parts[runs[run]] = run.result()
            if arguments.cell is None:
                record.write(
                    RECORD,
                    by=f"make mutants ONLY={runs[run]}",
                    part=runs[run],
                    **parts[runs[run]],
                )

    tried = [each for part in parts.values() for each in part["data"]["mutants"]]
    survived = [each for each in tried if each["noticed_by"] is None]
    failed = [
        framework for framework, part in parts.items() if part["data"]["unchanged"]["failed"]
    ]
    print(
        f"{len(tried)} mutants of {len({each['number'] for each in tried})} kinds, "
        f"{len(survived)} survived; of {len(parts)} unchanged notebooks, {len(failed)} failed; "
        f"{(time.monotonic() - start) / 60:.1f} minutes"
    )
    return bool(survived or failed)


if __name__ == "__main__":
    sys.exit(main())
