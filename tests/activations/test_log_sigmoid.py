import numpy as np
import pytest

from nnmods.activations import LogSigmoid


def test_values():
    y = LogSigmoid()(np.log([1 / 3, 1.0, 4.0]))
    np.testing.assert_allclose(y, np.log([0.25, 0.5, 0.8]), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    x = np.array([-np.inf, -1e30, 1e30, np.inf], dtype)
    np.testing.assert_array_equal(LogSigmoid()(x), np.minimum(x, 0))


def test_both_tails_keep_their_accuracy():
    module, x = LogSigmoid(), np.array([50.0, 300.0, -50.0])
    wanted = [-np.exp(-50.0), -np.exp(-300.0), -50]
    np.testing.assert_allclose(module.forward(x), wanted, rtol=1e-14)
    dC_dx = module.backward(x, np.ones(3))
    np.testing.assert_allclose(dC_dx, [np.exp(-50), np.exp(-300), 1], rtol=1e-14)
