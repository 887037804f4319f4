"""What lies in memory as it should is passed on, not copied."""

import numpy as np
import pytest
from kernels.counting import counted
from memory import taken

import nnmods as nn
from nnmods.kernels.layout import empty_batch_last

N = 64
SMALL = 64 * 1024  # bytes of Python's objects and NumPy's buffer; arrays have 128 KB


def batch_first(rng, *shape):
    return rng.standard_normal((N, *shape), np.float32)


def batch_last(rng, *shape):
    x = empty_batch_last((N, *shape), np.float32)
    x[...] = batch_first(rng, *shape)
    return x


@pytest.fixture(autouse=True)
def one_thread():
    """And what is imported or made once is there."""
    nn.set_num_threads(1)
    train(nn.Linear(4, 3, rng=0), np.ones((2, 4)), np.ones((2, 3)))
    yield
    nn.set_num_threads()


def train(net, x, dC_dy):
    net.forward(x)
    net.backprop(x, dC_dy)


def test_linear_copies_nothing(rng):
    """Its first calls take memory for their results, later ones none: nor for copies.

    The share of the weight is made in scratch that all modules have in common.
    """
    layer = nn.Linear(512, 1024, rng=0).float()
    x, dC_dy = batch_first(rng, 512), batch_first(rng, 1024)
    with counted("copyto") as copies:
        assert taken(lambda: layer.forward(x)) < dC_dy.nbytes + SMALL
        assert taken(lambda: layer.backward(x, dC_dy)) < x.nbytes + SMALL
        layer.acc_grad_params(x, dC_dy)
        assert taken(lambda: train(layer, x, dC_dy)) < SMALL
    assert not copies


@pytest.mark.parametrize("make", [batch_first, batch_last])
def test_a_chain_hands_on_the_arrays_themselves(make, rng):
    net = nn.Sequential(
        nn.Flatten(),
        nn.Linear(512, 512, rng=0),
        nn.Tanh(),
        nn.Sequential(nn.Linear(512, 1024, rng=1), nn.View(32, 32)),
    ).float()
    x = make(rng, 8, 8, 8)
    dC_dy = np.ones_like(net.forward(x))  # in the same order, as criterions make it
    train(net, x, dC_dy)  # which allocates
    with counted("copyto", "ascontiguousarray", "array") as copies:
        assert taken(lambda: train(net, x, dC_dy)) < SMALL
    assert not copies
    flat, first, _, (second, view) = net.modules
    assert np.shares_memory(flat.y, x) and np.shares_memory(flat.dC_dx, first.dC_dx)
    assert np.shares_memory(view.y, second.y) and np.shares_memory(view.dC_dx, dC_dy)
    assert net.y is view.y and net.dC_dx is flat.dC_dx


def test_flattened_batch_last_images_are_a_view(rng):
    x, flatten = batch_last(rng, 8, 8, 8), nn.Flatten()
    y = flatten.forward(x)
    assert y.shape == (N, 512) and np.shares_memory(x, y) and y.flags.f_contiguous
    dC_dy = np.asfortranarray(batch_first(rng, 512))
    dC_dx = flatten.backward(x, dC_dy)
    assert np.shares_memory(dC_dx, dC_dy) and dC_dx.strides == x.strides


def test_the_meter_sees_a_copy(rng):
    """Images of another order of axes cannot be flattened without one."""
    x, flatten = batch_first(rng, 8, 8, 8).swapaxes(1, 3), nn.Flatten()
    assert taken(lambda: flatten.forward(x)) >= x.nbytes
    assert not np.shares_memory(flatten.y, x)
