import numpy as np
import pytest

import nnmods as nn

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_add_constant_of_one_number():
    module = nn.AddConstant(1.5)
    np.testing.assert_array_equal(module.forward(X), X + 1.5)
    np.testing.assert_array_equal(module.backward(X, X), X)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3)])
def test_add_constant_of_a_number_for_each_column(shape):
    constant = np.array([1.0, -2.0, 0.5])
    module, x = nn.AddConstant(constant), np.zeros(shape)
    constant[...] = 7  # the module has its own
    np.testing.assert_array_equal(module.forward(x), x + [1, -2, 0.5])


def test_add_constant_keeps_the_dtype_of_x():
    module = nn.AddConstant([1.0, 2.0])
    assert module.forward(np.ones((1, 2), np.float32)).dtype == np.float32
    assert module.float().constant_scalar.dtype == np.float32


def test_constant_is_checked():
    module = nn.AddConstant([1.0, 2.0])
    text = r"AddConstant\(\[1.0, 2.0\]\): x has shape \(2, 3\), expected \(..., 2\)"
    with pytest.raises(ValueError, match=text):
        module.forward(X)
    assert module.y is None
    with pytest.raises(
        ValueError, match=r"constant_scalar has shape \(2, 3\), expected"
    ):
        nn.AddConstant(X)
    with pytest.raises(TypeError, match="AddConstant: constant_scalar has type str"):
        nn.AddConstant("1")
    with pytest.raises(
        TypeError, match="MulConstant: constant_scalar has type ndarray"
    ):
        nn.MulConstant(np.ones(2))
    with pytest.raises(TypeError, match="inplace has type int, expected True or False"):
        nn.MulConstant(2, 1)


def test_mul_constant():
    module = nn.MulConstant(-1.5, True)
    np.testing.assert_array_equal(module.forward(X), -1.5 * X)
    np.testing.assert_array_equal(module.backward(X, X), -1.5 * X)


def test_s_add():
    module = nn.SAdd(1.5)
    np.testing.assert_array_equal(module.forward(X), X + 1.5)
    np.testing.assert_array_equal(module.backward(X, X), X)
    module = nn.SAdd(-1, True)
    np.testing.assert_array_equal(module.forward(X), 1 - X)
    np.testing.assert_array_equal(module.backward(X, X), -X)


def test_repr():
    assert repr(nn.AddConstant(1)) == "AddConstant(1.0)"
    assert repr(nn.AddConstant([1, 2])) == "AddConstant([1.0, 2.0])"
    assert repr(nn.AddConstant(np.ones(9))) == "AddConstant(<(9,)>)"
    assert repr(nn.MulConstant(2)) == "MulConstant(2.0)"
    assert repr(nn.SAdd(1)) == "SAdd(1.0)"
    assert repr(nn.SAdd(-1, True)) == "SAdd(-1.0, negate=True)"


def test_gradient_of_a_sum_is_that_of_the_caller_and_not_written_to():
    module, x, dC_dy = nn.AddConstant(1.0), np.zeros(3), np.ones(3)
    assert module.backward(x, dC_dy) is dC_dy
    single = np.full(3, 2, np.float32)
    dC_dx = module.backward(x, single)
    assert dC_dx.dtype == np.float64 and not np.shares_memory(dC_dx, single)
    np.testing.assert_array_equal(dC_dx, single)
    np.testing.assert_array_equal(dC_dy, 1)
