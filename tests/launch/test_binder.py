"""What Binder builds from this repository, as repo2docker says, with which it builds.

That takes Docker; what repo2docker would do, it says without. The notebook that the
README opens there is launched in test_launch.py.
"""

import re
import subprocess
import sys

import pytest

from launch.hosts import ROOT

REPO2DOCKER = "jupyter-repo2docker==2026.4.0"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """What repo2docker says, and the Dockerfile that it would build."""
    environment = tmp_path_factory.mktemp("repo2docker")
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python"]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    subprocess.run([*pip, "install", "--quiet", "--no-compile", REPO2DOCKER], check=True)
    return subprocess.run(
        [environment / "bin" / "jupyter-repo2docker", "--no-build", ROOT],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ).stdout


def test_the_image_has_a_python_for_which_all_libraries_have_wheels(plan):
    assert "Building conda environment for python=3.12\n" in plan


def test_the_image_holds_no_library(plan):
    """Not requirements.txt's, six libraries and the tools of the site: several GB, of which
    no notebook uses the most. Each notebook's first cell installs its own."""
    assert re.findall(r"\b(?:pip|conda|mamba) (?:install|env update).*", plan) == []
