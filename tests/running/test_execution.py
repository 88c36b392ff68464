"""Notebooks are executed when, and only when, their outputs are stale."""

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import click
import nbformat
import pytest
import yaml
from jupyter_cache import get_cache

from sidebyside.running import kernels, notebooks

PATIENCE = 120  # seconds; a busy machine is no finding

# The first line of each notebook leaves a trace of its execution.
TRACE = "import os; open(os.environ['TRACE'], 'a').write({name!r} + chr(10))\n"


@pytest.fixture
def book(scratch_book, tmp_path, monkeypatch):
    """`book(**config)`: a scratch book whose notebooks leave a trace when they run."""
    trace = tmp_path / "trace"
    monkeypatch.setenv("TRACE", str(trace))

    def executed():
        """The notebooks executed since this was last asked, sorted."""
        names = sorted(trace.read_text().split()) if trace.exists() else []
        trace.unlink(missing_ok=True)
        return names

    def make(**config):
        book = scratch_book(**config)
        book.executed = executed
        book.page("index.md", "# Front page\n")
        return book

    return make


def traced(book, name, source, tag="work"):
    """A notebook of one traced cell."""
    return book.notebook(f"{name}.ipynb", [(tag, TRACE.format(name=name) + source)])


def configure(book, section, **values):
    path = book.folder / "_config.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config[section].update(values)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


def outputs(book, docname):
    return " ".join(e.get_text() for e in book.html(docname).select(".cell_output"))


def succeeds(run):
    assert run.returncode == 0, run.stdout
    return run.stdout


def test_executes_once_and_caches(book):
    book = book(execution_jobs=1)
    configure(book, "execute", exclude_patterns=["*/shown_as_is.ipynb"])
    source = "!true\nprint(6 * 7)"  # the ! makes it IPython, not Python
    traced(book, "a", source)
    book.notebook(
        "same_code.ipynb", [("work", TRACE.format(name="a") + source)], title="Other words"
    )
    traced(
        book,
        "folder/b",
        "import sys\nprint(sys.prefix, os.getcwd(), os.sched_getaffinity(0), sep=chr(10))",
    )
    book.notebook("error.ipynb", [("raises-exception", "1 / 0")])
    traced(book, "shown_as_is", "print('never')")
    # Somebody else's kernel of the same name, and a notebook that no page lists.
    book.write(
        "jupyter/kernels/python3/kernel.json",
        '{"argv": ["false"], "display_name": "Other", "language": "python"}',
    )
    (book.folder / "unlisted.ipynb").write_text((book.folder / "a.ipynb").read_text())

    log = succeeds(book.build("-W", JUPYTER_PATH=str(book.folder / "jupyter")))
    assert book.executed() == ["a", "folder/b"]
    assert "Executing notebook" not in log  # as MyST-NB would say
    assert outputs(book, "a").strip() == outputs(book, "same_code").strip() == "42"
    assert outputs(book, "folder/b").strip().splitlines() == [
        sys.prefix,
        f"{book.folder / 'folder'}",
        str(os.sched_getaffinity(0)),
    ]
    assert "ZeroDivisionError" in outputs(book, "error")
    assert outputs(book, "shown_as_is") == ""

    assert "notebooks: 4 up to date" in succeeds(book.build("-W"))
    book.page("index.md", "# Another front page\n")
    succeeds(book.build("-W"))
    assert book.executed() == []
    assert "Another" in book.html("index").text


def test_helper_re_executes_its_users_only(book):
    book = book()
    book.write("helpers/pkg/__init__.py", "")
    book.write("helpers/pkg/shared.py", "value = 'old'")
    book.write("helpers/pkg/mod.py", "from .shared import value")
    book.write("helpers/pkg/plots.py", "value = 'plots'")
    path = str(book.folder / "helpers")
    traced(book, "direct", "import pkg.shared; print(pkg.shared.value)")
    traced(book, "transitive", "from pkg import mod; print(mod.value)")
    traced(book, "other", "from pkg.plots import value; print(value)")
    succeeds(book.build(PYTHONPATH=path))
    assert book.executed() == ["direct", "other", "transitive"]

    book.write("helpers/pkg/shared.py", "value = 'new'")
    log = succeeds(book.build(PYTHONPATH=path))
    assert book.executed() == ["direct", "transitive"]
    assert "helpers/pkg/shared.py" in log  # it says why
    assert outputs(book, "direct").strip() == "new"
    assert outputs(book, "transitive").strip() == "new"


