"""Places of our own for the data, so that no test touches the user's, and a mirror
on this machine that can be told to misbehave."""

import gc
import gzip
import hashlib
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from dropout_book import data


@pytest.fixture(scope="session")
def fashion_mnist_bytes():
    """The four real files, decompressed, wherever this machine has them."""
    return {name: data.find_file(name)[0] for name in data.FILES}


@pytest.fixture(scope="session")
def fashion_mnist_gz(fashion_mnist_bytes, tmp_path_factory):
    """A folder with the four real files, gzipped anew."""
    folder = tmp_path_factory.mktemp("fashion-mnist")
    for name, content in fashion_mnist_bytes.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, compresslevel=1))
    return folder


@pytest.fixture(autouse=True)
def empty_machine(tmp_path, monkeypatch):
    """A machine without data or network: an empty cache, no Debian package, and
    mirrors that refuse the connection."""
    monkeypatch.setattr(data, "CACHE", tmp_path / "a cache é")
    monkeypatch.setattr(data, "DEBIAN", tmp_path / "debian")
    monkeypatch.delenv(data.VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as deaf:  # kept open, so that no one else gets its port
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        monkeypatch.setattr(data, "MIRRORS", (f"http://127.0.0.1:{port}/",))
        yield


@pytest.fixture
def small_files(monkeypatch):
    """Four small files in place of the real ones: {name: decompressed bytes}."""
    rng = np.random.default_rng(0)
    files = {}
    for name in data.FILES:
        shape = (40, 20, 20) if "images" in name else (3000,)
        header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
        files[name] = header + rng.bytes(int(np.prod(shape)))
    monkeypatch.setattr(
        data,
        "FILES",
        {
            name: (len(content), hashlib.sha256(content).hexdigest())
            for name, content in files.items()
        },
    )
    return files


class Mirror:
    """An HTTP server of {path: body} on this machine.

    `requests` lists the paths asked for. `misbehave`, if set, is called with the
    request handler and the body instead of sending the body.
    """

    def __init__(self, bodies):
        self.bodies = bodies
        self.requests = []
        self.misbehave = None
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.requests.append(self.path[1:])
                body = mirror.bodies[self.path[1:]]
                if mirror.misbehave:
                    mirror.misbehave(self, body)
                else:
                    self.start(len(body))
                    self.wfile.write(body)

            def start(self, length=None, status=200):
                self.send_response(status)
                if length is not None:
                    self.send_header("Content-Length", str(length))
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.closing = threading.Event()  # lets go who waits in misbehave
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,)).start()

    def close(self):
        self.server.closing.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def start_mirror():
    """`start_mirror({name: decompressed bytes})` makes a Mirror of the .gz files."""
    mirrors = []

    def start(files):
        mirrors.append(
            Mirror(
                {
                    f"{name}.gz": gzip.compress(content, compresslevel=1)
                    for name, content in files.items()
                }
            )
        )
        return mirrors[-1]

    yield start
    for mirror in mirrors:
        mirror.close()
    gc.collect()  # progress bars cut short draw their last now, not after the tests


@pytest.fixture
def mirror(small_files, start_mirror, monkeypatch):
    """The only mirror there is; it serves the small files."""
    mirror = start_mirror(small_files)
    monkeypatch.setattr(data, "MIRRORS", (mirror.url,))
    return mirror
