"""Reading: gzip told by content, broken gzip, and sizes that promise too much."""

import gzip
import io

import pytest

from nnmods.data.reading import CHUNK, count_rest, open_data, read_at_most


@pytest.mark.parametrize("content", [b"", b"a", b"\x1f", b"plain bytes"])
def test_plain_files_are_read_as_they_are(tmp_path, content):
    path = tmp_path / "file.gz"  # the name says nothing
    path.write_bytes(content)
    with open_data(path) as file:
        assert file.read() == content


def test_gzip_is_told_by_content(tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(gzip.compress(b"one") + gzip.compress(b", two"))
    with open_data(path) as file:
        assert file.read() == b"one, two"


@pytest.mark.parametrize("end", [2, 5, 15, -1])
def test_truncated_gzip(tmp_path, end):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(bytes(range(256)))[:end])
    with pytest.raises(ValueError, match="file: corrupt gzip data: "):
        with open_data(path) as file:
            file.read()


@pytest.mark.parametrize("position", [2, 15, -6])
def test_damaged_gzip(tmp_path, position):
    data = bytearray(gzip.compress(bytes(range(256))))
    data[position] ^= 0xFF
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="file: corrupt gzip data: "):
        with open_data(path) as file:
            file.read()


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        with open_data(tmp_path / "nowhere"):
            pass


def test_read_at_most():
    file = io.BytesIO(b"abcdef")
    assert read_at_most(file, 0) == b""
    assert read_at_most(file, 2) == b"ab"
    assert count_rest(file) == 4
    assert read_at_most(file, 2) == b""


def test_read_at_most_over_several_chunks():
    data = bytes(range(256)) * (2 * CHUNK // 256) + b"end"
    file = io.BytesIO(data)
    assert read_at_most(file, len(data) - 1) == data[:-1]
    assert count_rest(file) == 1


def test_a_promise_of_an_exabyte_costs_nothing():
    assert read_at_most(io.BytesIO(b"abc"), 10**18) == b"abc"
