"""Launch a notebook: alone in an empty folder, in a new environment that holds what its
host has, with nothing but its own first cell to install the rest."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbclient.util import run_sync
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import address
from launch.hosts import HOSTS, ROOT, make_host, publish, variables_of

TIMEOUT = 1800  # seconds for a cell; the first one may download gigabytes

# Said by a first cell that replaced what the host had already loaded.
RESTART = "Restart the session"

INSPECT = """
import json
from importlib.metadata import distributions
print(json.dumps({each.name: each.version for each in distributions()}))
"""
WHERE = """
import dropout_book
from importlib.metadata import distribution
print(dropout_book.__file__)
print(distribution("dropout-book").read_text("direct_url.json"))
"""


@dataclass(frozen=True)
class Case:
    framework: str
    host: str
    topic: str = "dropout"

    def __str__(self):
        return f"{self.topic}/{self.framework} on {self.host}"

    @property
    def path(self):
        return f"notebooks/{self.topic}/{self.framework}.ipynb"

    @property
    def packages(self):
        """What the host has, as pip is to install it."""
        listed = HOSTS[self.host]["packages"]
        by_name = {
            Requirement(each).name: each
            for each in [*listed["all"], *listed.get(self.framework, [])]
        }
        return list(by_name.values())


@dataclass
class Launched:
    """A notebook after its launch, with its outputs, and what the launch left behind."""

    case: Case
    environment: Path
    published: str  # the commit that was there to install
    epochs: int = None  # of a shorter training than the notebook's own
    clone: Path = None  # if the host has the whole repository
    nb: nbformat.NotebookNode = None
    failure: CellExecutionError = None  # if a cell failed
    restarts: int = 0
    seconds_before: float = 0  # the restart
    memory: int = None  # MB, the most that the kernel held; Linux tells
    before: dict = field(default_factory=dict)  # {package: version}
    after: dict = field(default_factory=dict)
    installed_at: Path = None  # dropout_book, as the notebook imported it
    installed_from: dict = None
    conflicts: str = ""  # what `pip check` says

    @property
    def replaced(self):
        """`{package: (version before, version after)}`, None if it is gone."""
        return {
            name: (version, self.after.get(name))
            for name, version in self.before.items()
            if self.after.get(name) != version
        }

    @property
    def seconds(self):
        """Of the first cell, which installs, in both sessions, and of all the others."""
        first, *others = [
            seconds_of(cell) for cell in self.nb.cells if "execution" in cell.metadata
        ]
        return self.seconds_before + first, sum(others)


def seconds_of(cell):
    begin, end = (
        datetime.fromisoformat(cell.metadata.execution[event].replace("Z", "+00:00"))
        for event in ("iopub.execute_input", "shell.execute_reply")
    )
    return (end - begin).total_seconds()


@contextmanager
def launched(case, python=sys.executable, threads=None, epochs=None):
    """Launch a notebook on a host; yields what came of it, and cleans up.

    Libraries take that many threads, or as many as there are cores; training takes that many
    epochs, or as many as the notebook says.
    """
    with tempfile.TemporaryDirectory(prefix="launch-") as folder:
        yield launch(case, Path(folder), python, threads, epochs)


def launch(case, folder, python, threads, epochs):
    home, environment = folder / "home", folder / "environment"
    home.mkdir()
    result = Launched(case, environment, publish(folder / "repository"), epochs)
    variables = variables_of(home, folder / "repository", threads)
    venv_python = make_host(
        environment, case.packages, HOSTS[case.host]["preloaded"], variables, python
    )
    variables["PATH"] = f"{venv_python.parent}{os.pathsep}{variables['PATH']}"

    def ask(*arguments, check=True):
        return subprocess.run(
            [venv_python, *arguments],
            cwd=home,
            env=variables,
            check=check,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout

    def packages():
        return {
            canonicalize_name(name): version
            for name, version in json.loads(ask("-c", INSPECT)).items()
        }

    result.before = packages()
    path = lay_out(case, folder / "host", variables)
    if epochs:
        shorten(path, epochs)
    result.clone = folder / "host" if HOSTS[case.host].get("clone") else None
    run_sync(run)(result, path, variables)
    result.after = packages()
    if "dropout-book" in result.after:
        where, origin = ask("-c", WHERE).splitlines()
        result.installed_at, result.installed_from = Path(where), json.loads(origin)
    result.conflicts = ask("-m", "pip", "check", check=False)
    return result


def lay_out(case, place, variables):
    """Put the notebook where the host has it: alone, or where the host clones the whole
    repository, in its place; return its path."""
    if HOSTS[case.host].get("clone"):
        url, branch = address.repository(ROOT)
        subprocess.run(
            ["git", "clone", "--quiet", "--branch", branch, url, place], env=variables, check=True
        )
        return place / case.path
    place.mkdir()
    return Path(shutil.copy(ROOT / case.path, place))


def shorten(path, epochs):
    """Let the notebook train for so many epochs."""
    nb = nbformat.read(path, as_version=4)
    cell = next(cell for cell in nb.cells if cell.id == "training-loop")
    cell.source, found = re.subn(r"\b(num_epochs, lr =) \d+", rf"\1 {epochs}", cell.source)
    assert found == 1, cell.source
    nbformat.write(nb, path)


async def run(result, path, variables):
    """Run the notebook from its first cell to its last; where its first cell asks for a new
    session, give it one and run it again, as a reader would."""
    while True:
        result.nb, result.failure = nbformat.read(path, as_version=4), None
        await run_once(result, path, variables)
        if result.restarts or not result.failure or RESTART not in result.failure.evalue:
            return
        result.seconds_before, result.restarts = result.seconds[0], 1


async def run_once(result, path, variables):
    kernel = AsyncKernelManager(
        kernel_name="python3",
        transport_encryption="auto",
        kernel_spec_manager=KernelSpecManager(
            kernel_dirs=[str(result.environment / "share" / "jupyter" / "kernels")]
        ),
    )
    client = NotebookClient(
        result.nb, km=kernel, timeout=TIMEOUT, resources={"metadata": {"path": str(path.parent)}}
    )
    try:
        await client.async_execute(env=variables)
    except CellExecutionError as error:
        result.failure = error
    finally:
        result.memory = peak_memory(kernel.provisioner.pid)
        client.kc.stop_channels()
        await kernel.shutdown_kernel(now=True)


def peak_memory(pid):
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    high_water = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(high_water.split()[1]) // 1024  # kB to MB
