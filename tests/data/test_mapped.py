"""Files that are mapped: read batch by batch, and never as a whole."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from nnmods.data import Minibatches, Whitening, open_npy, read_idx
from nnmods.data.batch_source import is_mapped


def idx(code, shape, entries):
    return struct.pack(f">4B{len(shape)}I", 0, 0, code, len(shape), *shape) + entries


@pytest.mark.parametrize("dtype", ["<f4", "<f8", ">f4", "u1", ">i2"])
@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("shuffle", ["epoch", "never"])
@pytest.mark.parametrize("batch_last", [False, True])
def test_batches_of_a_map(tmp_path, dtype, fortran, shuffle, batch_last):
    x = np.random.default_rng(0).integers(0, 100, (11, 2, 3, 4)).astype(dtype)
    path = tmp_path / "x.npy"
    np.save(path, np.asfortranarray(x) if fortran else x)
    mapped = open_npy(path)
    assert isinstance(mapped, np.memmap) and mapped.dtype == x.dtype
    arrays = [mapped, mapped[::2].repeat(2, axis=0)[:11], mapped[:, :, ::-1]]
    wanted = [x, x[::2].repeat(2, axis=0)[:11], x[:, :, ::-1]]
    batches = Minibatches(
        arrays, np.arange(11), 4, shuffle, rng=0, batch_last=batch_last
    )
    for xb, tb in batches:
        for a, b in zip(xb, wanted, strict=True):
            np.testing.assert_array_equal(a, b[tb])
            assert a.dtype.isnative or shuffle == "never" and not batch_last


@pytest.mark.parametrize("kind", ["plain", "byte-swapped", "strided", "fortran"])
@pytest.mark.parametrize("view", [False, True])
def test_a_map_is_never_read_whole(tmp_path, kind, view):
    x = np.zeros((4000, 10, 20), ">f4" if kind == "byte-swapped" else "f4")
    path = tmp_path / "x.npy"
    np.save(path, np.asfortranarray(x) if kind == "fortran" else x)
    mapped = open_npy(path)
    if kind == "strided":
        mapped = mapped[:, ::-1, ::3]
    if view:
        mapped = np.asarray(mapped)[1:]
    tracemalloc.start()
    try:
        batches = Minibatches(mapped, np.arange(len(mapped)), 16, rng=0)
        for k, _ in enumerate(batches):
            if k == 20:
                break
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < x.nbytes / 8


def test_what_is_mapped(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(6.0).reshape(2, 3))
    mapped = open_npy(tmp_path / "x.npy")
    assert is_mapped(mapped) and is_mapped(mapped[1:]) and is_mapped(np.asarray(mapped))
    assert is_mapped(np.asarray(mapped)[:, ::2].T)
    assert not is_mapped(np.array(mapped)) and not is_mapped(mapped + 0)
    assert not is_mapped(np.frombuffer(bytearray(8)))


def test_maps_are_read_only(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(6.0))
    mapped = open_npy(str(tmp_path / "x.npy"))
    with pytest.raises(ValueError, match="read-only"):
        mapped[0] = 1


def test_maps_can_be_fitted(tmp_path):
    x = np.random.default_rng(0).standard_normal((20, 3))
    np.save(tmp_path / "x.npy", x)
    mapped = open_npy(tmp_path / "x.npy")
    np.testing.assert_array_equal(
        Whitening().fit_transform(mapped), Whitening().fit_transform(x)
    )


def test_empty_arrays(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    mapped = open_npy(tmp_path / "x.npy")
    assert mapped.shape == (0, 3)
    with pytest.raises(ValueError, match="Minibatches: x has 0 samples"):
        Minibatches(mapped, np.zeros(0))


def npy(array, old=b"", new=b""):
    def write(path):
        np.save(path, array)
        path.write_bytes(path.read_bytes().replace(old, new))

    return write


BROKEN = {
    "empty": lambda path: path.write_bytes(b""),
    "other": lambda path: path.write_bytes(b"PK\3\4" * 100),
    "objects": npy(np.array([{}], object)),
    "no key": npy(np.ones(9), b"'shape'", b"'shap_'"),
    "no dict": npy(np.ones(9), b"{'descr'", b"{{(descr"),
    "negative": npy(np.ones(9), b"(9,), }", b"(-9,),}"),
    "too long": npy(np.ones(9), b"(9,), }", b"(99,),}"),
}


@pytest.mark.parametrize("write", BROKEN.values(), ids=BROKEN)
def test_broken_npy_files(tmp_path, write):
    path = tmp_path / "x.npy"
    write(path)
    with pytest.raises(ValueError) as caught:
        open_npy(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: is no .npy file that can be mapped: ")
    assert "\n" not in text


def test_every_truncated_npy_file_is_an_error(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.ones(3))
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="is no .npy file"):
            open_npy(path)


def test_missing_files(tmp_path):
    for read in (open_npy, lambda path: read_idx(path, mapped=True)):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("code", "letter", "dtype"),
    [(0x08, "B", "u1"), (0x0B, "h", ">i2"), (0x0E, "d", ">f8")],
)
def test_mapped_idx(tmp_path, code, letter, dtype):
    path = tmp_path / "array"
    path.write_bytes(idx(code, (5, 2), struct.pack(f">10{letter}", *range(10))))
    mapped = read_idx(path, mapped=True)
    assert isinstance(mapped, np.memmap) and mapped.dtype == dtype
    np.testing.assert_array_equal(mapped, read_idx(path))
    for xb, tb in Minibatches(mapped, np.arange(5), 2, rng=0):
        np.testing.assert_array_equal(xb[:, 0], 2 * tb)
        assert xb.dtype.isnative


@pytest.mark.parametrize("size", [0, 5, 7])
def test_mapped_idx_of_another_length(tmp_path, size):
    path = tmp_path / "array"
    path.write_bytes(idx(0x08, (2, 3), bytes(size)))
    with pytest.raises(ValueError) as caught:
        read_idx(path, mapped=True)
    assert str(caught.value) == (
        f"{path}: has {size} bytes of entries, expected 6 for shape (2, 3) of uint8"
    )


def test_mapped_idx_without_entries(tmp_path):
    path = tmp_path / "array"
    path.write_bytes(idx(0x08, (0, 3), b""))
    assert read_idx(path, mapped=True).shape == (0, 3)


def test_gzip_cannot_be_mapped(tmp_path):
    path = tmp_path / "array.gz"
    path.write_bytes(gzip.compress(idx(0x08, (3,), b"\1\2\3")))
    with pytest.raises(ValueError) as caught:
        read_idx(path, mapped=True)
    assert str(caught.value) == (
        f"{path}: is gzip, expected a plain file to map; gunzip makes one"
    )
