import numpy as np
import pytest

from nnmods.criterions import L1Cost

Y = np.array([[1.0, 0.0, -4.0], [-0.0, 2.0, -0.5]])


def test_sum_of_absolute_values_and_no_gradient_at_0():
    cost = L1Cost()
    assert cost(Y) == cost.forward(Y) == 7.5
    np.testing.assert_array_equal(cost.backward(Y), [[1, 0, -1], [0, 1, -1]])
    assert cost.backward(Y) is cost.dC_dy


def test_a_target_is_not_looked_at():
    assert L1Cost()(Y, "whatever") == 7.5
    assert L1Cost().backward(Y, np.ones(2)).shape == Y.shape


def test_there_is_no_average_to_take():
    cost = L1Cost()
    cost.size_average = True
    assert cost(Y) == 7.5 and np.abs(cost.backward(Y)).max() == 1
    assert repr(cost) == "L1Cost()"


@pytest.mark.parametrize("kind", ["int8", "uint8", "bool", "float32"])
def test_dtypes(kind):
    y = np.array([-128 if kind == "int8" else 1, 0, 1]).astype(kind)
    cost = L1Cost(dtype="float32")
    assert cost(y) == (129 if kind == "int8" else 2)
    assert cost.backward(y).dtype == np.float32
    np.testing.assert_array_equal(cost.dC_dy, np.sign(y.astype(float)))


def test_nan_and_infinity():
    y = np.array([np.nan, -np.inf])
    assert np.isnan(L1Cost()(y)) and L1Cost()(y[1:]) == np.inf
    np.testing.assert_array_equal(L1Cost().backward(y), [np.nan, -1])


def test_a_list_is_no_array():
    with pytest.raises(TypeError, match=r"^L1Cost\(\): y is a list of 1, expected an"):
        L1Cost()([1.0])
