"""Fashion-MNIST is found or downloaded whole, or the error says what to do; and
minibatches are the same in every library."""

import errno
import gzip
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropout_book import data
from dropout_book.data import DataError, Minibatches, load_fashion_mnist

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = data.FILES


# ---------------------------------------------------------------- the real data


@pytest.fixture(scope="module")
def fashion_mnist(fashion_mnist_gz):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(data.VARIABLE, str(fashion_mnist_gz))
        return load_fashion_mnist()


def test_shapes_and_types(fashion_mnist):
    for (X, y), n in zip(fashion_mnist, (60_000, 10_000)):
        assert X.shape == (n, 28, 28) and X.dtype == np.float32
        assert y.shape == (n,) and y.dtype == np.int64
        assert X.flags.writeable and y.flags.writeable


def test_pixels_reach_both_ends_of_0_to_1(fashion_mnist):
    for X, _ in fashion_mnist:
        assert X.min() == 0 and X.max() == 1


def test_classes_are_balanced(fashion_mnist):
    (_, y_train), (_, y_test) = fashion_mnist
    assert np.bincount(y_train).tolist() == [6000] * 10
    assert np.bincount(y_test).tolist() == [1000] * 10


def test_pixels_and_labels_are_the_files_bytes(fashion_mnist, fashion_mnist_bytes):
    (X_train, y_train), (X_test, y_test) = fashion_mnist
    for X, name in (X_train, TRAIN_IMAGES), (X_test, TEST_IMAGES):
        pixels = np.frombuffer(fashion_mnist_bytes[name][16:], np.uint8)
        assert np.array_equal(X.ravel(), (pixels / 255).astype(np.float32))
    for y, name in (y_train, TRAIN_LABELS), (y_test, TEST_LABELS):
        assert y.tolist() == list(fashion_mnist_bytes[name][8:])