def test_version_or_data_re_executes_its_users_only(book, tmp_path):
    book = book(execution_depends={"readers/*": ["data/*.csv"]})
    site = tmp_path / "site-packages"
    book.write(site / "fakelib.py", "")
    info = book.write(
        site / "fakelib.dist-info/METADATA", "Metadata-Version: 2.1\nName: fakelib\nVersion: 1.0\n"
    )
    book.write(info.parent / "top_level.txt", "fakelib\n")
    book.write("data/table.csv", "1")
    traced(
        book,
        "user",
        "import fakelib; from importlib.metadata import version\nprint(version('fakelib'))",
    )
    traced(book, "readers/reader", "print(open('../data/table.csv').read())")
    succeeds(book.build(PYTHONPATH=str(site)))
    assert book.executed() == ["readers/reader", "user"]

    info.write_text(info.read_text().replace("1.0", "1.1"))
    succeeds(book.build(PYTHONPATH=str(site)))
    assert book.executed() == ["user"]
    assert outputs(book, "user").strip() == "1.1"

    book.write("data/table.csv", "2")
    succeeds(book.build(PYTHONPATH=str(site)))
    assert book.executed() == ["readers/reader"]
    assert outputs(book, "readers/reader").strip() == "2"


def test_failures_fail_every_build(book):
    book = book()
    configure(book, "execute", timeout=6)
    good = "import helper; print(helper.value)"
    book.write("helper.py", "value = 'fine'")
    traced(book, "well", good)
    traced(book, "raising", "def f():\n    return 1 / 0\nf()", tag="bad-cell")
    # What a library writes on its way out goes past Python.
    traced(
        book,
        "killed",
        "import sys; os.write(sys.__stderr__.fileno(), b'its last words\\n')\n"
        "os.kill(os.getpid(), 9)",
    )
    traced(book, "slow", "import time; time.sleep(300)")
    traced(book, "absent", "import no_such_module")
    book.write("x/helper.py", "value = 'fine'")
    book.notebook("x/well.ipynb", [("work", TRACE.format(name="well") + good)])

    broken = ["killed", "raising", "slow"]
    for options, executed in [
        (("-W", "--keep-going"), [*broken, "well"]),
        (("-W", "--keep-going"), broken),  # well, done, is kept
        ((), broken),
    ]:
        run = book.build(*options)
        assert run.returncode != 0
        assert book.executed() == executed
        message = run.stdout.partition("Notebook failure:")[2]
        assert "raising.ipynb, cell 2 of 2 (bad-cell): ZeroDivisionError: division" in message
        assert "killed.ipynb, cell 2 of 2 (work): the kernel died (signal 9)" in message
        assert "(signal 9)\nits last words" in run.stdout
        assert "slow.ipynb, cell 2 of 2 (work): timeout, it ran for more than 6 s" in message
        assert "absent.ipynb imports no_such_module, which is not installed" in message
        assert "x/well.ipynb has the same code as well.ipynb" in message
        assert "well.ipynb, " not in message
        assert re.search(r"^----> \d     return 1 / 0$", run.stdout, re.M), run.stdout

    mended = sorted(["absent", "x/well", *broken])
    for name in mended:
        traced(book, name, good)
    succeeds(book.build("-W", "--keep-going"))
    assert book.executed() == mended
    for name in ["well", *mended]:
        assert outputs(book, name).strip() == "fine"


def test_permission_to_fail_ends(book):
    """MyST-NB's settings for one notebook are no part of jupyter-cache's key."""
    book = book()
    path = traced(book, "nb", "1 / 0")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["mystnb"] = {"execution_allow_errors": True}
    nbformat.write(notebook, path)
    succeeds(book.build("-W"))
    assert "ZeroDivisionError" in outputs(book, "nb")

    traced(book, "nb", "1 / 0")
    run = book.build()
    assert run.returncode != 0 and "ZeroDivisionError" in run.stdout
    path.write_text("{")
    run = book.build()
    assert run.returncode != 0 and "nb.ipynb cannot be read: " in run.stdout


