"""Data sets in .npz files: spellings, dtypes, and nothing unpickled."""

import io
import zipfile

import numpy as np
import pytest

from nnmods.data import read_npz

X = np.arange(6.0).reshape(3, 2)
Y = np.array([2, 0, 1])


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        path = tmp_path / "some.npz"
        np.savez(path, **arrays)
        return path

    return write


def refused(path, text):
    with pytest.raises(ValueError) as caught:
        read_npz(path)
    assert str(caught.value) == f"{path}: {text}"


@pytest.mark.parametrize("x", ["x", "X"])
@pytest.mark.parametrize("target", ["target", "y", "Y"])
def test_spellings(npz, x, target):
    data = read_npz(npz(**{x: X, target: Y, "other": X}))
    np.testing.assert_array_equal(data.x, X)
    assert data.target.tolist() == [2, 0, 1] and data.target.dtype == np.int64
    assert data.classes == ("0", "1", "2") and data.name == "some"


def test_compressed(tmp_path):
    np.savez_compressed(tmp_path / "some.npz", x=X, y=Y)
    np.testing.assert_array_equal(read_npz(tmp_path / "some.npz").x, X)


@pytest.mark.parametrize("dtype", [np.uint8, ">f4", np.float64, bool])
def test_dtype_is_kept_in_native_order(npz, dtype):
    x = X.astype(dtype)
    data = read_npz(npz(x=x, y=Y))
    assert data.x.dtype == x.dtype.newbyteorder("=") and data.x.dtype.isnative
    np.testing.assert_array_equal(data.x, x)
    data.x[...] = 0  # the array is the caller's own


def test_fortran_order(npz):
    x = np.arange(24.0).reshape(3, 2, 4)
    np.testing.assert_array_equal(read_npz(npz(x=np.asfortranarray(x), y=Y)).x, x)


def test_class_names(npz):
    data = read_npz(npz(x=X, y=Y, classes=np.array(["a", "b", "c", "d"])))
    assert data.classes == ("a", "b", "c", "d") and data.target.tolist() == [2, 0, 1]


def test_targets_that_are_names(npz):
    names = np.array(["dog", "cat", "dog"])
    data = read_npz(npz(x=X, y=names))
    assert data.target.tolist() == [1, 0, 1] and data.classes == ("cat", "dog")
    data = read_npz(npz(x=X, y=names, classes=np.array(["dog", "emu", "cat"])))
    assert data.target.tolist() == [0, 2, 0] and data.classes == ("dog", "emu", "cat")


def test_no_samples(npz):
    data = read_npz(npz(x=X[:0], y=Y[:0]))
    assert data.x.shape == (0, 2) and data.classes == ()


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"x": X, "X": X, "y": Y}, "has 2 arrays named x or X"),
        ({"x": X, "y": Y, "target": Y}, "has 2 arrays named target or y or Y"),
        ({"a": X, "y": Y}, "has 0 arrays named x or X"),
        ({"x": X}, "has 0 arrays named target or y or Y"),
        ({}, "has 0 arrays named x or X"),
    ],
)
def test_ambiguous_or_missing_arrays(npz, arrays, text):
    refused(
        npz(**arrays),
        f"not a whole .npz data set: {text}, expected one; "
        f"it holds {', '.join(arrays) or 'none'}",
    )


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        (
            {"x": X, "y": Y[:2]},
            "target has shape (2,) of int64, "
            "expected (3,) of integers or names, one per sample",
        ),
        (
            {"x": X, "y": np.eye(3)},
            "target has shape (3, 3) of float64, "
            "expected (3,) of integers or names, one per sample",
        ),
        (
            {"x": X, "y": Y - 1},
            "sample 1: target is '-1', expected 0 to 999999, or classes given by name",
        ),
        (
            {"x": X, "y": Y, "classes": np.array(["a", "b"])},
            "sample 0 has label 2, expected 0 to 1",
        ),
        (
            {"x": X, "y": Y, "classes": np.arange(3)},
            "classes has shape (3,) of int64, expected (K,) of names",
        ),
        (
            {"x": X.astype("U"), "y": Y},
            "x has shape (3, 2) of <U32, expected (N, ...) of numbers",
        ),
        (
            {"x": np.array(1.0), "y": np.array([1])},
            "x has shape () of float64, expected (N, ...) of numbers",
        ),
    ],
)
def test_arrays_that_are_no_data_set(npz, arrays, text):
    refused(npz(**arrays), text)


def test_objects_are_not_unpickled(npz):
    x = np.array([{}, {}, {}], dtype=object)
    refused(
        npz(x=x, y=Y),
        "not a whole .npz data set: array x holds pickled objects, which are not read",
    )


def npy(shape, entries=b"", version=(1, 0)):
    header = {"descr": "<f8", "fortran_order": False, "shape": shape}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    data = bytearray(file.getvalue() + entries)
    data[6:8] = version
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "has a broken header: "),
        (b"\x93NUMPX", "has a broken header: "),
        (npy((2,), version=(9, 0)), "has a broken header: version (9, 0)"),
        (npy((2,))[:40], "has a broken header: "),
        (
            npy((2,), bytes(15)),
            "has 15 bytes of entries, expected 16 for shape (2,) of float64",
        ),
        (
            npy((2,), bytes(17)),
            "has 17 bytes of entries, expected 16 for shape (2,) of float64",
        ),
        (
            npy((10**18,)),
            f"has 0 bytes of entries, expected {8 * 10**18} for shape ({10**18},) "
            "of float64",
        ),
        (
            npy((-1, -1), bytes(8)),
            "has 8 bytes of entries, expected 8 for shape (-1, -1) of float64",
        ),
    ],
    ids=["empty", "magic", "version", "short header", "short", "long", "huge", "minus"],
)
def test_broken_arrays(tmp_path, content, text):
    path = tmp_path / "some.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", content)
    with pytest.raises(ValueError) as caught:
        read_npz(path)
    start = f"{path}: not a whole .npz data set: array x {text}"
    assert str(caught.value).startswith(start)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_every_truncation_is_an_error(tmp_path, save):
    path = tmp_path / "some.npz"
    save(path, x=X, y=Y)
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="some.npz: not a whole .npz data set"):
            read_npz(path)


def test_a_changed_byte_is_an_error_or_harmless(tmp_path):
    """Never another exception, and never other numbers."""
    path = tmp_path / "some.npz"
    np.savez_compressed(path, x=X, y=Y)
    content = path.read_bytes()
    n_errors = 0
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        try:
            data = read_npz(path)
        except ValueError as err:
            assert str(path) in str(err)
            n_errors += 1
        else:
            np.testing.assert_array_equal(data.x, X)
            np.testing.assert_array_equal(data.target, Y)
    assert n_errors > len(content) / 2


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        read_npz(tmp_path / "nowhere.npz")
