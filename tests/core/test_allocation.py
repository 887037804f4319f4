"""After the first step nothing the size of an array is allocated."""

import tracemalloc
from unittest.mock import patch

import numpy as np
import pytest
from memory import traced_pages

import nnmods as nn
from nnmods import optim
from nnmods.kernels import scratch

#: Bytes of the smallest activation or weight below. What Python and NumPy themselves
#: take for a moment (tuples, views, a ufunc's buffer of 8192 entries) stays under it.
ARRAY = 128 * 1024
BATCH = 2048


def mlp():
    return nn.Sequential(
        nn.Linear(256, 256, rng=0), nn.ReLU(), nn.Linear(256, 128, rng=1)
    )


def convolutional():
    return nn.Sequential(
        nn.View(1, 16, 16),
        nn.SpatialConvolution(1, 6, kernel_size=3, padding=1, rng=0),
        nn.SpatialBatchNormalization(6),
        nn.ReLU(),
        nn.SpatialMaxPooling(2, 2),
        nn.Concat(
            1,
            nn.SpatialConvolution(6, 4, kernel_size=1, rng=1),
            nn.Sequential(nn.Tanh(), nn.SpatialAveragePooling(3, 3, 1, 1, 1, 1)),
        ),
        nn.Flatten(),
        nn.Dropout(0.2, rng=0),
        nn.Linear(640, 128, rng=2),
    )


def tables():
    return nn.Sequential(
        nn.ConcatTable(nn.Linear(256, 128, rng=0), nn.Linear(256, 128, rng=1)),
        nn.MapTable(nn.Sequential(nn.Sigmoid(), nn.BatchNormalization(128))),
        nn.ConcatTable(nn.Add(), nn.Max(), nn.SelectTable(0), nn.JoinTable(1)),
        nn.ParallelTable(nn.Tanh(), nn.SoftPlus(), nn.LogSigmoid(), nn.SoftMax()),
        nn.JoinTable(1),
        nn.Duplicate(3),
        nn.Add(),
        nn.ScaledTanh(twist=0.01),
        nn.Linear(640, 128, rng=2),
        nn.LogSoftMax(),
    )


def training_step(net, optimizer, batch, width, classes):
    rng = np.random.default_rng(0)
    cost, opt = nn.CrossEntropyCriterion(), optimizer(net.float(), lr=0.01)
    x = rng.standard_normal((batch, width), np.float32)
    target = rng.integers(0, classes, batch)

    def step():
        y = net.forward(x)
        cost.forward(y, target)
        opt.zero_grad()
        net.backprop(x, cost.backward(y, target), input_grad=False)
        opt.step()

    return step


def allocated(step):
    """Return the bytes that a later step holds at most beyond those before it."""
    for _ in range(3):
        step()
    tracemalloc.start()
    try:
        with patch.object(scratch, "_pages", traced_pages):
            step()
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            step()
            return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [mlp, convolutional, tables])
@pytest.mark.parametrize("optimizer", [optim.SGD, optim.Adam])
def test_a_training_step_allocates_no_array(make, optimizer):
    assert allocated(training_step(make(), optimizer, BATCH, 256, 128)) < ARRAY


@pytest.fixture(params=[1, 2])
def threads(request):
    nn.set_num_threads(request.param)
    yield request.param
    nn.set_num_threads()


@pytest.fixture
def small_buffers():
    """Buffers of 16 entries where NumPy broadcasts or casts.

    They have 8192, and it is a matter of chance how many lanes have one at one moment.
    Lanes see the size that is set here.
    """
    with np.errstate():  # which restores it
        np.setbufsize(16)
        yield


@pytest.mark.parametrize("optimizer", [optim.SGD, optim.Adam])
def test_what_a_step_allocates_does_not_grow_with_its_arrays(
    optimizer, threads, small_buffers
):
    """But for Python's own objects, a few more where there are more pieces.

    Both networks, and the optimiser's vectors, are large enough for two lanes, and both
    batches too large for the criterion to keep a copy of the labels. The least of their
    matrices, the scores, would grow by four times the bound.
    """

    def step(n):
        net = nn.Sequential(
            nn.Linear(64 * n, 32 * n, rng=0), nn.ReLU(), nn.Linear(32 * n, 10, rng=1)
        )
        return training_step(net, optimizer, 32 * n, 64 * n, 10)

    assert abs(allocated(step(48)) - allocated(step(40))) < 2 * 32 * 10 * 4


def test_the_measure_sees_an_array_that_lives_for_a_moment():
    assert allocated(lambda: np.ones(ARRAY // 8).sum()) >= ARRAY
