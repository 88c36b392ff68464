"""A host made here: the repository at its address, and an environment with what the host has.

The first cell of a notebook installs from the repository's address. For the processes
started here git rewrites that address to a repository that holds the files as they stand in
this folder: what would be launched if they were pushed now.
"""

import os
import subprocess
import sys
from pathlib import Path

import yaml

import address
from dropout_book import data
from sidebyside.running.kernels import THREAD_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
HOSTS = yaml.safe_load(Path(__file__).with_name("hosts.yml").read_text(encoding="utf-8"))

# What a launched notebook may inherit: where programs are, how to reach the network, and
# how pip is set up. Not PYTHONPATH, nor any setting of a library or of Jupyter.
INHERITED = (
    "PATH",
    "LANG",
    "TMPDIR",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    data.VARIABLE,
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    *(name for name in os.environ if name.startswith("PIP_")),
)


def publish(repository):
    """Make a repository of the files as they stand here; return its commit."""

    def git(*arguments):
        return subprocess.run(
            ["git", f"--git-dir={repository}", f"--work-tree={ROOT}", *arguments],
            cwd=ROOT,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout.strip()

    git("init", "--quiet", f"--initial-branch={address.repository(ROOT)[1]}")
    git("config", "uploadpack.allowFilter", "true")  # pip asks for a part only
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    git("add", "--all")
    git(
        "-c",
        "user.name=launch",
        "-c",
        "user.email=launch@localhost",
        "commit",
        "--quiet",
        "--message=As it stands",
    )
    return git("rev-parse", "HEAD")


def variables_of(home, repository, threads):
    """The environment variables of a process that has `home` for its own, sees `repository`
    at its address, and computes in that many threads, or in as many as there are cores."""
    variables = {name: os.environ[name] for name in INHERITED if name in os.environ}
    if threads:
        variables |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    limits = home / "limits.txt"
    limits.write_text("\n".join(pytorch_as_pinned()), encoding="utf-8")
    variables |= {
        "HOME": str(home),
        "PIP_CONSTRAINT": str(limits),
        # Of gigabytes of code a notebook imports a little, which Python compiles then. pip
        # takes this for the value of what it would do, compile.
        "PIP_NO_COMPILE": "0",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": address.repository(ROOT)[0],
    }
    settings = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"), "pip", "pip.conf")
    if settings.exists():
        variables.setdefault("PIP_CONFIG_FILE", str(settings))
    # What was fetched once is not fetched again: packages and data.
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], text=True, stdout=subprocess.PIPE
    ).stdout.strip()
    if cache:
        variables["PIP_CACHE_DIR"] = cache
    if data.VARIABLE not in variables and all((data.CACHE / name).exists() for name in data.FILES):
        variables[data.VARIABLE] = str(data.CACHE)
    return variables


def pytorch_as_pinned():
    """The one package that is not taken as a reader's pip would: any newer PyTorch comes
    with gigabytes for GPUs, which every launch would unpack anew."""
    return [
        line
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith("torch==")
    ]


def make_host(environment, packages, preloaded, variables, python):
    """Make an environment with these packages, whose kernel has these modules loaded from
    the start; return its interpreter."""

    def call(*command):
        subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)

    call(python, "-m", "venv", "--without-pip", environment)
    venv_python = environment / "bin" / "python"
    # Not with the pip that Python brings, which is of its own age; the host's is a package.
    pip = [sys.executable, "-m", "pip", "--python", venv_python]
    call(*pip, "install", "--quiet", "--disable-pip-version-check", *packages)
    # With the absolute path of the interpreter; ipykernel's own file has none.
    call(venv_python, "-m", "ipykernel", "install", "--sys-prefix")
    startup = Path(variables["HOME"], ".ipython", "profile_default", "startup")
    startup.mkdir(parents=True)
    (startup / "preloaded.py").write_text(
        "".join(f"import {name}\n" for name in preloaded), encoding="utf-8"
    )
    return venv_python