def test_page_is_read_again_after_an_interrupted_build(book):
    """Its notebook is up to date by then, and so is Sphinx's environment."""
    book = book()
    book.write("helper.py", "value = 'old'")
    traced(book, "nb", "import helper; print(helper.value)")
    succeeds(book.build())
    assert outputs(book, "nb").strip() == "old"

    book.write("helper.py", "value = 'new'")
    configure(
        book,
        "sphinx",
        local_extensions={"interrupt": str(book.folder)},
    )
    book.write(
        "interrupt.py",
        """\
import os
def interrupt(app, *args):
    if "INTERRUPT" in os.environ:
        raise KeyboardInterrupt
def setup(app):
    app.connect("html-page-context", interrupt)
""",
    )
    assert book.build(INTERRUPT="1").returncode != 0
    assert outputs(book, "nb").strip() == "old"
    succeeds(book.build())
    assert book.executed() == ["nb", "nb"]
    assert outputs(book, "nb").strip() == "new"


def test_missing_optional_library(book, tmp_path):
    book = book(optional_libraries={"rarelib": "RareLib has no wheel for this machine."})
    path = traced(book, "rare", "import rarelib; print('rare output')\n!true")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="stored by mistake")]
    nbformat.write(notebook, path)
    guarded = "try:\n    import rarelib\nexcept ImportError:\n    print('without')"
    traced(book, "guarded", guarded)
    log = succeeds(book.build("-W"))
    assert book.executed() == ["guarded"]
    assert "rare: shown without outputs. RareLib has no wheel for this machine." in log
    assert "import rarelib" in book.html("rare").text
    assert outputs(book, "rare") == ""
    assert "without" in outputs(book, "guarded")

    book.write(tmp_path / "lib/rarelib.py", "")
    traced(book, "guarded", guarded + " # edited")
    succeeds(book.build("-W", PYTHONPATH=str(tmp_path / "lib")))
    assert book.executed() == ["guarded", "rare"]
    assert "rare output" in outputs(book, "rare")
    assert outputs(book, "guarded") == ""

    succeeds(book.build("-W"))
    assert book.executed() == ["guarded"]
    assert outputs(book, "rare") == ""
    records = get_cache(book.folder / "_build" / ".jupyter_cache").list_cache_records()
    assert [Path(record.uri).name for record in records] == ["guarded.ipynb"]


WAIT_FOR_EACH_OTHER = """\
import os, pathlib, time
meet = pathlib.Path("{meet}"); meet.mkdir(exist_ok=True)
(meet / "{name}").touch()
while len(list(meet.iterdir())) < 2:
    time.sleep(0.05)
tasks = os.listdir("/proc/self/task")
print("cores", sorted(set().union(*(os.sched_getaffinity(int(task)) for task in tasks))))
print("threads", *(os.environ[name] for name in {threads}), os.environ["TQDM_DISABLE"])
"""


def test_two_at_once_on_different_cores(book):
    assert len(os.sched_getaffinity(0)) >= 2, "this test needs two cores"
    book = book(execution_jobs=2)
    threads = [
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ]
    for name in ["a", "b"]:
        traced(book, name, WAIT_FOR_EACH_OTHER.format(name=name, meet="meet", threads=threads))
    succeeds(book.build())
    share = len(os.sched_getaffinity(0)) // 2
    cores = {}
    for name in ["a", "b"]:
        found = re.search(r"cores \[([\d, ]+)\]\s+threads ([\d ]+)", outputs(book, name))
        cores[name] = set(found[1].split(", "))
        assert len(cores[name]) == share
        assert found[2].split() == [str(share)] * 5 + ["1"]
    assert cores["a"].isdisjoint(cores["b"])


def command(book):
    return [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book.folder)]


