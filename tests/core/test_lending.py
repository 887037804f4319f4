"""Lending: gradients take turns in memory, and none in use is written over."""

import numpy as np
import pytest
from cases.params import CASES
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.core import lending
from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import leaves


@pytest.fixture(autouse=True)
def everything_is_lent(monkeypatch):
    monkeypatch.setattr(lending, "LEAST_BYTES", 1)
    yield
    lending.desk.blocks.clear()


def chain(n=6):
    layers = [nn.Linear(8, 8, rng=i) for i in range(n)]
    return nn.Sequential(*(m for layer in layers for m in (layer, nn.Tanh())))


def wired():
    residue = nn.Sequential(
        nn.SpatialConvolution(4, 4, kernel_size=3, padding=1, rng=0),
        nn.SpatialBatchNormalization(4, rng=0),
        nn.ReLU(),
        nn.SpatialMaxPooling(3, 3, 1, 1, 1, 1),
    )
    return nn.Sequential(
        nn.SpatialConvolution(2, 4, kernel_size=3, rng=1),
        nn.ConcatTable(residue, nn.Identity()),
        nn.CAddTable(),
        nn.Concat(1, nn.Tanh(), nn.Sequential(nn.Identity(), nn.LeakyReLU())),
        nn.Flatten(),
        nn.Identity(),
        nn.Linear(8 * 25, 3, rng=2),
    )


NETS = {"chain": (chain, (5, 8)), "wired": (wired, (5, 2, 7, 7))}


@pytest.mark.parametrize("name", NETS)
def test_backprop_equals_backward_and_accumulation(name, rng):
    build, shape = NETS[name]
    net, same = build(), build()
    for batch in (5, 5, 3, 5, 0, 5):
        x = rng.standard_normal((batch, *shape[1:]))
        dC_dy = rng.standard_normal(net.forward(x).shape)
        before = x.copy(), dC_dy.copy()
        dC_dx = net.backprop(x, dC_dy)
        same.forward(x)
        assert_allclose(dC_dx, same.backward(x, dC_dy), rtol=1e-12, atol=1e-12)
        same.acc_grad_params(x, dC_dy)
        for got, wanted in zip(net.parameters()[1], same.parameters()[1], strict=True):
            assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)
        assert_array_equal(x, before[0])
        assert_array_equal(dC_dy, before[1])


def test_a_chain_needs_few_blocks(rng):
    net, x = chain(20), rng.standard_normal((5, 8))
    for _ in range(3):
        net.backprop(x, np.ones_like(net.forward(x)))
    assert len(lending.desk.blocks) <= 3


def test_a_gradient_that_is_kept_stays_as_it_is(rng):
    net, x = chain(), rng.standard_normal((5, 8))
    kept = net.backprop(x, np.ones_like(net.forward(x)))
    copy = kept.copy()
    other = chain()
    other.backprop(x, np.ones_like(other.forward(x)))
    assert_array_equal(kept, copy)


def test_backprop_keeps_no_gradients_within_and_says_so(rng):
    net, x = chain(), rng.standard_normal((5, 8))
    dC_dy = np.ones_like(net.forward(x))
    net.backprop(x, dC_dy)
    assert net[3].dC_dx is None
    with pytest.raises(RuntimeError, match="needs backward"):
        net.acc_grad_params(x, dC_dy)
    net.backward(x, dC_dy)
    assert net[3].dC_dx.shape == (5, 8)
    net.acc_grad_params(x, dC_dy)


def test_small_gradients_are_kept(monkeypatch, rng):
    monkeypatch.setattr(lending, "LEAST_BYTES", 1 << 18)
    net, x = chain(), rng.standard_normal((5, 8))
    dC_dy = np.ones_like(net.forward(x))
    net.backprop(x, dC_dy)
    assert net[3].dC_dx.shape == (5, 8)
    net.acc_grad_params(x, dC_dy)


def test_lent_arrays_have_the_memory_order_they_are_asked_for():
    like = np.empty((4, 3, 2)).transpose(1, 2, 0)
    array = lending.lend((6, 5, 7), np.dtype("f4"), like)
    assert array.shape == (6, 5, 7) and array.transpose(2, 0, 1).flags.c_contiguous
    assert lending.lend((6, 5), np.dtype("f4"), like).flags.c_contiguous


def test_a_block_is_free_when_its_last_view_is_gone():
    dtype = np.dtype(float)
    first = lending.lend((10,), dtype, np.empty(1))
    part = first[2:4]
    second = lending.lend((10,), dtype, np.empty(1))
    assert not np.shares_memory(first, second)
    address = part.base
    del first
    third = lending.lend((10,), dtype, np.empty(1))
    assert not np.shares_memory(third, part)
    del part, address
    fourth = lending.lend((10,), dtype, np.empty(1))
    assert len(lending.desk.blocks) == 3 and lending.is_lent([fourth])


@pytest.mark.parametrize("case", CASES)
def test_every_class_goes_on_without_the_gradient_that_it_let_go(case):
    nn.manual_seed(0)
    rng = np.random.default_rng(1)
    net, x = nn.Sequential(case.make()), case.inputs(rng)
    dC_dy = map_table(lambda y: rng.standard_normal(y.shape), net.forward(x))
    wanted = copied(net.backward(x, dC_dy))
    for _ in range(2):
        got = leaves(net.backprop(x, dC_dy))
        for a, b in zip(got, leaves(wanted), strict=True):
            assert_allclose(a, b, rtol=1e-12, atol=1e-12)
