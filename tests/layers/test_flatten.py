import numpy as np
import pytest

from nnmods.layers.shape import Flatten
from nnmods.testing import check_module


def batch_last(x):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


@pytest.mark.parametrize(
    "start_axis, wanted",
    [(0, (120,)), (1, (2, 60)), (2, (2, 3, 20)), (3, (2, 3, 4, 5)), (-2, (2, 3, 20))],
)
def test_shapes(start_axis, wanted):
    x = np.arange(120.0).reshape(2, 3, 4, 5)
    flatten = Flatten(start_axis)
    y = flatten.forward(x)
    np.testing.assert_array_equal(y, np.arange(120.0).reshape(wanted))
    np.testing.assert_array_equal(flatten.backward(x, y), x)


@pytest.mark.parametrize("layout", [np.ascontiguousarray, batch_last])
def test_y_and_dC_dx_are_views(layout, rng):
    x = layout(rng.standard_normal((5, 2, 3, 4)))
    flatten = Flatten()
    y = flatten.forward(x)
    assert np.shares_memory(y, x)
    dC_dy = np.copy(y, order="K")
    dC_dx = flatten.backward(x, dC_dy)
    assert np.shares_memory(dC_dx, dC_dy) and dC_dx.strides == x.strides


def test_a_view_is_never_written_to(rng):
    flatten = Flatten()
    x = rng.standard_normal((2, 3, 4))
    before = x.copy()
    flatten.forward(x)
    y = flatten.forward(rng.standard_normal((2, 4, 3)).swapaxes(1, 2))  # a copy
    assert not np.shares_memory(y, x)
    np.testing.assert_array_equal(x, before)


def test_an_empty_batch():
    flatten, x = Flatten(), np.empty((0, 3, 4))
    assert flatten.forward(x).shape == (0, 12)
    assert flatten.backward(x, np.empty((0, 12))).shape == (0, 3, 4)


def test_too_few_axes():
    with pytest.raises(ValueError, match=r"Flatten\(\): x has shape \(3,\), expected"):
        Flatten().forward(np.ones(3))


def test_dC_dy_of_another_shape_with_as_many_entries():
    with pytest.raises(ValueError, match=r"dC_dy has shape \(12, 2\), expected \(2, "):
        Flatten().backward(np.ones((2, 3, 4)), np.ones((12, 2)))


def test_contract_from_another_axis(rng):
    check_module(Flatten(2), rng.standard_normal((3, 2, 4, 5)), single=False)


def test_repr():
    assert [repr(Flatten()), repr(Flatten(-2))] == ["Flatten()", "Flatten(-2)"]