def test_interrupt_leaves_no_kernel(book):
    book = book(execution_jobs=2)
    for name in ["a", "b"]:
        traced(
            book,
            name,
            f"open('{name}.pid', 'w').write(str(os.getpid()) + chr(10))\n"
            "import time; time.sleep(300)",
        )
    files = [book.folder / "a.pid", book.folder / "b.pid"]
    build = subprocess.Popen(command(book), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until(lambda: all(file.exists() and file.read_text().endswith("\n") for file in files))
    assert b"a: started (new or edited)\n" in os.read(build.stdout.fileno(), 100_000)
    build.send_signal(signal.SIGINT)
    log, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode != 0
    assert b"Interrupted!" in log
    for file in files:
        with pytest.raises(ProcessLookupError):
            os.kill(int(file.read_text()), 0)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_live_display_on_a_terminal(book):
    book = book()
    traced(book, "long", "import time; time.sleep(3)", tag="training")
    screen, terminal = pty.openpty()
    build = subprocess.Popen(
        command(book),
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(terminal)
    shown = b""
    with open(screen, "rb", buffering=0) as stream:
        while chunk := read(stream):
            shown += chunk
    assert build.wait() == 0
    shown = click.unstyle(shown.decode())
    assert re.search(r"^long .* cell 2 of 2 \(training\) 0:00:0[1-3]", shown, re.M)
    assert re.search(r"notebooks .* 1 of 1 ", shown)
    assert "long: done after" in shown


def read(stream):
    try:
        return stream.read(4096)
    except OSError:  # the terminal's other end is closed
        return b""


# Without a book


@pytest.mark.parametrize(
    "cores, jobs, notebooks, shares",
    [
        (2, None, 6, [{0}, {1}]),
        (4, 2, 6, [{0, 1}, {2, 3}]),
        (5, 2, 6, [{0, 1}, {2, 3}]),
        (2, 3, 6, [{0}, {1}, {0}]),
        (4, 1, 6, [{0, 1, 2, 3}]),
        (4, None, 2, [{0, 1}, {2, 3}]),
        (4, None, 0, [{0, 1, 2, 3}]),
    ],
)
def test_shares(monkeypatch, cores, jobs, notebooks, shares):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    assert kernels.shares(jobs, notebooks) == shares


@pytest.fixture
def execute_all(monkeypatch, tmp_path):
    """`execute_all(names, jobs)` with a stand-in for kernels; returns what it did."""

    def execute_all(names, jobs):
        did = SimpleNamespace(started=[], running=[], most=0)

        async def execute(nb, path, settings, cores, show):
            did.started.append(path)
            did.running.append(cores)
            did.most = max(did.most, len(did.running))
            for _ in range(5):
                await asyncio.sleep(0)
            did.running.remove(cores)
            return "it failed\nin some way"

        monkeypatch.setattr(notebooks, "execute", execute)
        monkeypatch.setattr(notebooks, "shares", lambda jobs, number: [{0}] * jobs)
        book = notebooks.Book.__new__(notebooks.Book)
        book.jobs, book.cache = jobs, SimpleNamespace(path=tmp_path)
        book.notebooks = {
            name: SimpleNamespace(path=name, settings=None, nb=nbformat.v4.new_notebook())
            for name in names
        }
        stale = dict.fromkeys(names, "")
        did.failures = asyncio.run(book.execute_all(stale, notebooks.console()))
        return did

    return execute_all


def test_longest_first(execute_all, tmp_path):
    (tmp_path / "durations.json").write_text('{"short": 1, "long": 9, "middle": 5}')
    did = execute_all(["short", "long", "unknown", "middle"], 1)
    assert did.started == ["unknown", "long", "middle", "short"]


@pytest.mark.parametrize("jobs, most", [(1, 1), (2, 2), (3, 3), (9, 7)])
def test_never_more_at_once_than_jobs(execute_all, jobs, most):
    did = execute_all("abcdefg", jobs)
    assert did.most == most
    assert sorted(did.failures) == [f"{name}.ipynb, it failed" for name in "abcdefg"]


def test_durations_cut_short(execute_all, tmp_path):
    (tmp_path / "durations.json").write_text('{"short": ')
    assert execute_all("ab", 1).started == ["a", "b"]
