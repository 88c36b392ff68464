"""The copy of the data that the textbook's loaders read."""

import gzip

import pytest

from dropout_book import data, textbook


@pytest.fixture
def source(small_files, tmp_path, monkeypatch):
    """A folder with (small) good files, where `dropout_book.data` looks."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name, content in small_files.items():
        (folder / name).write_bytes(content)
    monkeypatch.setenv(data.VARIABLE, str(folder))
    return folder


@pytest.mark.parametrize("packed, unpack", [(True, gzip.decompress), (False, bytes)])
def test_four_good_files(source, small_files, packed, unpack):
    folder = textbook.data_files(packed)
    suffix = ".gz" if packed else ""
    assert {path.name for path in folder.iterdir()} == {name + suffix for name in small_files}
    for name, content in small_files.items():
        assert unpack((folder / (name + suffix)).read_bytes()) == content


def test_keras_will_look_there(source):
    folder = textbook.data_files(packed=True)
    assert folder == textbook.keras_home() / "datasets" / "fashion-mnist"
    assert textbook.keras_home().is_relative_to(data.CACHE)


def test_good_files_are_left_alone_and_bad_ones_replaced(source, small_files):
    good, bad, missing, _ = small_files
    folder = textbook.data_files(packed=True)
    before = (folder / f"{good}.gz").stat().st_mtime_ns
    (folder / f"{bad}.gz").write_bytes(b"truncated")
    (folder / f"{missing}.gz").unlink()
    textbook.data_files(packed=True)
    assert (folder / f"{good}.gz").stat().st_mtime_ns == before
    for name in bad, missing:
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == small_files[name]


def test_an_altered_source_is_an_error_and_writes_nothing(source, small_files):
    name = next(iter(small_files))
    (source / name).write_bytes(small_files[name] + b"!")
    with pytest.raises(data.DataError, match="truncated or altered"):
        textbook.data_files(packed=False)
    assert not (textbook.keras_home() / "datasets").exists()


def test_a_folder_that_cannot_be_written_is_an_error(source):
    data.CACHE.mkdir(parents=True)
    textbook.keras_home().write_text("a file in the way")
    with pytest.raises(data.DataError, match="cannot be written.*\n.*free disk space"):
        textbook.data_files(packed=True)