def test_labels_are_the_textbooks(fashion_mnist):
    # Zhang et al., Dive into Deep Learning, section 4.2, `text_labels`.
    assert data.LABELS == (
        "t-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )
    (X_train, y_train), _ = fashion_mnist
    assert data.LABELS[y_train[0]] == "ankle boot"
    # Trousers stand upright and shoes lie down, so their classes are not mixed up.
    inked = [(X_train[y_train == c].mean(axis=0) > 0.2) for c in range(10)]
    height, width = ([image.any(axis=axis).sum() for image in inked] for axis in (1, 0))
    assert data.LABELS[np.argmin(width)] == "trouser"
    assert {data.LABELS[c] for c in np.argsort(height)[:2]} == {"sandal", "sneaker"}


def test_real_download_into_an_empty_cache(
    fashion_mnist, fashion_mnist_bytes, start_mirror, monkeypatch, capfd
):
    mirror = start_mirror(fashion_mnist_bytes)
    monkeypatch.setattr(data, "MIRRORS", (mirror.url,))
    for _run in "downloads", "finds what it downloaded":
        for loaded, expected in zip(load_fashion_mnist(), fashion_mnist):
            assert np.array_equal(loaded[0], expected[0])
            assert np.array_equal(loaded[1], expected[1])
        assert mirror.requests == [f"{name}.gz" for name in data.FILES]
        assert_cache_holds(fashion_mnist_bytes)
    assert "100%" in capfd.readouterr().err  # the progress bar


# ------------------------------------------------------------------- the helpers


def put(folder, files, suffix=""):
    """Write the files into the folder, plain or as .gz."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / (name + suffix)).write_bytes(gzip.compress(content) if suffix else content)
    return folder


def contents(folder):
    return {
        str(path.relative_to(folder)): path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


def assert_cache_holds(files):
    """These whole files, and nothing partial or temporary."""
    assert contents(data.CACHE) == files


def assert_loads(files):
    (X_train, y_train), (X_test, y_test) = load_fashion_mnist()
    for X, name in (X_train, TRAIN_IMAGES), (X_test, TEST_IMAGES):
        assert np.rint(X * 255).astype(np.uint8).tobytes() == files[name][16:]
    for y, name in (y_train, TRAIN_LABELS), (y_test, TEST_LABELS):
        assert y.astype(np.uint8).tobytes() == files[name][8:]


def load_error(name):
    """The message that loading ends with, which tells of the file and its hash."""
    with pytest.raises(DataError) as info:
        load_fashion_mnist()
    message = str(info.value)
    assert name in message and data.FILES[name][1] in message
    assert data.VARIABLE in message
    assert info.value.__cause__ is not None
    return message


def where_found(capsys):
    data.main()
    return capsys.readouterr().out


# ------------------------------------------------------- where the data are found


def test_order_of_the_places(mirror, small_files, tmp_path, monkeypatch, capsys):
    assert f"in {mirror.url} (now in {data.CACHE});" in where_found(capsys)
    assert len(mirror.requests) == 4
    put(data.DEBIAN, small_files, ".gz")
    assert f"in {data.CACHE};" in where_found(capsys)
    for path in data.CACHE.iterdir():
        path.unlink()
    assert f"in {data.DEBIAN};" in where_found(capsys)
    monkeypatch.setenv(data.VARIABLE, str(put(tmp_path / "mine", small_files)))
    put(data.CACHE, small_files)
    assert f"in {tmp_path / 'mine'};" in where_found(capsys)
    assert len(mirror.requests) == 4


def test_a_chosen_folder_is_the_only_place(mirror, small_files, tmp_path, monkeypatch):
    put(data.CACHE, small_files)
    put(data.DEBIAN, small_files, ".gz")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(data.VARIABLE, str(tmp_path / "empty"))
    message = load_error(TRAIN_IMAGES)
    assert f"neither {TRAIN_IMAGES} nor {TRAIN_IMAGES}.gz" in message
    assert mirror.requests == []


@pytest.mark.parametrize("suffixes", [["", "", "", ""], [".gz"] * 4, ["", ".gz"] * 2])
def test_chosen_folder_of_plain_or_gz(suffixes, small_files, tmp_path, monkeypatch):
    for suffix, (name, content) in zip(suffixes, small_files.items()):
        put(tmp_path / "mine", {name: content}, suffix)
    monkeypatch.setenv(data.VARIABLE, str(tmp_path / "mine"))
    assert_loads(small_files)
    assert not data.CACHE.exists()


def test_chosen_folder_relative_or_at_home(small_files, tmp_path, monkeypatch):
    put(tmp_path / "mine", small_files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(data.VARIABLE, "mine")
    assert_loads(small_files)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(data.VARIABLE, os.path.join("~", "mine"))
    assert_loads(small_files)


def test_empty_variable_chooses_nothing(small_files, monkeypatch):
    put(data.CACHE, small_files)
    monkeypatch.setenv(data.VARIABLE, "")
    assert_loads(small_files)


# --------------------------------------------------------------- files gone wrong


def truncate(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def alter(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def swap(path):
    """Another of the four files, whole, under this one's name."""
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    path.write_bytes(path.with_name(name).read_bytes())


def put_folder_in_its_place(path):
    path.unlink()
    path.mkdir()


def repair(path, content):
    if path.is_dir():
        path.rmdir()
    path.write_bytes(content)


CONTENT_FAULTS = [truncate, alter, empty, swap]
FAULTS = [*CONTENT_FAULTS, put_folder_in_its_place]


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("fault", [*FAULTS, Path.unlink])
def test_bad_file_in_the_chosen_folder(fault, suffix, mirror, small_files, tmp_path, monkeypatch):
    folder = put(tmp_path / "mine", small_files, suffix)
    monkeypatch.setenv(data.VARIABLE, str(folder))
    path = folder / (TEST_IMAGES + suffix)
    good = path.read_bytes()
    fault(path)
    before = contents(folder)
    message = load_error(TEST_IMAGES)
    assert str(folder) in message and f"unset {data.VARIABLE}" in message
    assert contents(folder) == before  # what is the user's is left alone
    assert mirror.requests == [] and not data.CACHE.exists()
    repair(path, good)
    assert_loads(small_files)


def deny_reading(path, monkeypatch):
    """Permissions do not stop root, so refuse in the system's name."""
    read_bytes = Path.read_bytes

    def refuse(self):
        if self == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)


