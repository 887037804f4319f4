"""After the first step nothing the size of an array is allocated."""

import tracemalloc

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim

#: Python's own small objects, such as tuples and views, stay far below.
ARRAY = 2048


def mlp():
    return nn.Sequential(nn.Linear(64, 32, rng=0), nn.ReLU(), nn.Linear(32, 10, rng=1))


def convolutional():
    return nn.Sequential(
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
        nn.Linear(160, 10, rng=2),
    )


def tables():
    return nn.Sequential(
        nn.ConcatTable(nn.Linear(64, 40, rng=0), nn.Linear(64, 40, rng=1)),
        nn.MapTable(nn.Sequential(nn.Sigmoid(), nn.BatchNormalization(40))),
        nn.ConcatTable(nn.Add(), nn.Max(), nn.SelectTable(0), nn.JoinTable(1)),
        nn.ParallelTable(nn.Tanh(), nn.SoftPlus(), nn.LogSigmoid(), nn.SoftMax()),
        nn.JoinTable(1),
        nn.Duplicate(3),
        nn.Add(),
        nn.Linear(200, 10, rng=2),
        nn.LogSoftMax(),
    )


@pytest.mark.parametrize(
    ("make", "shape"),
    [(mlp, (32, 64)), (convolutional, (32, 1, 8, 8)), (tables, (32, 64))],
)
@pytest.mark.parametrize("optimizer", [optim.SGD, optim.Adam])
def test_a_training_step_allocates_no_array(make, shape, optimizer):
    rng = np.random.default_rng(0)
    net, cost = make().float(), nn.CrossEntropyCriterion()
    x, target = rng.standard_normal(shape, np.float32), rng.integers(0, 10, 32)
    opt = optimizer(net, lr=0.01)

    def step():
        y = net.forward(x)
        cost.forward(y, target)
        opt.zero_grad()
        net.backprop(x, cost.backward(y, target), input_grad=False)
        opt.step()

    for _ in range(3):
        step()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        step()
        peak = tracemalloc.get_traced_memory()[1]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    smallest = 4 * 32 * 10  # bytes of the smallest activation
    assert grown < smallest
    assert peak - before < 8 * ARRAY, "transient arrays"


def test_the_measure_sees_an_array():
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = np.ones(ARRAY)
        assert tracemalloc.get_traced_memory()[0] - before >= kept.nbytes
    finally:
        tracemalloc.stop()
