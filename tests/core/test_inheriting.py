"""A subclass that changes a sweep does not inherit what was made for another one."""

import numpy as np
import pytest

import nnmods as nn


class Doubled(nn.Linear):
    """Twice a Linear."""

    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, x, dC_dy):
        return 2 * super().backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, 2 * scale)


class Twice:
    """A sweep for any module to have two of."""

    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, x, dC_dy):
        return 2 * super().backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, 2 * scale)


class Mixed(Twice, nn.Linear):
    """The same, without a line of its own."""


class Upside(nn.MSECriterion):
    def backward(self, y, target):
        return -super().backward(y, target)


class Named(nn.Tanh):
    """Nothing about its sweep is new."""

    name = "a"


@pytest.mark.parametrize("cls", [Doubled, Mixed])
def test_verbs_follow_the_new_sweep(cls):
    net, x, dC_dy = cls(3, 2, rng=0), np.ones((4, 3)), np.ones((4, 2))
    nn.testing.check_module(net, np.random.default_rng(0).standard_normal((4, 3)))
    net.forward(x)
    dC_dx = net.backprop(x, dC_dy)
    np.testing.assert_array_equal(dC_dx, 2 * dC_dy @ net.weight)
    np.testing.assert_array_equal(net.grad_weight, 2 * dC_dy.T @ x)
    np.testing.assert_allclose(net.jvp(x, x), 2 * x @ net.weight.T)
    grads = net.per_example_grads(x, dC_dy)
    np.testing.assert_allclose(grads[0], 2 * dC_dy[:, :, None] * x[:, None])


def test_a_criterion_without_its_own_hvp_says_so():
    y = np.ones((2, 1))
    with pytest.raises(NotImplementedError, match="hvp"):
        Upside().hvp(y, y, y)


def test_what_changes_nothing_keeps_all():
    assert Named.hvp is nn.Tanh.hvp and Named.jvp is nn.Tanh.jvp
