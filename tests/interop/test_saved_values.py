"""Every value that an attribute may hold comes back, of its type and to the bit."""

import math
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nnmods as nn
from interop.holder import Holder, again

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**200), max_value=2**200),
    st.floats(),
    st.text(),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(), inner, max_size=4),
    ),
    max_leaves=20,
)


def assert_same(a, b):
    assert type(a) is type(b)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for mine, theirs in zip(a, b, strict=True):
            assert_same(mine, theirs)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        assert_same(list(a.values()), list(b.values()))
    elif isinstance(a, float):
        assert (
            a.hex() == b.hex() and math.copysign(1, a) == math.copysign(1, b) or a != a
        )
    else:
        assert a == b


@given(NESTED)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_settings(tmp_path, value):
    assert_same(again(Holder(value=value), tmp_path / "net.npz").value, value)


@pytest.mark.parametrize(
    "value",
    [
        2**63 - 1,
        2**63,
        -(2**63) - 1,
        3**20000,
        -0.0,
        5e-324,
        sys.float_info.max,
        0.1,
        math.inf,
        -math.inf,
        math.nan,
        "\ud800 is half a character\0",
        {"float": "nan"},
        {"object": 0, "array": [{"tuple": ()}]},
        {},
        [],
        (),
        ([(1,)],),
    ],
    ids=lambda value: repr(value)[:20] if not isinstance(value, int) else "int",
)
def test_edges(tmp_path, value):
    assert_same(again(Holder(value=value), tmp_path / "net.npz").value, value)


def test_100_levels_of_lists(tmp_path):
    value = []
    for _ in range(99):
        value = [value]
    assert again(Holder(value=value), tmp_path / "net.npz").value == value


@pytest.mark.parametrize("code", ["?", "i1", "<u8", ">f4", "f2", "g", "c8", "U3", "S2"])
def test_dtypes_and_scalars(tmp_path, code):
    dtype = np.dtype(code)
    scalar = np.array(["1", "0"]).astype(dtype)[0]
    new = again(Holder(dtype_=dtype, scalar=scalar), tmp_path / "net.npz")
    assert new.dtype_ == dtype
    assert type(new.scalar) is type(scalar) and new.scalar == scalar


def test_scalars_that_are_no_numbers(tmp_path):
    values = [np.float32("nan"), np.float64("-inf"), np.str_(""), np.bool_(True)]
    new = again(Holder(values=values), tmp_path / "net.npz").values
    assert np.isnan(new[0]) and new[1:] == values[1:]
    assert [type(v) for v in new] == [type(v) for v in values]


WIDE = np.arange(24.0).reshape(4, 6)


@pytest.mark.parametrize(
    "array",
    [
        WIDE,
        np.asfortranarray(WIDE),
        np.array(3.5),
        np.empty((0, 3)),
        np.zeros((2, 0, 4), "int8"),
        np.array([], "U"),
        WIDE.astype(">f4"),
        WIDE > 3,
        WIDE * 1j,
        np.array(["a", "bcd"]),
        np.array([b"a", b"bcd"]),
        np.array([np.nan, -0.0, np.inf]),
        np.arange(3, dtype=np.longdouble) / 3,
    ],
    ids=lambda a: f"{a.dtype.str}{a.shape}",
)
def test_arrays(tmp_path, array):
    new = again(Holder(array=array), tmp_path / "net.npz").array
    assert new.dtype == array.dtype and new.shape == array.shape
    assert new.tobytes() == array.tobytes() and new.flags.writeable
    assert new.flags.c_contiguous == array.flags.c_contiguous
    assert new.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize(
    "array",
    [WIDE[::2, ::-1], WIDE.reshape(2, 3, 4).transpose(1, 2, 0), WIDE[:, 2:3]],
)
def test_views_with_gaps(tmp_path, array):
    new = again(Holder(array=array), tmp_path / "net.npz").array
    np.testing.assert_array_equal(new, array)


def test_arrays_of_one_memory_but_another_view_are_not_mixed_up(tmp_path):
    flat = np.arange(6.0)
    views = [flat, flat.reshape(2, 3), flat[:3], flat.view(np.int64), flat[:]]
    new = again(Holder(views=views, empty=[flat[:0], flat[:0]]), tmp_path / "net.npz")
    for mine, theirs in zip(new.views, views, strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    assert new.views[4] is new.views[0]
    assert len({id(array) for array in new.views}) == 4


def test_a_memory_map_becomes_an_array(tmp_path):
    array = np.memmap(tmp_path / "numbers", np.float64, "w+", shape=3)
    array[...] = [1, 2, 3]
    new = again(Holder(array=array), tmp_path / "net.npz").array
    assert type(new) is np.ndarray
    np.testing.assert_array_equal(new, [1, 2, 3])


def test_a_generator_of_torch7_goes_on_where_it_was(tmp_path):
    layer = nn.Dropout(rng=nn.Torch7Generator(3))
    layer.rng.standard_normal(3)  # the second of a pair waits
    nn.save(layer, tmp_path / "m.npz")
    again = nn.load(tmp_path / "m.npz").rng
    assert isinstance(again, nn.Torch7Generator)
    np.testing.assert_array_equal(
        again.standard_normal(4), layer.rng.standard_normal(4)
    )
