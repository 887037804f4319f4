import numpy as np

from nnmods.criterions import MSECriterion

Y, TARGET = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([[1.0, 0.0], [6.0, -3.0]])


def test_mean():
    mse = MSECriterion()
    assert mse(Y, TARGET) == (0 + 4 + 9 + 1) / 4
    np.testing.assert_array_equal(mse.backward(Y, TARGET), [[0, 1], [-1.5, -0.5]])


def test_sum():
    mse = MSECriterion(size_average=False)
    assert mse(Y, TARGET) == 14
    np.testing.assert_array_equal(mse.backward(Y, TARGET), [[0, 4], [-6, -2]])


def test_large_float32_batch_is_summed_accurately():
    y = np.full((1000, 1000), 0.1, np.float32)
    C = MSECriterion(size_average=False)(y, np.zeros_like(y))
    np.testing.assert_allclose(C, 1e6 * float(np.float32(0.1)) ** 2, rtol=3e-7)


def test_repr():
    assert repr(MSECriterion()) == "MSECriterion()"
    assert repr(MSECriterion(False)) == "MSECriterion(size_average=False)"
