"""How long does building the book take, and how long would Jupyter Book alone take?

Two copies of the sources are built: one as it is; in the other Jupyter Book executes the
notebooks itself, one after the other, its own way. Each is built from nothing, then once
more, then after one thing was edited. The two take turns, so that what disturbs the
machine disturbs both. Run it on an idle machine; it takes half an hour:

    make bench-builds

It prints seconds and how many notebooks were executed, and writes build.json, which the
book shows.
"""

import datetime
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache

from benchmarks.run import machine, table
from dropout_book.records import record

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_name("build.json")
# The notebooks and helpers change all the time, and the ratios hardly.
DEPENDS = ["pin jupyter-book", "pin jupyter-cache", "pin myst-nb"]

OURS, PLAIN = "this book", "Jupyter Book alone"


def execute_as_jupyter_book_does(folder):
    """Without the extension that finds what is stale and executes it in parallel."""
    file = folder / "_config.yml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    config["sphinx"]["config"]["execution_is_ours"] = False
    file.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def edit_page(folder):
    with open(folder / "book" / "derivation.md", "a", encoding="utf-8") as page:
        page.write("\nOne sentence more.\n")


def edit_notebook(folder):
    path = folder / "notebooks" / "dropout" / "pytorch.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").source += "\n# Edited."
    nbformat.write(notebook, path)


def edit_helper(folder):
    with open(folder / "dropout_book" / "textbook.py", "a", encoding="utf-8") as helper:
        helper.write("\nEDITED = True\n")


STEPS = {
    "from nothing": None,
    "nothing edited": None,
    "a page edited": edit_page,
    "a notebook edited": edit_notebook,
    "a helper of five notebooks edited": edit_helper,
}


def copy_sources(folder):
    """What git has, or would have."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for file in filter(None, files):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)


def build(folder):
    """`{"wall": seconds, "cpu": seconds, "executed": how many notebooks}`."""
    cache = folder / "_build" / ".jupyter_cache"
    begun = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "--keep-going", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"The build in {folder} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    records = get_cache(cache).list_cache_records()
    return {
        "wall": wall,
        "cpu": (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime),
        "executed": sum(record.created >= begun for record in records),
    }


def main():
    measured = {OURS: {}, PLAIN: {}}
    with tempfile.TemporaryDirectory() as temporary:
        folders = {
            which: Path(temporary, name) for which, name in [(OURS, "ours"), (PLAIN, "plain")]
        }
        for folder in folders.values():
            folder.mkdir()
            copy_sources(folder)
        execute_as_jupyter_book_does(folders[PLAIN])
        for step, edit in STEPS.items():
            for which, folder in folders.items():
                if edit:
                    edit(folder)
                measured[which][step] = used = build(folder)
                print(
                    f"{step}, {which}: {used['wall']:.1f} s, CPU {used['cpu']:.1f} s, "
                    f"{used['executed']} notebooks executed",
                    file=sys.stderr,
                    flush=True,
                )
    depends = record.digests(ROOT, DEPENDS)
    record.write(RECORD, measured, depends, by="make bench-builds", **machine())
    print(
        table(
            ["wall seconds (notebooks executed)", *measured],
            [
                [
                    step,
                    *(
                        f"{builds[step]['wall']:.1f} ({builds[step]['executed']})"
                        for builds in measured.values()
                    ),
                ]
                for step in STEPS
            ],
        )
    )


if __name__ == "__main__":
    main()
