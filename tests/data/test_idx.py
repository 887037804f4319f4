"""IDX files: all dtypes, gzip, and everything that can be wrong with one."""

import gzip
import struct

import numpy as np
import pytest

from nnmods.data import read_idx


def idx(code, shape, entries):
    return struct.pack(f">4B{len(shape)}I", 0, 0, code, len(shape), *shape) + entries


@pytest.mark.parametrize(
    ("code", "letter", "dtype", "values"),
    [
        (0x08, "B", np.uint8, [0, 1, 128, 255, 7, 8]),
        (0x09, "b", np.int8, [0, 1, -128, 127, 7, 8]),
        (0x0B, "h", np.int16, [0, 1, -32768, 32767, 258, 8]),
        (0x0C, "i", np.int32, [0, 1, -(2**31), 2**31 - 1, 66051, 8]),
        (0x0D, "f", np.float32, [0.0, 1.5, -2.0, 1e30, 7.0, 8.0]),
        (0x0E, "d", np.float64, [0.0, 1.5, -2.0, 1e300, 7.0, 8.0]),
    ],
)
def test_all_dtypes(tmp_path, code, letter, dtype, values):
    path = tmp_path / "array"
    path.write_bytes(idx(code, (2, 3), struct.pack(f">6{letter}", *values)))
    array = read_idx(path)
    assert array.dtype == dtype and array.dtype.isnative
    np.testing.assert_array_equal(array, np.array(values, dtype).reshape(2, 3))
    array[0, 0] = 5  # the array is the caller's own


def test_gzip_under_any_name(tmp_path):
    path = tmp_path / "array"
    path.write_bytes(gzip.compress(idx(0x08, (3,), b"\1\2\3")))
    assert read_idx(path).tolist() == [1, 2, 3]
    assert read_idx(str(path)).tolist() == [1, 2, 3]


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (2, 0, 3)])
def test_no_entries(tmp_path, shape):
    path = tmp_path / "array"
    path.write_bytes(idx(0x0D, shape, b""))
    array = read_idx(path)
    assert array.shape == shape and array.dtype == np.float32


BROKEN = {
    b"": "is empty, expected an IDX file",
    b"\0\0\x08": "begins with bytes 00 00 08, expected 00 00 and two more; "
    "is it an IDX file?",
    b"PK\3\4": "begins with bytes 50 4b 03 04, expected 00 00 and two more; "
    "is it an IDX file?",
    idx(0x0A, (1,), b"\0"): "has dtype code 0a, expected one of 08, 09, 0b, 0c, 0d, 0e",
    b"\0\0\x08\0\1": "has 0 dimensions, expected 1 to 32",
    idx(0x08, (1,) * 33, b"\0"): "has 33 dimensions, expected 1 to 32",
    b"\0\0\x08\2\0\0\0\1\0": "ends after 9 bytes, expected a header of 12 "
    "for 2 dimensions",
    idx(0x0B, (2, 3), bytes(11)): "has 11 bytes of entries, expected 12 for shape "
    "(2, 3) of int16",
    idx(0x08, (2, 3), bytes(7)): "has 7 bytes of entries, expected 6 for shape "
    "(2, 3) of uint8",
    idx(0x08, (0,), bytes(1)): "has 1 bytes of entries, expected 0 for shape "
    "(0,) of uint8",
    idx(0x0E, (2**32 - 1,) * 3, bytes(8)): "has 8 bytes of entries, expected "
    f"{(2**32 - 1) ** 3 * 8} for shape {(2**32 - 1,) * 3} of float64",
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("content", "text"), BROKEN.items())
def test_broken_files(tmp_path, content, text, packed):
    path = tmp_path / "array"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ValueError) as caught:
        read_idx(path)
    assert str(caught.value) == f"{path}: {text}"


def test_empty_but_too_big_for_an_array(tmp_path):
    path = tmp_path / "array"
    path.write_bytes(idx(0x08, (0, *[2**32 - 1] * 3), b""))
    with pytest.raises(ValueError, match="array: has shape .0, 4294967295, "):
        read_idx(path)


def test_every_truncation_is_an_error(tmp_path):
    path = tmp_path / "array"
    for content in (idx(0x08, (2, 2), b"abcd"), gzip.compress(idx(8, (2,), b"ab"))):
        for end in range(len(content)):
            path.write_bytes(content[:end])
            with pytest.raises(ValueError, match="array: "):
                read_idx(path)


def test_damaged_checksum_is_noticed(tmp_path):
    content = bytearray(gzip.compress(idx(0x08, (3,), b"\1\2\3")))
    content[-5] ^= 1  # the CRC stands in front of the last four bytes
    path = tmp_path / "array"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="array: corrupt gzip data: CRC"):
        read_idx(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere")
