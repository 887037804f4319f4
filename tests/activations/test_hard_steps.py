import numpy as np

import nnmods as nn

X = np.array([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0])


def test_hard_sigmoid():
    module = nn.HardSigmoid()
    np.testing.assert_allclose(module.forward(X), [0, 0, 0.25, 0.5, 0.75, 1, 1])
    wanted = np.array([0, 0, 1, 1, 1, 0, 0]) / 6
    np.testing.assert_allclose(module.backward(X, np.ones(7)), wanted)


def test_hardswish():
    module = nn.Hardswish()
    np.testing.assert_allclose(module.forward(X), [0, 0, -0.375, 0, 1.125, 3, 4])
    wanted = [0, 0, 0, 0.5, 1, 1, 1]  # at a bound the slope is that outside
    np.testing.assert_allclose(module.backward(X, np.ones(7)), wanted)
