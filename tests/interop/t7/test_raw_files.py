"""Every file of the original Torch7 is read as what it holds, entry by entry."""

import io

import numpy as np
import pytest

from interop.t7.originals import (
    CASES,
    FOLDER,
    contents,
    expected,
    files,
    is_referenced,
)
from nnmods.interop.t7.emitter import Emitter
from nnmods.interop.t7.raw import Function, Object, Storage, Table, Tensor, array_class
from nnmods.interop.t7.raw_reader import RawReader
from nnmods.interop.t7.sinks import AsciiSink, BinarySink

DESCRIBED = [
    pytest.param(case, name, id=name) for case, name in files() if "describe" in case
]


def read_all(file, referenced=True):
    reader, found = RawReader(file, referenced=referenced), []
    while not reader.at_end:
        found.append(reader.read())
    return found


class Comparison:
    """Compares raw objects with a description, and the identities of both."""

    def __init__(self, case):
        self.case, self.known, self.described, self.memory = case, {}, {}, {}

    def check(self, raw, described, path="top"):
        if "ref" in described:
            self._check_again(raw, described["ref"], path)
            return
        if "id" in described:
            assert all(raw is not other for other in self.known.values()), path
            self.known[described["id"]] = raw
            self.described[described["id"]] = described
        kind = described["t"]
        if kind in ("number", "boolean", "nil", "string"):
            self._check_plain(raw, described, path)
        elif kind == "tensor":
            self._check_tensor(raw, described, path)
        elif kind == "storage":
            assert type(raw) is Storage
            wanted = expected()[f"{self.case['id']}/{described['key']}"]
            np.testing.assert_array_equal(raw.array, wanted, path)
            assert array_class(described["type"]) == (raw.array.dtype, "Storage")
        elif kind == "function":
            assert type(raw) is Function
            assert raw.bytecode.startswith(b"\x1bLJ")
        else:
            self._check_items(raw, described, path)

    def _check_again(self, raw, number, path):
        """Check an object that was there before, or its copy in a file without them."""
        if self.case["id"] == "unreferenced":
            copy = {k: v for k, v in self.described[number].items() if k != "id"}
            self.check(raw, copy, path)
        else:
            assert raw is self.known[number], path

    def _check_plain(self, raw, described, path):
        kind = described["t"]
        if kind == "string":
            assert raw == bytes.fromhex(described["hex"]), path
        elif kind == "number":
            assert type(raw) is float
            np.testing.assert_equal(raw, float(described["repr"]), path)
        else:
            assert raw is described.get("v"), path

    def _check_tensor(self, raw, described, path):
        assert type(raw) is Tensor
        assert array_class(described["type"]) == (raw.dtype, "Tensor")
        assert list(raw.shape) == described["size"]
        assert list(raw.strides) == described["stride"]
        assert raw.start == described["offset"] - 1 or not raw.shape
        if "storage" not in described:
            assert raw.storage is None
            return
        first = self.memory.setdefault(described["storage"], raw.storage)
        assert raw.storage is first
        assert len(raw.storage.array) == described["storage_size"]
        if described["key"]:
            strides = [step * raw.dtype.itemsize for step in raw.strides]
            got = np.lib.stride_tricks.as_strided(
                raw.storage.array[raw.start :], raw.shape, strides
            )
            wanted = expected()[f"{self.case['id']}/{described['key']}"]
            np.testing.assert_array_equal(got, wanted, path)

    def _check_items(self, raw, described, path):
        items = described["items"]
        if described["t"] == "table":
            assert type(raw) is Table
        else:
            assert type(raw) is Object
            assert raw.name == described["type"]
            if self.case["id"] == "weightnorm":  # computes two anew after reading
                items = [
                    i for i in items if i[0]["text"] not in ("weight", "gradWeight")
                ]
            raw = raw.content
        left = list(raw.pairs())
        assert len(left) == len(items), path
        for wanted, wanted_item in items:  # a file has the order of Lua's hash table
            pair = next((pair for pair in left if self._is_key(pair[0], wanted)), None)
            assert pair is not None, f"{path} lacks the key {wanted}"
            left.remove(pair)
            self.check(pair[0], wanted, f"{path} key")
            self.check(pair[1], wanted_item, f"{path}.{pair[0]}")

    def _is_key(self, key, wanted):
        if "ref" in wanted:
            return key is self.known.get(wanted["ref"])
        return {
            "string": lambda: key == bytes.fromhex(wanted["hex"]),
            "number": lambda: type(key) is float and key == float(wanted["repr"]),
            "boolean": lambda: key is wanted.get("v"),
        }.get(wanted["t"], lambda: isinstance(key, (Table, Object)))()


@pytest.mark.parametrize("case, name", DESCRIBED)
def test_a_file_holds_what_its_description_says(case, name):
    (raw,) = read_all(contents(name), is_referenced(name))
    Comparison(case).check(raw, case["describe"])


@pytest.mark.parametrize(
    "name", [name for _, name in files() if ".v0." not in name and is_referenced(name)]
)
def test_writing_gives_the_same_bytes_again(name):
    sink = AsciiSink if ".ascii." in name else BinarySink
    written = io.BytesIO()
    emitter = Emitter(sink(written))
    for raw in read_all(contents(name)):
        emitter.write(raw)
    # the sign of a nan, which says nothing, is lost on reading text
    got, wanted = written.getvalue(), contents(name).getvalue()
    if sink is AsciiSink:
        got, wanted = got.replace(b"-nan", b"nan"), wanted.replace(b"-nan", b"nan")
    assert got == wanted


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if {"ascii", "binary"} <= set(case["files"])],
    ids=lambda case: case["id"],
)
def test_ascii_and_binary_files_hold_the_same(case):
    referenced = is_referenced(case["files"]["ascii"])
    ascii_, binary = (
        [Shape().of(raw) for raw in read_all(contents(case["files"][form]), referenced)]
        for form in ("ascii", "binary")
    )
    assert ascii_ == binary


class Shape:
    """What a raw object is, as nested tuples in which objects are numbered."""

    def __init__(self):
        self.seen = {}

    def of(self, raw):
        if not isinstance(raw, (Table, Tensor, Storage, Object, Function)):
            return repr(raw)
        if id(raw) in self.seen:
            return self.seen[id(raw)]
        self.seen[id(raw)] = len(self.seen)
        if type(raw) is Table:
            return [self.of(item) for item in raw.items]
        if type(raw) is Storage:
            array = raw.array
            if array.dtype.kind == "f":  # the bits of a nan are lost in text
                array = np.where(np.isnan(array), np.nan, array)
            return array.dtype.str, array.tobytes()
        if type(raw) is Tensor:
            return raw.shape, raw.strides, raw.start, self.of(raw.storage)
        if type(raw) is Function:
            return raw.kind, raw.bytecode, self.of(raw.upvalues)
        return raw.name, raw.version, self.of(raw.content)


def test_records_without_versions_hold_the_same():
    (case,) = [case for case in CASES if case["id"] == "v0"]
    for name, old in case["files"].items():
        (new,) = read_all(contents(f"{name}.ascii.t7"))
        (raw,) = read_all(contents(old))
        assert raw.offset == new.offset == 0
        for one in (raw, new):
            _forget_versions(one)
        assert Shape().of(raw) == Shape().of(new)


def _forget_versions(raw):
    if type(raw) is Object:
        raw.version = 0
        _forget_versions(raw.content)
    elif type(raw) is Table:
        for item in raw.items:
            _forget_versions(item)


def test_every_file_is_in_the_manifest():
    named = {name for _, name in files()}
    assert named == {path.name for path in FOLDER.glob("*.t7")}
