"""What the Makefile names is there, once, and said at its top."""

import os
import re
import subprocess
import sys

import pytest

from parallel_notebooks import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.search(r"(?m)^\.PHONY: (.*)$", MAKEFILE)[1].split()


def make(*arguments, **variables):
    """What make says, which does not know of the make that runs the tests."""
    of_make = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    inherited = {name: value for name, value in os.environ.items() if name not in of_make}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, text=True, capture_output=True, env=inherited | variables
    )


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_there_once_and_explained(target):
    done = make("--dry-run", target)
    assert done.returncode == 0 and done.stderr == ""
    assert len(re.findall(rf"(?m)^{target}:", MAKEFILE)) == 1
    assert re.search(rf"(?m)^# make {target}\s", MAKEFILE)


def test_no_other_target_is_there():
    assert sorted(re.findall(r"(?m)^([a-z-]+):", MAKEFILE)) == sorted(TARGETS)


def test_what_python_compiled_is_kept():
    """Whatever the machine says: to compile the libraries takes longer than most tests."""
    tell = f"tell:\n\t@{sys.executable} -c 'import sys; print(sys.dont_write_bytecode)'"
    done = make(f"--eval={tell}", "tell", PYTHONDONTWRITEBYTECODE="1")
    assert (done.stdout, done.stderr) == ("False\n", "")
