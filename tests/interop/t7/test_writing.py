"""What is written is read again as the same: values, sharing, cycles."""

import io
import sys

import numpy as np
import pytest
from memory import taken

import nnmods as nn
from interop.t7.originals import contents, files, is_referenced
from nnmods.interop.t7 import (
    LuaFunction,
    LuaTable,
    T7Reader,
    UnknownTorchObject,
    load_t7,
    register_t7,
    save_t7,
)
from nnmods.interop.t7.lowering import Lowering

FORMATS = ["binary", "ascii"]


def through(value, form="binary"):
    file = io.BytesIO()
    save_t7(value, file, form)
    file.seek(0)
    return load_t7(file)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -3,
        0.1,
        2.0**60,
        float("inf"),
        5e-324,
        "text",
        "",
        "zwölf\n",
        b"\xff\xfe",
        [],
        [1, [2, "three", [True]]],
        {"a": 1, "b": {"c": [False]}},
        {1: "one", 3: "three"},
        {-1: 0.5, 1.5: "x", True: "yes", b"\xff": 1},
    ],
    ids=repr,
)
def test_plain_values(value, form):
    got = through(value, form)
    assert got == value
    assert type(got) is type(value)


def test_signed_zero_and_nan():
    assert str(through(-0.0)) == "-0.0"
    assert through(float("nan")) != through(float("nan"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("dtype", "u1 i1 i2 i4 i8 f2 f4 f8".split())
def test_arrays_of_each_type(dtype, form, rng):
    x = rng.integers(0, 100, (3, 1, 4)).astype(dtype)
    for array in (x, x[:, 0], x[::2, :, 1:3], x.T, x[0, 0, :0]):
        got = through(array, form)
        assert got.dtype == array.dtype
        np.testing.assert_array_equal(got, array)


@pytest.mark.parametrize("form", FORMATS)
def test_the_extremes_of_each_type(form):
    for dtype in (np.int16, np.int32, np.int64):
        limits = np.array([np.iinfo(dtype).min, -1, np.iinfo(dtype).max], dtype)
        np.testing.assert_array_equal(through(limits, form), limits)
    for dtype in (np.float16, np.float32, np.float64):
        limit = np.finfo(dtype)
        x = np.array([limit.max, limit.tiny, limit.smallest_subnormal, np.inf, np.nan])
        np.testing.assert_array_equal(through(x.astype(dtype), form), x.astype(dtype))


def test_what_torch7_has_no_word_for_becomes_its_nearest(rng):
    assert through(np.float32(0.5)) == 0.5
    assert through(np.int8(3)) == 3
    assert through(np.True_) is True
    assert through((1, 2)) == [1, 2]
    np.testing.assert_array_equal(through(np.array(2.5)), [2.5])
    np.testing.assert_array_equal(through(np.array([True, False])), [1, 0])
    assert through(np.empty((2, 0, 3))).shape == (0,)
    x = rng.standard_normal((4, 5))
    np.testing.assert_array_equal(through(x[::-1, ::2]), x[::-1, ::2])
    np.testing.assert_array_equal(through(x.astype(">f8")), x)
    assert through({"a": None, "b": 1}) == {"b": 1}


@pytest.mark.parametrize(
    "value, error, message",
    [
        ({1, 2}, TypeError, "obj has type set, expected what Torch7 has too"),
        ([{"a": 1j}], TypeError, r"\[0\].a has type complex"),
        (np.zeros(2, complex), TypeError, "obj: an array has dtype complex128"),
        ({"a": [np.zeros(2, "U3")]}, TypeError, r"a\[0\]: an array has dtype <U3"),
        ([1, None], ValueError, "obj has None at 1, expected no gaps"),
        (2**53 + 1, ValueError, "9007199254740993, expected a number that a double"),
        (10**400, ValueError, "expected a number that a double can hold"),
        ({float("nan"): 1}, ValueError, "key nan"),
        ({np.float64("nan"): 1}, ValueError, "key nan"),
        ({np.float32("nan"): 1}, ValueError, "key nan"),
        ({None: 1}, ValueError, "key None"),
        (UnknownTorchObject("nn.Ä", {}), ValueError, "'nn.Ä', expected a printable"),
        ([UnknownTorchObject("", {})], ValueError, r"\[0\] is of a class called ''"),
        ("\udcff", ValueError, "surrogates not allowed"),
    ],
)
def test_refusals(value, error, message, tmp_path):
    path = tmp_path / "old.t7"
    path.write_bytes(b"old")
    with pytest.raises(error, match=message) as caught:
        save_t7(value, path)
    assert str(caught.value).startswith("save_t7: ")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.t7"]


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="format is 'text', expected binary or ascii"):
        save_t7(1, tmp_path / "x.t7", "text")


@pytest.mark.parametrize("file", [3, io.StringIO()], ids=["int", "text"])
def test_a_file_that_is_not_binary_is_refused(file):
    with pytest.raises(TypeError, match="^save_t7: file has type .*, expected a path"):
        save_t7([1], file)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_one_stays_one(form):
    shared, x = [1], np.arange(6.0).reshape(2, 3)
    got = through([shared, shared, x, x, {"again": shared}], form)
    assert got[0] is got[1] is got[4]["again"]
    assert got[2] is got[3]


@pytest.mark.parametrize("form", FORMATS)
def test_arrays_that_share_memory_share_it_again(form, rng):
    w = rng.standard_normal(24)
    parts = [w, w[:6].reshape(2, 3), w[6:9], w[10:].reshape(2, 7).T, w[::5]]
    got = through(parts, form)
    for array, wanted in zip(got, parts, strict=True):
        np.testing.assert_array_equal(array, wanted)
    for i in range(len(parts)):
        for j in range(len(parts)):
            wanted = np.shares_memory(parts[i], parts[j])
            assert np.shares_memory(got[i], got[j]) == wanted, (i, j)
    got[0][:] = 0
    assert not got[3].any()


def test_arrays_beside_one_another_do_not_become_larger(rng):
    big = rng.standard_normal(10_000)
    file = io.BytesIO()
    save_t7([big[:10], big[5000:5010], big[::1000]], file)
    got = load_t7(io.BytesIO(file.getvalue()))
    np.testing.assert_array_equal(got[2], big[::1000])
    save_t7(big[::1000], small := io.BytesIO())
    assert len(small.getvalue()) < 400


def test_cycles():
    table = {"name": "self"}
    table["me"] = table
    rows = [table]
    rows.append(rows)
    for form in FORMATS:
        got = through(rows, form)
        assert got[1] is got
        assert got[0]["me"] is got[0]


@pytest.mark.parametrize("form", FORMATS)
def test_tables_nested_beyond_any_recursion(form):
    value, wanted = [], 20 * sys.getrecursionlimit()
    for _ in range(wanted):
        value = [value]
    got, depth = through(value, form), 0
    while got:
        got, depth = got[0], depth + 1
    assert depth == wanted


def test_keys_that_no_dict_can_have():
    key, module = [1, 2], nn.Tanh()
    table = LuaTable([(key, "list"), (True, "true"), (1, "one"), (module, key)])
    got = through(table)
    assert isinstance(got, LuaTable)
    assert got[True] == "true"
    assert got[1] == "one"
    found = {type(key).__name__: key for key in got}
    assert got[found["list"]] == "list"
    assert got[found["Tanh"]] is found["list"]


def test_functions_and_unknown_objects_come_back():
    function = LuaFunction(b"\x1bLJ code", [{"name": "x", "value": 3}])
    thing = UnknownTorchObject("my.Thing", {"f": function, "x": np.ones(2)}, 3)
    thing.fields["self"] = thing
    got = through([thing, function])
    assert got[0].name == "my.Thing"
    assert got[0].version == 3
    assert got[0].fields["self"] is got[0]
    assert got[0].fields["f"] is got[1]
    assert got[1].bytecode == function.bytecode
    assert got[1].upvalues == function.upvalues


def test_registered_classes():
    class Gain(nn.MulConstant):
        pass

    register_t7(
        "my.Gain",
        lambda fields: Gain(fields["by"]),
        Gain,
        lambda gain: {"by": gain.constant_scalar},
    )
    net = through(nn.Sequential(Gain(3), nn.Tanh()))
    assert type(net[0]) is Gain
    np.testing.assert_array_equal(net[0](np.ones(2)), [3, 3])


def test_the_users_classes_must_be_registered():
    class Mine(nn.Tanh):
        pass

    with pytest.raises(TypeError, match="type Mine, expected what Torch7 has too"):
        through(nn.Sequential(Mine()))


@pytest.mark.parametrize(
    "name", [name for _, name in files() if is_referenced(name) and ".v0." not in name]
)
def test_originals_written_and_read_again_are_the_same(name):
    with T7Reader(contents(name)) as reader:
        for value in reader:
            file = io.BytesIO()
            save_t7(value, file)
            file.seek(0)
            again = io.BytesIO()
            save_t7(load_t7(file), again)
            assert again.getvalue() == file.getvalue()


def test_arrays_are_written_without_a_copy():
    x = np.zeros(4_000_000)
    with open("/dev/null", "wb") as sink:
        peak = taken(lambda: save_t7({"x": x, "row": x[100:200]}, sink))
    assert peak < x.nbytes / 10


def test_lowering_keeps_what_it_numbers():
    raw = Lowering().lower([[i] for i in range(1000)])
    assert len({id(item) for item in raw.items[1::2]}) == 1000
