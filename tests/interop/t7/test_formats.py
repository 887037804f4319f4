"""Files of other machines: big-endian ones, and ones whose longs have 4 bytes."""

import io
import struct

import numpy as np
import pytest

from interop.t7.originals import contents, files, is_referenced
from interop.t7.test_raw_files import Shape, read_all
from nnmods.interop.t7 import T7Error, T7Reader, TorchStorage, load_t7, save_t7
from nnmods.interop.t7.emitter import Emitter
from nnmods.interop.t7.raw import Storage, Tensor


class ForeignSink:
    """Writes as a machine of another byte order or size of a long does."""

    def __init__(self, file, order, long_size):
        self.file, self.order = file, order
        self.long = "q" if long_size == 8 else "i"

    def _pack(self, code, *values):
        self.file.write(struct.pack(f"{self.order}{len(values)}{code}", *values))

    def int(self, value):
        self._pack("i", value)

    def double(self, value):
        self._pack("d", value)

    def longs(self, values):
        self._pack(self.long, *values)

    def chars(self, text):
        self.file.write(text)

    def numbers(self, array):
        code = array.dtype.str[1:]
        if code == "i8":
            self._pack(self.long, *array.tolist())
        else:
            self.file.write(array.astype(f"{self.order}{code}").tobytes())


def has_large_longs(raws):
    """Tell whether there are longs that do not fit 4 bytes."""
    text = str([Shape().of(raw) for raw in raws])
    return "i8" in text and any(
        np.abs(array).max(initial=0) > 2**31 - 1 for array in _long_arrays(raws, set())
    )


def _long_arrays(items, seen):
    for raw in items:
        if id(raw) in seen:
            continue
        seen.add(id(raw))
        if type(raw) is Storage and raw.array.dtype == np.int64:
            yield raw.array
        elif type(raw) is Tensor:
            yield from _long_arrays([raw.storage], seen)
        else:
            parts = getattr(raw, "items", None) or [getattr(raw, "content", None)]
            yield from _long_arrays(parts, seen) if parts != [None] else ()


@pytest.mark.parametrize("order, long_size", [("<", 4), (">", 8), (">", 4)])
@pytest.mark.parametrize("name", [n for _, n in files() if ".binary." in n])
def test_other_machines_files_hold_the_same(name, order, long_size):
    raws = read_all(contents(name), is_referenced(name))
    if long_size == 4 and has_large_longs(raws):
        pytest.skip("has longs that such a machine has not")
    file = io.BytesIO()
    emitter = Emitter(ForeignSink(file, order, long_size))
    for raw in raws:
        emitter.write(raw)
    file.seek(0)
    got = [Shape().of(raw) for raw in read_all(file)]
    assert got == [Shape().of(raw) for raw in raws]


def test_the_arrays_of_other_machines_are_in_native_order():
    file, x = io.BytesIO(), np.arange(6.0).reshape(2, 3)
    save_t7([x, np.arange(3)], plain := io.BytesIO())
    plain.seek(0)
    Emitter(ForeignSink(file, ">", 4)).write(read_all(plain)[0])
    file.seek(0)
    values, longs = load_t7(file)
    np.testing.assert_array_equal(values, x)
    assert values.dtype.isnative
    assert longs.dtype == np.int64
    np.testing.assert_array_equal(longs, np.arange(3))


def test_a_reader_goes_from_object_to_object():
    (case,) = [case for case, name in files() if name == "multi.binary.t7"]
    for name in case["files"].values():
        with T7Reader(contents(name)) as reader:
            first, second, third = reader
            assert first["a"] is second
            np.testing.assert_array_equal(second, [1, 2])
            assert third == "x"
            with pytest.raises(EOFError, match="no object is left"):
                reader.read()


def test_objects_of_an_open_file_are_read_one_by_one(tmp_path):
    path = tmp_path / "two.t7"
    with open(path, "wb") as file:
        save_t7([1, 2], file)
        save_t7("next", file)
    with open(path, "rb") as file:
        assert load_t7(file) == [1, 2]
        assert load_t7(file) == "next"
        assert file.read() == b""


def test_a_file_without_references_has_copies():
    (name,) = [name for _, name in files() if name == "unreferenced.binary.t7"]
    first, second, _ = load_t7(contents(name), referenced=False)
    assert first == second == [1, 2]
    assert first is not second


@pytest.mark.parametrize("text", [b"", b"9\n", b"abc", b"\x09\0\0\0", b"\0\0\0\x09"])
def test_what_is_no_t7_file_is_refused(text):
    with pytest.raises(T7Error, match="expected"):
        load_t7(io.BytesIO(text))


def test_a_storage_stays_one_through_all_formats():
    for form in ("binary", "ascii"):
        save_t7(np.arange(3).view(TorchStorage), file := io.BytesIO(), form)
        file.seek(0)
        assert type(load_t7(file)) is TorchStorage
