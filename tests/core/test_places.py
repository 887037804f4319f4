"""Places of parameters: those of now, whatever was added since the last call."""

import gc
import weakref

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT


def test_a_parameter_that_is_new_takes_part():
    x, dC_dy = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    net = nn.Sequential(nn.Linear(3, 3, bias=False, rng=0), nn.Tanh())
    net.forward(x)
    net.backward(x, dC_dy)
    for _ in range(3):  # until buffers are there
        before = net.per_example_sq_norms(x, dC_dy).copy()
    net[0].bias, net[0].grad_bias = np.zeros(3), np.zeros(3)
    net.forward(x)
    net.backward(x, dC_dy)
    weight, bias = net.per_example_grads(x, dC_dy)
    assert weight.shape == (2, 3, 3) and bias.shape == (2, 3)
    wanted = before + np.square(bias).sum(axis=1)
    norms = net.per_example_sq_norms(x, dC_dy)
    np.testing.assert_allclose(norms, wanted, rtol=0, atol=EXACT)
    dparams = [np.zeros((3, 3)), np.ones(3)]
    np.testing.assert_array_equal(net.jvp(x, 0 * x, dparams), 1 - net.y**2)


def test_a_child_that_has_its_first_parameter_takes_part():
    class Shift(nn.Module):
        def forward(self, x):
            return x + 1

        def backward(self, x, dC_dy):
            return dC_dy

        def acc_grad_params(self, x, dC_dy, scale=1.0):
            if hasattr(self, "shift"):
                self.grad_shift += scale * dC_dy.sum(axis=0)

    x, dC_dy = np.ones((2, 3)), np.full((2, 3), 2.0)
    net = nn.Sequential(Shift())
    net.forward(x)
    net.backward(x, dC_dy)
    assert not net.per_example_sq_norms(x, dC_dy).any()
    net[0].shift, net[0].grad_shift = np.zeros(3), np.zeros(3)
    np.testing.assert_array_equal(net.per_example_sq_norms(x, dC_dy), [12, 12])


@pytest.fixture
def no_collector():
    gc.disable()
    yield
    gc.enable()


def test_a_container_goes_with_its_last_name(no_collector):
    net, x = nn.Sequential(nn.Linear(3, 3, rng=0)), np.ones((2, 3))
    net.forward(x)
    net.jvp(x, x, [np.ones((3, 3)), np.ones(3)])
    gone = weakref.ref(net)
    del net
    assert gone() is None


def test_norms_of_shared_weights_keep_the_dtype():
    first = nn.Linear(3, 3, rng=0, dtype=np.float32)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True))
    x = np.ones((2, 3), np.float32)
    net.forward(x)
    net.backward(x, x)
    assert net.per_example_sq_norms(x, x).dtype == np.float32
