"""Launch a notebook: alone in an empty folder, in a new environment that holds what its
host has, with nothing but its own first cell to install the rest.

The first cell installs from the repository's address. For the processes started here git
rewrites that address to a repository that holds the files as they stand in this folder:
what would be launched if they were pushed now.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
import yaml
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbclient.util import run_sync
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import address
from dropout_book import data
from kernels import THREAD_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
HOSTS = yaml.safe_load(Path(__file__).with_name("hosts.yml").read_text(encoding="utf-8"))
TIMEOUT = 1800      # seconds for a cell; the first one may download gigabytes

# What a launched notebook may inherit: where programs are, how to reach the network, and
# how pip is set up. Not PYTHONPATH, nor any setting of a library or of Jupyter.
INHERITED = ("PATH", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", data.VARIABLE,
             "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
             *(name for name in os.environ if name.startswith("PIP_")))

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
        by_name = {Requirement(each).name: each
                   for each in [*listed["all"], *listed.get(self.framework, [])]}
        return list(by_name.values())


@dataclass
class Launched:
    """A notebook after its launch, with its outputs, and what the launch left behind."""
    case: Case
    environment: Path
    published: str              # the commit that was there to install
    nb: nbformat.NotebookNode = None
    failure: str = None         # of the cell that failed, if one did
    restarts: int = 0
    seconds_before: float = 0   # the restart
    memory: int = None          # MB, the most that the kernel held; Linux tells
    before: dict = field(default_factory=dict)      # {package: version}
    after: dict = field(default_factory=dict)
    installed_at: Path = None   # dropout_book, as the notebook imported it
    installed_from: dict = None
    conflicts: str = ""         # what `pip check` says

    @property
    def replaced(self):
        """`{package: (version before, version after)}`, None if it is gone."""
        return {name: (version, self.after.get(name)) for name, version in self.before.items()
                if self.after.get(name) != version}

    @property
    def seconds(self):
        """Of the first cell, which installs, in both sessions, and of all the others."""
        first, *others = [seconds_of(cell) for cell in self.nb.cells
                          if "execution" in cell.metadata]
        return self.seconds_before + first, sum(others)


def seconds_of(cell):
    begin, end = (datetime.fromisoformat(cell.metadata.execution[event].replace("Z", "+00:00"))
                  for event in ("iopub.execute_input", "shell.execute_reply"))
    return (end - begin).total_seconds()


@contextmanager
def launched(case, python=sys.executable, threads=None):
    """Launch a notebook on a host; yields what came of it, and cleans up.

    Libraries take that many threads, or as many as there are cores.
    """
    with tempfile.TemporaryDirectory(prefix="launch-") as folder:
        yield launch(case, Path(folder), python, threads)


def launch(case, folder, python, threads):
    published, environment = prepare(folder)
    if threads:
        environment |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    result = Launched(case, folder / "environment", published)
    venv_python = make_host(case, result.environment, environment, python)

    def ask(script):
        return subprocess.run([venv_python, "-c", script], cwd=folder / "home", env=environment,
                              check=True, text=True, stdout=subprocess.PIPE).stdout

    def packages():
        return {canonicalize_name(name): version
                for name, version in json.loads(ask(INSPECT)).items()}

    result.before = packages()
    run_sync(run)(result, lay_out(case, folder, environment), environment)
    result.after = packages()
    if "dropout-book" in result.after:
        where, origin = ask(WHERE).splitlines()
        result.installed_at, result.installed_from = Path(where), json.loads(origin)
    result.conflicts = subprocess.run([venv_python, "-m", "pip", "check"], env=environment,
                                      text=True, capture_output=True).stdout
    return result


def prepare(folder):
    """Publish the repository in `folder`; return the commit and the variables of a process
    that sees it at its address, and has a home of its own."""
    url, branch = address.repository(ROOT)
    repository, home = folder / "repository", folder / "home"
    home.mkdir()

    def git(*arguments):
        return subprocess.run(
            ["git", f"--git-dir={repository}", f"--work-tree={ROOT}", *arguments], cwd=ROOT,
            check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    git("init", "--quiet", f"--initial-branch={branch}")
    git("config", "uploadpack.allowFilter", "true")      # pip asks for a part only
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    git("add", "--all")
    git("-c", "user.name=launch", "-c", "user.email=launch@localhost", "commit", "--quiet",
        "--message=As it stands")

    variables = {name: os.environ[name] for name in INHERITED if name in os.environ}
    cache = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], text=True,
                           stdout=subprocess.PIPE).stdout.strip()
    limits = folder / "limits.txt"
    limits.write_text("\n".join(pytorch_as_pinned()), encoding="utf-8")
    variables |= {"HOME": str(home), "PIP_CONSTRAINT": str(limits),
                  "GIT_CONFIG_COUNT": "1",
                  "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
                  "GIT_CONFIG_VALUE_0": url}
    if cache:           # so that a package that another launch has fetched is not fetched again
        variables["PIP_CACHE_DIR"] = cache
    settings = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"), "pip", "pip.conf")
    if settings.exists():
        variables.setdefault("PIP_CONFIG_FILE", str(settings))
    if data.VARIABLE not in variables and all((data.CACHE / name).exists() for name in data.FILES):
        variables[data.VARIABLE] = str(data.CACHE)      # nor the data
    return git("rev-parse", "HEAD"), variables


def pytorch_as_pinned():
    """The one package that is not taken as a reader's pip would: any newer PyTorch comes
    with gigabytes for GPUs, which every launch would unpack anew."""
    return [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
            if line.startswith("torch==")]


def make_host(case, environment, variables, python):
    """Make an environment with what the host has; return its interpreter."""
    def call(*command):
        subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)

    call(python, "-m", "venv", environment)
    venv_python = environment / "bin" / "python"
    # Python brings pip and setuptools of its own age, which a host does not have.
    call(venv_python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--upgrade", *case.packages)
    # With the absolute path of the interpreter; ipykernel's own file has none.
    call(venv_python, "-m", "ipykernel", "install", "--sys-prefix")
    startup = Path(variables["HOME"], ".ipython", "profile_default", "startup")
    startup.mkdir(parents=True)
    (startup / "preloaded.py").write_text(
        "".join(f"import {name}\n" for name in HOSTS[case.host]["preloaded"]), encoding="utf-8")
    variables["PATH"] = f"{venv_python.parent}{os.pathsep}{variables['PATH']}"
    return venv_python


def lay_out(case, folder, variables):
    """Put the notebook where the host has it: alone, or where the host clones the whole
    repository, in its place; return its path."""
    place = folder / "host"
    if HOSTS[case.host].get("clone"):
        url, branch = address.repository(ROOT)
        subprocess.run(["git", "clone", "--quiet", "--branch", branch, url, place],
                       env=variables, check=True)
        return place / case.path
    place.mkdir()
    return Path(shutil.copy(ROOT / case.path, place))


async def run(result, path, variables):
    """Run the notebook from its first cell to its last; where its first cell asks for a new
    session, give it one and run it again, as a reader would."""
    while True:
        result.nb, result.failure = nbformat.read(path, as_version=4), None
        await run_once(result, path, variables)
        if not (result.failure and RESTART in result.failure and result.restarts == 0):
            return
        result.seconds_before, result.restarts = result.seconds[0], 1


async def run_once(result, path, variables):
    kernel = AsyncKernelManager(
        kernel_name="python3", transport_encryption="auto",
        kernel_spec_manager=KernelSpecManager(
            kernel_dirs=[str(result.environment / "share" / "jupyter" / "kernels")]))
    client = NotebookClient(result.nb, km=kernel, timeout=TIMEOUT,
                            resources={"metadata": {"path": str(path.parent)}})
    try:
        await client.async_execute(env=variables)
    except CellExecutionError as error:
        result.failure = str(error)
    finally:
        result.memory = peak_memory(kernel.provisioner.pid)
        client.kc.stop_channels()
        await kernel.shutdown_kernel(now=True)


def peak_memory(pid):
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    high_water = next(line for line in status.read_text().splitlines()
                      if line.startswith("VmHWM"))
    return int(high_water.split()[1]) // 1024       # kB to MB
