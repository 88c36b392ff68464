"""Each notebook launched once, and a table of what it took."""

import sys

import pytest
import tomllib
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installed import INSTALLED
from launch.hosts import HOSTS
from launch.launching import Case
from launch.launching import launched as launch
from parallel_notebooks import FRAMEWORKS, ROOT, path_of

TOPICS = ["dropout", "semantics", "at-work", "d2l"]
# Between them they try both hosts, and a library that is there and one that is not.
QUICK = [Case("numpy", "colab"), Case("pytorch", "studio-lab")]
TABLE = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption(
        "--every",
        action="store_true",
        help="launch every notebook on every host, not two, which train for an epoch",
    )
    parser.addoption(
        "--topic", choices=TOPICS, default=TOPICS[0], help="the notebooks' folder (with --every)"
    )
    parser.addoption(
        "--python", default=sys.executable, help="the Python of the hosts (default: this one)"
    )
    parser.addoption(
        "--threads",
        type=int,
        help="of a library (default: as many as cores; without --every, one)",
    )


def pytest_configure(config):
    config.stash[TABLE] = []


def pytest_generate_tests(metafunc):
    if "launched" not in metafunc.fixturenames:
        return
    topic = metafunc.config.getoption("every") and metafunc.config.getoption("topic")
    cases = (
        QUICK
        if not topic
        else [
            Case(framework, host, topic)
            for framework in FRAMEWORKS
            for host in HOSTS
            if path_of(framework, topic).exists()
            and framework in HOSTS[host].get("frameworks", FRAMEWORKS)
        ]
    )
    metafunc.parametrize(
        "launched",
        [case for case in cases if case.framework in INSTALLED],
        ids=str,
        indirect=True,
        scope="module",
    )


@pytest.fixture(scope="module")
def launched(request):
    # Beside other tests, threads of libraries would wait for each other more than compute; and
    # how well all epochs train, the book's own runs of the same cells show.
    option = request.config.getoption
    threads, epochs = (None, None) if option("every") else (1, 1)
    with launch(request.param, option("python"), option("threads") or threads, epochs) as result:
        request.config.stash[TABLE].append(result)
        yield result


def pytest_terminal_summary(terminalreporter, config):
    if not config.stash[TABLE]:
        return
    terminalreporter.section("launches")
    for result in config.stash[TABLE]:
        terminalreporter.write_line(row(result))


def row(result):
    install, rest = result.seconds
    new = {name: version for name, version in result.after.items() if name not in result.before}
    named = [f"{name} {new[name]}" for name in asked_for(result.case.framework) if name in new]
    replaced = [f"{name} {old} by {now}" for name, (old, now) in result.replaced.items()]
    return (
        f"{result.case!s:32} first cell {install:4.0f} s, the rest {rest:4.0f} s, "
        f"{result.memory} MB; installed {len(new):2} packages"
        + (f", with {', '.join(named)}" if named else "")
        + (f"; replaced {', '.join(replaced)}" if replaced else "")
        + ("; restarted" if result.restarts else "")
    )


def asked_for(framework):
    """What the first cell asks pip for, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict.fromkeys(
        canonicalize_name(Requirement(each).name)
        for each in [*project["optional-dependencies"][framework], *project["dependencies"]]
    )
