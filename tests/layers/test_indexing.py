"""Index, MaskedSelect and OneHot: what other arrays choose."""

import numpy as np
import pytest

from nnmods.layers.shape import Index, MaskedSelect, OneHot
from nnmods.testing import check_module


def test_index_adds_up_what_was_picked_twice():
    x = [np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([2, 0, 2])]
    np.testing.assert_array_equal(Index(0)(x), [[5, 6], [1, 2], [5, 6]])
    dC_dy = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    values, index = Index(0).backward(x, dC_dy)
    np.testing.assert_array_equal(values, [[2, 20], [0, 0], [4, 40]])
    np.testing.assert_array_equal(index, np.zeros(3))


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_index_along_any_axis(axis, rng):
    x = [rng.standard_normal((4, 5, 6)), rng.integers(0, 4, 9)]
    np.testing.assert_array_equal(Index(axis)(x), x[0].take(x[1], axis))
    turned = [np.asfortranarray(x[0]), x[1].astype(np.float64)]
    np.testing.assert_array_equal(Index(axis)(turned), x[0].take(x[1], axis))
    check_module(Index(axis), x, batch=False)


def test_index_of_integers_and_of_nothing():
    y = Index(0)([np.array([4, 5]), np.array([1])])
    assert y.dtype == np.float64 and y == [5]
    x = [np.ones((3, 2)), np.zeros(0, int)]
    assert Index(0)(x).shape == (0, 2)
    np.testing.assert_array_equal(
        Index(0).backward(x, np.ones((0, 2)))[0], np.zeros((3, 2))
    )


@pytest.mark.parametrize(
    "index, message",
    [
        ([0, 3], r"Index\(0\): x\[1\] has index 3 at 1, expected 0 to 2"),
        ([-1], r"x\[1\] has index -1 at 0, expected 0 to 2"),
        ([0.5], r"x\[1\] has index 0.5 at 0, expected whole numbers"),
        ([np.nan], r"x\[1\] has index nan at 0"),
        ([[0]], r"x\[1\] has shape \(1, 1\), expected \(\*,\)"),
    ],
)
def test_indices_that_are_not_there(index, message):
    x = [np.ones((3, 2)), np.array(index)]
    for verb in (Index(0).forward, lambda x: Index(0).backward(x, np.ones((1, 2)))):
        with pytest.raises(ValueError, match=message):
            verb(x)


def test_index_wants_a_table_of_two_and_an_axis():
    with pytest.raises(TypeError, match="expected a table"):
        Index(0).forward(np.ones(3))
    with pytest.raises(ValueError, match="x has 1 entries, expected 2"):
        Index(0).forward([np.ones(3)])
    with pytest.raises(
        ValueError, match=r"x\[0\] has shape \(3,\), expected an axis 1"
    ):
        Index(1).forward([np.ones(3), np.array([0])])


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64])
def test_masked_select(dtype):
    x = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 0], [1, 1]], dtype)]
    np.testing.assert_array_equal(MaskedSelect()(x), [1, 3, 4])
    values, mask = MaskedSelect().backward(x, np.array([10.0, 30.0, 40.0]))
    np.testing.assert_array_equal(values, [[10, 0], [30, 40]])
    np.testing.assert_array_equal(mask, np.zeros((2, 2)))


def test_masked_select_in_logical_order_in_many_chunks(rng):
    values, mask = rng.standard_normal((300, 100)), rng.random((300, 100)) < 0.5
    for x in ([values, mask], [values.T.copy().T, np.asfortranarray(mask)]):
        select = MaskedSelect()
        y = select.forward(x)
        np.testing.assert_array_equal(y, values[mask])
        dC_dx = select.backward(x, y)
        np.testing.assert_array_equal(dC_dx[0], np.where(mask, values, 0))


def test_masked_select_of_nothing_and_of_all():
    x = [np.ones((2, 3)), np.zeros((2, 3), bool)]
    assert MaskedSelect()(x).shape == (0,)
    np.testing.assert_array_equal(
        MaskedSelect().backward(x, np.ones(0))[0], np.zeros((2, 3))
    )
    assert MaskedSelect()([x[0], ~x[1]]).shape == (6,)


def test_masks_that_make_no_sense():
    with pytest.raises(
        ValueError, match=r"MaskedSelect\(\): x\[1\] has entry 2, expec"
    ):
        MaskedSelect().forward([np.ones(2), np.array([2, 0])])
    with pytest.raises(ValueError, match=r"x\[1\] has shape \(3,\), expected \(2,\)"):
        MaskedSelect().forward([np.ones(2), np.array([1, 0, 1])])
    with pytest.raises(TypeError, match=r"x\[1\] has dtype float64, expected booleans"):
        MaskedSelect().forward([np.ones(2), np.ones(2)])
    x = [np.ones(2), np.array([True, False])]
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(1,\)"):
        MaskedSelect().backward(x, np.ones(2))


def test_one_hot():
    x = np.array([[2, 0], [1, 2]])
    wanted = np.array([[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]]])
    for indices in (x, x.astype(float), x.T.copy().T):
        np.testing.assert_array_equal(OneHot(3)(indices), wanted)
    np.testing.assert_array_equal(OneHot(3).backward(x, wanted * 1.0), np.zeros((2, 2)))


def test_one_hot_of_one_number_and_of_none():
    np.testing.assert_array_equal(OneHot(3)(np.array(1)), [0, 1, 0])
    np.testing.assert_array_equal(OneHot(3)(np.float64(1)), [0, 1, 0])
    assert OneHot(3)(np.zeros((0, 2), int)).shape == (0, 2, 3)
    np.testing.assert_array_equal(OneHot(3)(1), [0, 1, 0])
    np.testing.assert_array_equal(OneHot(3).backward(1, np.ones(3)), 0)
    with pytest.raises(ValueError, match=r"x has index 3 at \(\), expected 0 to 2"):
        OneHot(3)(3)


def test_one_hot_in_the_dtype_of_the_module():
    assert OneHot(3).float()(np.array([1])).dtype == np.float32
    assert OneHot(3)(np.array([1], np.float32)).dtype == np.float64


@pytest.mark.parametrize("x", [[3], [-1], [0.5], [np.nan], [np.inf], [2**40]])
def test_one_hot_of_what_is_no_index(x):
    with pytest.raises(ValueError, match=r"OneHot\(3\): x has index .* at 0, expected"):
        OneHot(3).forward(np.array(x))


def test_repr():
    assert [repr(Index(1)), repr(MaskedSelect()), repr(OneHot(5))] == [
        "Index(1)",
        "MaskedSelect()",
        "OneHot(5)",
    ]
