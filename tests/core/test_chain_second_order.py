"""Second derivatives of containers: what they need first, and modules of modules."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT


class Residual(nn.Module):
    """A user's module of modules, which is no container."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())

    def forward(self, x):
        return x + self.inner.forward(x)

    def backward(self, x, dC_dy):
        return dC_dy + self.inner.backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.inner.acc_grad_params(x, dC_dy, scale)


@pytest.fixture
def swept():
    """Return a net after `backward`, x, dC_dy, and two directions of parameters."""
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, rng=1))
    x, dC_dy = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    net.forward(x)
    net.backward(x, dC_dy)
    shapes = [p.shape for p in net.parameters()[0]]
    draws = [[rng.standard_normal(shape) for shape in shapes] for _ in range(2)]
    return net, x, dC_dy, draws


@pytest.mark.parametrize("between", [0, 1])
def test_another_jvp_in_between_is_refused(swept, between):
    net, x, dC_dy, (first, second) = swept
    dx, none = np.ones_like(x), np.zeros_like(dC_dy)
    net.jvp(x, dx, first)
    wanted = net.backprop_jvp(x, dC_dy, dx, none, first).copy()
    net.jvp(x, *((dx, second), (2 * dx, first))[between])
    with pytest.raises(RuntimeError, match=r"backprop_jvp needs jvp\(x, dx, dparams\)"):
        net.backprop_jvp(x, dC_dy, dx, none, first)
    net.jvp(x, dx, [dp.copy() for dp in first])  # the same values are the same one
    again = net.backprop_jvp(x, dC_dy, dx, none, first)
    np.testing.assert_array_equal(again, wanted)


def test_an_interrupted_jvp_leaves_nothing_behind(swept, monkeypatch):
    net, x, dC_dy, (first, _) = swept
    dx, none = np.ones_like(x), np.zeros_like(dC_dy)
    net.jvp(x, dx, first)
    wanted = net.backprop_jvp(x, dC_dy, dx, none, first).copy()

    def interrupt(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(net[1], "jvp", interrupt)
        with pytest.raises(KeyboardInterrupt):
            net.jvp(x, dx, first)
        with pytest.raises(RuntimeError, match="needs jvp"):
            net.backprop_jvp(x, dC_dy, dx, none, first)
    net.jvp(x, dx, first)
    again = net.backprop_jvp(x, dC_dy, dx, none, first)
    np.testing.assert_array_equal(again, wanted)


def test_a_module_of_modules_learns_without_a_gradient_of_x():
    net, x, dC_dy = nn.Sequential(Residual()), np.ones((2, 3)), np.eye(3)[:2]
    net.forward(x)
    net.backprop(x, dC_dy)
    wanted = [grad.copy() for grad in net.parameters()[1]]
    net.zero_grad_params().forward(x)
    assert net.backprop(x, dC_dy, input_grad=False) is None
    for grad, value in zip(net.parameters()[1], wanted, strict=True):
        np.testing.assert_allclose(grad, value, rtol=0, atol=EXACT)