def test_forbidden_file_in_the_chosen_folder(small_files, tmp_path, monkeypatch):
    folder = put(tmp_path / "mine", small_files)
    monkeypatch.setenv(data.VARIABLE, str(folder))
    with monkeypatch.context() as patch:
        deny_reading(folder / TEST_LABELS, patch)
        assert os.strerror(errno.EACCES) in load_error(TEST_LABELS)
    assert_loads(small_files)


def test_chosen_folder_that_is_none(small_files, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    monkeypatch.setenv(data.VARIABLE, str(folder))
    assert f"{folder} is not a folder" in load_error(TRAIN_IMAGES)
    folder.write_text("a file")
    assert f"{folder} is not a folder" in load_error(TRAIN_IMAGES)
    folder.unlink()
    put(folder, small_files)
    assert_loads(small_files)


@pytest.mark.parametrize("fault", CONTENT_FAULTS)
def test_damaged_cache_is_replaced(fault, mirror, small_files):
    put(data.CACHE, small_files)
    fault(data.CACHE / TEST_IMAGES)
    with pytest.warns(UserWarning, match=TEST_IMAGES) as caught:
        assert_loads(small_files)
    assert caught[0].filename == __file__  # points to who loads, not into data.py
    assert mirror.requests == [f"{TEST_IMAGES}.gz"]
    assert_cache_holds(small_files)


def test_forbidden_cache_is_replaced(mirror, small_files, monkeypatch):
    put(data.CACHE, small_files)
    with monkeypatch.context() as patch:
        deny_reading(data.CACHE / TEST_IMAGES, patch)
        with pytest.warns(UserWarning, match=os.strerror(errno.EACCES)):
            assert_loads(small_files)
    assert mirror.requests == [f"{TEST_IMAGES}.gz"]
    assert_cache_holds(small_files)


@pytest.mark.parametrize("fault", CONTENT_FAULTS)
def test_damaged_cache_gives_way_to_debian(fault, small_files):
    put(data.CACHE, small_files)
    put(data.DEBIAN, small_files, ".gz")
    fault(data.CACHE / TEST_IMAGES)
    with pytest.warns(UserWarning, match=TEST_IMAGES):
        assert_loads(small_files)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once: the file is gone
        assert_loads(small_files)


def test_unreadable_but_whole_cache_is_not_thrown_away(small_files, monkeypatch):
    put(data.CACHE, small_files)
    with monkeypatch.context() as patch:
        deny_reading(data.CACHE / TEST_IMAGES, patch)
        with pytest.warns(UserWarning):
            assert str(data.CACHE / TEST_IMAGES) in load_error(TEST_IMAGES)
    assert_loads(small_files)


def test_damaged_cache_without_network_is_named(small_files):
    put(data.CACHE, small_files)
    truncate(data.CACHE / TEST_IMAGES)
    with pytest.warns(UserWarning):
        assert f"{data.CACHE / TEST_IMAGES}: truncated" in load_error(TEST_IMAGES)
    put(data.CACHE, small_files)
    assert_loads(small_files)


def test_folder_in_the_place_of_a_cached_file(mirror, small_files):
    put(data.CACHE, small_files)
    put_folder_in_its_place(data.CACHE / TEST_IMAGES)
    with pytest.warns(UserWarning):
        assert f"delete {data.CACHE / TEST_IMAGES}" in load_error(TEST_IMAGES)
    assert_cache_holds({**small_files, TEST_IMAGES: False})
    (data.CACHE / TEST_IMAGES).rmdir()
    assert_loads(small_files)


@pytest.mark.parametrize("fault", FAULTS)
def test_damaged_debian_file_is_passed_over(fault, mirror, small_files):
    put(data.DEBIAN, small_files, ".gz")
    path = data.DEBIAN / f"{TEST_IMAGES}.gz"
    fault(path)
    mirror.misbehave = not_found
    with pytest.warns(UserWarning):
        message = load_error(TEST_IMAGES)
    assert f"{path}: " in message and mirror.url in message
    mirror.misbehave = None
    mirror.requests.clear()
    with pytest.warns(UserWarning, match=path.name):
        assert_loads(small_files)
    assert mirror.requests == [path.name]
    assert_cache_holds({TEST_IMAGES: small_files[TEST_IMAGES]})


# ------------------------------------------------------------ downloads gone wrong


def not_found(handler, body):
    handler.send_error(404)


def broken(handler, body):
    handler.send_error(503)


def cut(handler, body):
    """Half of the bytes, and of their number no word."""
    handler.start()
    handler.wfile.write(body[: len(body) // 2])


def short(handler, body):
    """Half of the bytes that were announced."""
    handler.start(len(body))
    handler.wfile.write(body[: len(body) // 2])


def reset(handler, body):
    """Half of the bytes, then the line is torn out."""
    short(handler, body)
    handler.wfile.flush()
    time.sleep(0.2)  # so that the half arrives
    handler.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
    )
    handler.connection.close()


def login_page(handler, body):
    """What a hotel's network answers to everything."""
    handler.start()
    handler.wfile.write(b"<html>Please log in</html>")


def other_contents(handler, body):
    handler.start()
    handler.wfile.write(gzip.compress(b"something else"))


def altered_byte(handler, body):
    handler.start()
    middle = len(body) // 2
    handler.wfile.write(body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])


def silent(handler, body):
    handler.server.closing.wait(20)


DOWNLOAD_FAULTS = {
    not_found: "404",
    broken: "503",
    cut: "end-of-stream",
    short: "IncompleteRead",
    reset: "",
    silent: "timed out",
    login_page: "hash",
    other_contents: "hash",
    altered_byte: ".gz",
}


@pytest.mark.parametrize("name", data.FILES)
@pytest.mark.parametrize("fault", DOWNLOAD_FAULTS)
def test_bad_download(fault, name, mirror, small_files, monkeypatch):
    def misbehave(handler, body):
        if handler.path == f"/{name}.gz":
            fault(handler, body)
        else:
            handler.start()
            handler.wfile.write(body)

    mirror.misbehave = misbehave
    monkeypatch.setattr(data, "TIMEOUT", 0.3 if fault is silent else 10)
    start = time.perf_counter()
    message = load_error(name)
    assert time.perf_counter() - start < 10
    [line] = [line for line in message.splitlines() if mirror.url in line]
    assert DOWNLOAD_FAULTS[fault] in line
    assert "apt-get install dataset-fashion-mnist" in message
    # The files before it were whole, and are kept.
    before = list(small_files)[: list(small_files).index(name)]
    assert_cache_holds({whole: small_files[whole] for whole in before})
    mirror.misbehave = None
    assert_loads(small_files)
    assert_cache_holds(small_files)


def test_each_mirror_is_tried_in_turn(small_files, start_mirror, monkeypatch):
    first, second, third = mirrors = [start_mirror(small_files) for _ in range(3)]
    monkeypatch.setattr(data, "MIRRORS", (*data.MIRRORS, *(m.url for m in mirrors)))
    first.misbehave, second.misbehave = not_found, short
    assert_loads(small_files)
    assert_cache_holds(small_files)
    packed = [f"{name}.gz" for name in small_files]
    assert first.requests == second.requests == third.requests == packed


def test_error_lists_every_place_and_its_reason(small_files, start_mirror, monkeypatch):
    first, second = mirrors = [start_mirror(small_files) for _ in range(2)]
    monkeypatch.setattr(data, "MIRRORS", (*data.MIRRORS, *(m.url for m in mirrors)))
    first.misbehave, second.misbehave = not_found, short
    lines = load_error(TRAIN_IMAGES).splitlines()
    for place, reason in [
        (data.CACHE, "not there"),
        (data.DEBIAN, "not there"),
        (data.MIRRORS[0], "refused"),
        (first.url, "404"),
        (second.url, "IncompleteRead"),
    ]:
        assert [line for line in lines if str(place) in line and reason in line]


def test_official_mirrors_are_tried_encrypted_first():
    # A fresh process, for here the mirrors are replaced.
    code = "from dropout_book import data; print(*data.MIRRORS)"
    mirrors = run_python(code).stdout.split()
    schemes = [mirror.split("://")[0] for mirror in mirrors]
    assert schemes == ["https", "https", "http"]
    assert all(mirror.endswith("/") for mirror in mirrors)


def test_no_network(small_files, start_mirror, monkeypatch):
    start = time.perf_counter()
    message = load_error(TRAIN_IMAGES)
    assert time.perf_counter() - start < 10
    assert "refused" in message and "ConnectionPool" not in message  # in plain words
    assert_cache_holds({})
    monkeypatch.setattr(data, "MIRRORS", (start_mirror(small_files).url,))
    assert_loads(small_files)


def test_reason_is_our_own_even_while_another_error_is_handled(small_files):
    try:
        raise FileNotFoundError("an earlier trouble")
    except FileNotFoundError:
        message = load_error(TRAIN_IMAGES)
    assert "refused" in message and "an earlier trouble" not in message


def raise_interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["arriving", "unpacking", "moving"])
def test_interrupted_download(moment, mirror, small_files, monkeypatch):
    def half_then_interrupt(handler, body):
        handler.start(len(body))
        handler.wfile.write(body[: len(body) // 2])
        time.sleep(0.5)  # by now the reader waits for more
        # As Ctrl-C does: it ends the wait itself, where `interrupt_main` does not.
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        handler.server.closing.wait(20)

    with monkeypatch.context() as patch:
        if moment == "arriving":
            mirror.misbehave = half_then_interrupt
        elif moment == "unpacking":
            patch.setattr(gzip, "decompress", raise_interrupt)
        else:
            patch.setattr(os, "replace", raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_fashion_mnist()
    assert_cache_holds({})
    mirror.misbehave = None
    assert_loads(small_files)
    assert_cache_holds(small_files)


def test_disk_that_fills_up(mirror, small_files, monkeypatch):
    def write_half(path, content):
        with open(path, "wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_half)
        message = load_error(TRAIN_IMAGES)
    assert os.strerror(errno.ENOSPC) in message and "Free disk space" in message
    assert len(mirror.requests) == 1  # another mirror would not help
    assert_cache_holds({})
    assert_loads(small_files)
    assert_cache_holds(small_files)


if os.name == "posix":  # elsewhere the system has no limit to run into

    def test_system_that_refuses_to_write_on(mirror, small_files):
        result = run_python(f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
{this_machine()}
try:
    data.load_fashion_mnist()
except data.DataError as error:
    print(error)
""")
        assert os.strerror(errno.EFBIG) in result.stdout
        assert "Free disk space" in result.stdout and TRAIN_IMAGES in result.stdout
        assert_cache_holds({})
        assert_loads(small_files)


def test_cache_that_cannot_be_made(mirror, small_files):
    data.CACHE.write_text("a file in its place")
    with pytest.warns(UserWarning):
        message = load_error(TRAIN_IMAGES)
    assert str(data.CACHE) in message and "make the folder writable" in message
    assert mirror.requests == []
    data.CACHE.unlink()
    assert_loads(small_files)


# --------------------------------------------------------------------- processes


def run_python(*arguments, **options):
    """`python -c code` or, with more arguments, `python *arguments`; all it printed."""
    if len(arguments) == 1:
        arguments = ("-c", *arguments)
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def this_machine():
    """Code that gives another process the folders and mirrors of this test."""
    return f"""
from pathlib import Path
from dropout_book import data
data.CACHE, data.DEBIAN = Path({str(data.CACHE)!r}), Path({str(data.DEBIAN)!r})
data.MIRRORS, data.FILES = {data.MIRRORS!r}, {data.FILES!r}
"""


def test_two_processes_at_once(mirror, small_files):
    together = threading.Barrier(2)

    def wait_for_both(handler, body):
        if TRAIN_IMAGES in handler.path:
            together.wait(30)
        handler.start(len(body))
        handler.wfile.write(body)

    mirror.misbehave = wait_for_both
    results = []
    code = this_machine() + "print(data.load_fashion_mnist()[0][0].shape)"
    threads = [threading.Thread(target=lambda: results.append(run_python(code))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.stdout for result in results] == ["(40, 20, 20)\n"] * 2, results
    assert_cache_holds(small_files)


def test_file_that_another_process_holds_open_on_windows(mirror, small_files, monkeypatch):
    replace = os.replace

    def replace_and_refuse(source, target):
        replace(source, target)  # the other process was first ...
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)

    monkeypatch.setattr(os, "replace", replace_and_refuse)
    assert_loads(small_files)
    assert_cache_holds(small_files)


def test_a_file_is_whole_as_soon_as_it_is_seen(mirror, small_files, monkeypatch):
    replace = os.replace

    def look_first(source, target):
        assert Path(target).parent == data.CACHE and not Path(target).exists()
        assert Path(source).read_bytes() == small_files[Path(target).name]
        replace(source, target)

    monkeypatch.setattr(os, "replace", look_first)
    assert_loads(small_files)
    assert_cache_holds(small_files)


def test_command_says_where(fashion_mnist_gz, tmp_path):
    result = run_python(
        "-m",
        "dropout_book.data",
        cwd=tmp_path,
        env={**os.environ, data.VARIABLE: str(fashion_mnist_gz)},
    )
    assert result.returncode == 0 and result.stderr == ""
    assert len(result.stdout.splitlines()) == 1
    assert str(fashion_mnist_gz) in result.stdout and "verified" in result.stdout


def test_command_fails_with_the_message_alone(tmp_path):
    result = run_python(
        "-m",
        "dropout_book.data",
        cwd=tmp_path,
        env={**os.environ, data.VARIABLE: str(tmp_path / "nowhere")},
    )
    assert result.returncode == 1 and result.stdout == ""
    assert f"{tmp_path / 'nowhere'} is not a folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_import_is_quiet_in_a_notebook_without_ipywidgets():
    result = run_python("""
import sys, types, warnings
import numpy    # first, for it adds warning filters of its own
filters = warnings.filters[:]
kernel = types.SimpleNamespace(config={"IPKernelApp": {}})
sys.modules["ipykernel.zmqshell"] = True
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: kernel)
sys.modules["ipywidgets"] = None
import dropout_book.data
assert warnings.filters == filters, "it silences other warnings"
""")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


# -------------------------------------------------------------------- minibatches


def numbered(n):
    """n examples: example i is [i, i], and its label 10 i."""
    return np.repeat(np.arange(n), 2).reshape(n, 2), 10 * np.arange(n)


def order(pairs):
    return np.concatenate([y for _, y in pairs]).tolist()


@given(
    n=st.integers(1, 50),
    batch_size=st.integers(1, 60),
    seed=st.integers(0, 2**40),
    epoch=st.integers(0, 2**40),
)
def test_every_example_once(n, batch_size, seed, epoch):
    batches = Minibatches(*numbered(n), batch_size, seed)
    assert batches.num_examples == n
    for pairs in list(batches), list(batches.shuffled(epoch)):
        assert len(pairs) == len(batches)
        assert [len(y) for _, y in pairs[:-1]] == [batch_size] * (len(pairs) - 1)
        assert 1 <= len(pairs[-1][1]) <= batch_size
        for X, y in pairs:
            assert X.shape == (len(y), 2)
            assert np.array_equal(10 * X, np.stack([y, y], axis=1))
        assert sorted(order(pairs)) == list(range(0, 10 * n, 10))


def test_last_batch_is_smaller():
    batches = Minibatches(*numbered(10), 4)
    for pairs in batches, batches.shuffled(0):
        assert [len(y) for _, y in pairs] == [4, 4, 2]
    assert len(batches) == 3 and len(Minibatches(*numbered(8), 4)) == 2


def test_iterating_keeps_the_order():
    batches = Minibatches(*numbered(10), 4, seed=1)
    for _ in range(2):
        assert order(batches) == list(range(0, 100, 10))
        list(batches.shuffled(0))


def epochs(seed, batch_size=7):
    batches = Minibatches(*numbered(100), batch_size, seed)
    return [order(batches.shuffled(epoch)) for epoch in range(3)]


def test_shuffled_order_is_the_seeds():
    assert epochs(seed=1) == epochs(seed=1)
    first, second, third = epochs(seed=1)
    assert first != second != third != first
    # Seed 1's second epoch is not seed 2's first, as it would be with seed + epoch.
    assert not any(epoch in epochs(seed=2) for epoch in epochs(seed=1))


def test_shuffled_order_is_the_same_in_another_process_and_batch_size():
    code = """
import numpy as np
from dropout_book.data import Minibatches
batches = Minibatches(np.zeros((100, 2)), 10 * np.arange(100), 9, seed=3)
print([[int(i) for _, y in batches.shuffled(epoch) for i in y] for epoch in range(3)])
"""
    assert run_python(code).stdout.strip() == str(epochs(seed=3))


def test_broken_off_epoch_disturbs_no_other():
    batches = Minibatches(*numbered(100), 7, seed=0)
    first, second, third = epochs(seed=0)
    broken_off = batches.shuffled(0)
    next(broken_off)
    assert order(batches.shuffled(2)) == third
    assert order(batches.shuffled(1)) == second
    assert order(broken_off) == first[7:]  # it goes on where it was


def test_global_random_state_is_left_alone():
    np.random.seed(0)
    expected = np.random.rand()
    np.random.seed(0)
    list(Minibatches(*numbered(10), 4).shuffled(0))
    assert np.random.rand() == expected


def test_batches_are_copies():
    X, y = numbered(10)
    batches = Minibatches(X, y, 4)
    for pairs in batches, batches.shuffled(0):
        for X_batch, y_batch in pairs:
            X_batch[:], y_batch[:] = -1, -1
    assert X.min() == y.min() == 0


def test_as_tensor_makes_both_halves():
    tagged = Minibatches(*numbered(10), 4, as_tensor=lambda array: ("tensor", array))
    plain = Minibatches(*numbered(10), 4)
    for tensors, arrays in (tagged, plain), (tagged.shuffled(1), plain.shuffled(1)):
        for pair, expected in zip(tensors, arrays):
            for (tag, array), expected_array in zip(pair, expected):
                assert tag == "tensor" and type(expected_array) is np.ndarray
                assert np.array_equal(array, expected_array)


@pytest.mark.parametrize(
    "change, error, said",
    [
        ({"y": np.zeros(9)}, ValueError, "10 examples and y has 9"),
        ({"X": np.zeros((0, 2)), "y": np.zeros(0)}, ValueError, "0 examples"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"batch_size": -4}, ValueError, "batch_size is -4"),
        ({"batch_size": 4.0}, TypeError, "batch_size is 4.0"),
        ({"batch_size": "4"}, TypeError, "batch_size is '4'"),
        ({"batch_size": None}, TypeError, "batch_size is None"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"seed": 0.5}, TypeError, "seed is 0.5"),
        ({"seed": None}, TypeError, "seed is None"),
    ],
)
def test_bad_arguments(change, error, said):
    X, y = numbered(10)
    with pytest.raises(error, match=said):
        Minibatches(**{"X": X, "y": y, "batch_size": 4, "seed": 0, **change})


@pytest.mark.parametrize("epoch, error", [(-1, ValueError), (0.5, TypeError)])
def test_bad_epoch(epoch, error):
    with pytest.raises(error, match=f"epoch is {epoch}"):
        Minibatches(*numbered(10), 4).shuffled(epoch)


def test_numpy_integers_are_integers():
    batches = Minibatches(*numbered(100), np.int64(7), seed=np.uint8(1))
    assert order(batches.shuffled(np.int32(2))) == epochs(seed=1)[2]
