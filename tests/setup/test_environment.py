"""tools/setup.sh chooses an interpreter, makes an environment with it, and finds a browser.

In a folder of its own, with interpreters that are only said to be there: shell scripts that
answer as Python does and write down what they are asked to do. So nothing is installed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "tools" / "setup.sh"
SOURCES = [
    "requirements.txt",
    "requirements-no-deps.txt",
    "constraints.txt",
    "pyproject.toml",
    "book/_ext/pyproject.toml",
]

# `made with` is what an environment answers for its interpreter: the one that made it.
PYTHON = """#!/bin/sh
case "$1 $2" in
"-c "*) printf '%s\\n' {version} "{venv}" "{path}" ;;
"--version ") echo "Python {version}" ;;
"-m venv") echo "{path}" >> made; rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
"-m pip") echo "$*" >> installed ;;
"tests/browsers.py ") test -e browser ;;
esac
"""


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "a book é")


class Book:
    """A folder that set-up can be run in, and a path with nothing but what it needs."""

    def __init__(self, folder):
        self.folder, self.bin = folder, folder.parent / "bin"
        (folder / "tools").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(SETUP, folder / "tools")
        (folder / "book" / "_ext").mkdir(parents=True)
        for name in SOURCES:
            (folder / name).write_text(f"# {name}\n")
        (folder / "tests" / "site").mkdir(parents=True)
        for name in "package.json", "package-lock.json":
            (folder / "tests" / "site" / name).touch()
        for name in "bash cat cksum cp dirname mkdir rm sed sh uname test".split():
            (self.bin / name).symlink_to(shutil.which(name))
        self.program("id", "echo 1000")

    def program(self, name, script):
        path = self.bin / name
        path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def python(self, name, version, venv="venv"):
        path = self.bin / name
        return self.program(name, PYTHON.format(version=version, venv=venv, path=path))

    def set_up(self, *arguments, **environment):
        return subprocess.run(
            ["bash", self.folder / "tools" / "setup.sh", *arguments],
            env={"PATH": str(self.bin), **{name: str(of) for name, of in environment.items()}},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )

    def made(self):
        """The interpreters that environments were made with, one after the other."""
        file = self.folder / "made"
        return [Path(line).name for line in file.read_text().splitlines()] if file.exists() else []


def succeeded(done):
    assert done.returncode == 0, done.stdout
    return done.stdout


# --- which interpreter


def test_the_first_suitable_interpreter_makes_the_environment_once(book):
    book.python("python3", "3.13")
    book.python("python3.11", "3.11")
    assert "Python 3.11: there is none that works" in succeeded(book.set_up())
    assert (book.folder / "installed").read_text().splitlines() == [
        "-m pip install --no-compile -r requirements.txt",
        "-m pip install --no-compile --no-deps -r requirements-no-deps.txt",
    ]
    assert "Making" not in succeeded(book.set_up())
    assert book.made() == ["python3.11"]


def test_the_interpreter_that_is_named_comes_before_those_on_the_path(book):
    book.python("python3.12", "3.12")
    succeeded(book.set_up(PYTHON=book.python("mine", "3.11")))
    assert book.made() == ["mine"]


UNSUITABLE = {
    "none": ("", "", "there is no such program"),
    "older": ("3.10", "venv", "it is Python 3.10"),
    "newer": ("3.13", "venv", "it is Python 3.13"),
    "much newer": ("3.111", "venv", "it is Python 3.111"),
    "no venv": ("3.12", "no venv", "apt-get install python3.12-venv"),
}


@pytest.mark.parametrize("version, venv, said", UNSUITABLE.values(), ids=UNSUITABLE)
@pytest.mark.parametrize("already", [False, True], ids=["first", "with an environment"])
def test_one_that_is_named_and_unsuitable_is_an_error(book, version, venv, said, already):
    book.python("python3.12", "3.12")
    if already:
        succeeded(book.set_up())
    named = book.bin / "mine"
    if version:
        book.python("mine", version, venv)
    done = book.set_up(PYTHON=named)
    assert done.returncode == 1
    # What was given, what is allowed, and what to do.
    assert f"PYTHON={named}: " in done.stdout and said in done.stdout
    assert "Name a Python 3.11 or 3.12" in done.stdout
    assert "make book PYTHON=/path/to/python3.12" in done.stdout
    assert book.made() == ["python3.12"] * already


def test_a_program_that_is_no_python_is_an_error(book):
    done = book.set_up(PYTHON=book.program("mine", "exit 2"))
    assert done.returncode == 1 and "it is no Python that runs" in done.stdout


def test_another_interpreter_makes_the_environment_again_and_says_so(book):
    old, new = book.python("python3.11", "3.11"), book.python("mine", "3.12")
    succeeded(book.set_up())
    said = succeeded(book.set_up(PYTHON=new))
    assert f"it was made with {old}, and PYTHON names {new}" in said
    assert book.made() == ["python3.11", "mine"]
    # Neither naming it again nor naming none makes it a third time.
    for named in {"PYTHON": new}, {"PYTHON": ""}, {}:
        assert "Making" not in succeeded(book.set_up(**named))
    assert book.made() == ["python3.11", "mine"]


def test_a_changed_requirement_makes_it_again_with_the_interpreter_it_has(book):
    book.python("python3.11", "3.11")
    succeeded(book.set_up(PYTHON=book.python("mine", "3.12")))
    (book.folder / "constraints.txt").write_text("numpy==1.26.4\n")
    assert "what it is made from has changed" in succeeded(book.set_up())
    assert book.made() == ["mine", "mine"]


def test_an_installation_that_failed_is_made_again(book):
    failing = book.python("python3.11", "3.11")
    script = failing.read_text()
    failing.write_text(script.replace('"-m pip")', '"-m pip") exit 1;'))
    assert book.set_up().returncode != 0
    failing.write_text(script)
    succeeded(book.set_up())
    assert book.made() == ["python3.11", "python3.11"]


def test_without_a_suitable_interpreter_it_says_what_is_needed(book):
    book.python("python3", "3.13")
    done = book.set_up()
    assert done.returncode == 1
    assert "Python 3.11 or 3.12 is needed, and found is only Python 3.13" in done.stdout


def test_the_real_interpreter_is_seen_through_links_and_environments(book, tmp_path):
    """Set-up's questions to Python, answered by Python itself."""

    def probe(python):
        source = SETUP.read_text()
        probe = source[source.index("probe() {") : source.index("\nversion_of")]
        return subprocess.run(
            ["bash", "-c", f'{probe}\nprobe "$1"', "bash", python],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout.splitlines()

    link = tmp_path / "python"
    link.symlink_to(os.path.realpath(sys.executable))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    version, venv, itself = probe(link)
    assert version == f"{sys.version_info[0]}.{sys.version_info[1]}" and venv == "venv"
    assert Path(itself).is_file() and Path(itself) == Path(itself).resolve()
    assert probe(tmp_path / "env" / "bin" / "python") == [version, venv, itself]


# --- a browser


@pytest.fixture
def tested(book):
    """A book that is set up but for what its tests need, and a list of what is installed."""
    book.python("python3.12", "3.12")
    succeeded(book.set_up())
    node = book.folder / ".venv" / "node"
    node.mkdir()
    done = subprocess.run(["cksum"], input="", capture_output=True, text=True, check=True)
    (node / "recipe").write_text(done.stdout)
    book.program("firefox-esr", "")
    return book


def playwright(book, script):
    path = book.program("playwright", f'echo "playwright $*" >> installed\n{script}')
    path.rename(book.folder / ".venv" / "bin" / "playwright")


def as_root(book, apt_get):
    book.program("id", "echo 0")
    book.program("apt-get", f'echo "apt-get $*" >> installed\n{apt_get}')


def installed(book):
    return [
        line
        for line in (book.folder / "installed").read_text().splitlines()
        if not line.startswith("-m pip")
    ]


def debians(package):
    return ["apt-get update -q", f"apt-get install -y -q --no-install-recommends {package}"]


def test_a_browser_that_answers_is_taken(tested):
    (tested.folder / "browser").touch()
    succeeded(tested.set_up("test"))
    assert installed(tested) == []


def test_playwrights_own_browser_comes_before_debians(tested):
    playwright(tested, "touch browser")
    tested.program("touch", '#!/bin/sh\n: > "$1"\n')
    as_root(tested, "")
    succeeded(tested.set_up("test"))
    assert installed(tested) == ["playwright install chromium"]


def test_what_playwrights_browser_lacks_is_installed(tested):
    playwright(tested, '[ "$1" = install ] || : > browser')
    as_root(tested, "")
    succeeded(tested.set_up("test"))
    assert installed(tested) == ["playwright install chromium", "playwright install-deps chromium"]


SHELL = "chromium-headless-shell"  # Debian has it, Ubuntu has not


def test_debians_browser_is_the_last(tested):
    playwright(tested, "exit 1")
    as_root(tested, "case $* in *chromium*) : > browser ;; esac")
    succeeded(tested.set_up("test"))
    assert installed(tested) == ["playwright install chromium", *debians(SHELL)]


def test_where_debians_has_windows_it_is_taken_with_them(tested):
    playwright(tested, "exit 1")
    as_root(tested, f"case $* in *{SHELL}*) exit 100 ;; *chromium*) : > browser ;; esac")
    succeeded(tested.set_up("test"))
    assert installed(tested) == [
        "playwright install chromium",
        *debians(SHELL),
        *debians("chromium"),
    ]


def test_a_browser_that_is_installed_and_does_not_answer_is_an_error(tested):
    """As Ubuntu's, which is a snap, in a container."""
    playwright(tested, "exit 1")
    as_root(tested, "")
    done = tested.set_up("test")
    assert done.returncode == 1 and "no browser answers" in done.stdout


# --- what is wanted, not needed


@pytest.fixture
def without_firefox(tested):
    (tested.folder / "browser").touch()
    (tested.bin / "firefox-esr").unlink()
    return tested


def test_firefox_is_installed_where_that_is_possible(without_firefox):
    as_root(without_firefox, "")
    assert "not tested" not in succeeded(without_firefox.set_up("test"))
    assert installed(without_firefox) == debians("firefox-esr")


@pytest.mark.parametrize("root", [False, True], ids=["no root", "no network"])
def test_set_up_goes_on_without_firefox_and_says_so(without_firefox, root):
    as_root(without_firefox, "exit 1")
    if not root:
        without_firefox.program("id", "echo 1000")
    said = succeeded(without_firefox.set_up("test"))
    assert "Firefox is not tested here" in said and "apt-get install firefox-esr" in said
    # Without a network the update fails, and that is all.
    assert installed(without_firefox) == ["apt-get update -q"] * root
