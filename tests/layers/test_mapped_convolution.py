"""SpatialConvolutionMap, SpatialFullConvolutionMap and their connection tables."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from torch7.golden import cases

import nnmods as nn

#: Connections of three inputs and four outputs: one twice, and output 2 has none.
TABLE = [(2, 1), (0, 3), (2, 1), (0, 1), (1, 0)]
CLASSES = [nn.SpatialConvolutionMap, nn.SpatialFullConvolutionMap]
TABLES = {
    "irregular": TABLE,
    "full": nn.tables.full(3, 4),
    "full, outputs mixed": nn.tables.full(3, 4)[::-1],
    "full, an input twice": [(1, 0), (1, 1), (0, 1), (1, 1), (0, 0), (1, 0)],
    "full, an input idle": [(1, 0), (1, 1)],
    "one to one": nn.tables.one_to_one(3),
    "random": nn.tables.random(5, 4, 2, rng=0),
}


def plain(conv):
    """Return the ordinary convolution with zeros where nothing is connected."""
    planes = conv.in_channels, conv.out_channels
    full = isinstance(conv, nn.SpatialFullConvolutionMap)
    cls = nn.SpatialFullConvolution if full else nn.SpatialConvolution
    other = cls(*planes, kernel_size=conv.kernel_size, stride=conv.stride, rng=0)
    other.weight[...] = 0
    for (i, o), w in zip(conv.conn_table, conv.weight, strict=True):
        other.weight[(i, o) if full else (o, i)] += w
    other.bias[...] = conv.bias
    return other


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("stride", [1, 2])
def test_equals_the_plain_convolution(cls, name, stride, rng):
    conv = cls(TABLES[name], 3, 2, stride, stride, rng=0)
    other, full = plain(conv), cls is nn.SpatialFullConvolutionMap
    x = rng.standard_normal((3, conv.in_channels, 5, 6))
    y = conv.forward(x)
    assert_allclose(y, other.forward(x), 1e-12, 1e-13)
    dC_dy = rng.standard_normal(y.shape)
    dC_dx, wanted = conv.backprop(x, dC_dy, 0.5), other.backprop(x, dC_dy, 0.5)
    assert_allclose(dC_dx, wanted, 1e-12, 1e-13)
    for (i, o), grad in zip(conv.conn_table, conv.grad_weight, strict=True):
        wanted = other.grad_weight[(i, o) if full else (o, i)]
        assert_allclose(grad, wanted, 1e-11, 1e-12)
    assert_allclose(conv.grad_bias, other.grad_bias, 1e-12, 1e-13)


def test_by_hand():
    conv = nn.SpatialConvolutionMap([(1, 0), (0, 1), (1, 1)], 2, 1, rng=0)
    conv.weight[...] = np.reshape([1.0, 2, 10, 20, 100, 200], (3, 1, 2))
    conv.bias[...] = [0.5, 0.25]
    x = np.array([[[1.0, 2, 3]], [[4, 5, 6]]])
    assert_array_equal(
        conv.forward(x).reshape(2, 2), [[14.5, 17.5], [1450.25, 1780.25]]
    )
    dC_dy = np.array([[[1.0, 0]], [[0, 1]]])
    dC_dx = conv.backward(x, dC_dy).reshape(2, 3)
    assert_array_equal(dC_dx, [[0, 10, 20], [1, 102, 200]])
    conv.acc_grad_params(x, dC_dy, scale=2)
    assert_array_equal(conv.grad_weight.reshape(3, 2), [[8, 10], [4, 6], [10, 12]])
    assert_array_equal(conv.grad_bias, [2, 2])


def test_full_by_hand():
    conv = nn.SpatialFullConvolutionMap([(0, 0), (1, 0)], 2, 1, 3, 1, rng=0)
    conv.weight[...] = np.reshape([1.0, 2, 10, 20], (2, 1, 2))
    conv.bias[...] = 0.5
    y = conv.forward(np.array([[[1.0, 2]], [[3, 4]]]))
    assert_array_equal(y.ravel(), [31.5, 62.5, 0.5, 42.5, 84.5])


def test_rows_and_columns_beyond_the_last_window(rng):
    """Torch7's gradients are written out of bounds, or in the wrong rows, there."""
    conv = nn.SpatialConvolutionMap([(0, 0)], 2, 2, 3, 3, rng=0)
    x = rng.standard_normal((1, 7, 6))
    assert conv.forward(x).shape == (1, 2, 2)
    dC_dy = np.arange(1.0, 5).reshape(1, 2, 2)
    wanted = np.zeros((7, 6))
    wanted[:6] = np.kron(dC_dy[0], np.pad(conv.weight[0], (0, 1)))
    assert_allclose(conv.backprop(x, dC_dy)[0], wanted, 1e-14)
    windows = [x[0, i : i + 2, j : j + 2] for i in (0, 3) for j in (0, 3)]
    wanted = sum(d * w for d, w in zip(dC_dy.ravel(), windows, strict=True))
    assert_allclose(conv.grad_weight[0], wanted, 1e-13)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("table", [TABLE, nn.tables.full(3, 2)], ids=["some", "full"])
def test_planes_beyond_the_table_are_idle(cls, table, rng):
    """Torch7 takes them too, but mixes up the samples of a batch then."""
    conv = cls(table, 2, rng=0)
    x = rng.standard_normal((2, 5, 4, 3))
    y = conv(x)
    assert_allclose(y, conv(x[:, :3]), 1e-13)
    dC_dy = rng.standard_normal(y.shape)
    dC_dx = conv.backprop(x, dC_dy).copy()
    assert_array_equal(dC_dx[:, 3:], 0)
    assert_allclose(conv.backward(x[:, :3].copy(), dC_dy), dC_dx[:, :3], 1e-13)


@pytest.mark.parametrize("cls", CLASSES)
def test_what_is_not_connected_is_not_seen(cls):
    conv, x = cls(TABLE, 2, rng=0), np.ones((3, 4, 4))
    np.abs(conv.weight, out=conv.weight)
    wanted = conv(x)
    x[0], x[1] = np.nan, np.inf
    y = conv(x)
    assert np.isnan(y[1]).all() and np.isnan(y[3]).all()
    assert np.all(y[0] == np.inf)
    assert_array_equal(y[2], wanted[2])
    assert_array_equal(y[2], conv.bias[2])


@pytest.mark.parametrize("cls", CLASSES)
def test_initial_values_depend_on_the_inputs_of_the_output(cls):
    conv = cls(TABLE, 2, 3, rng=0)
    bound = np.array([1, 3, 0, 1])[conv.conn_table[:, 1]] * 6
    assert np.all(np.abs(conv.weight) <= 1 / np.sqrt(bound)[:, None, None])
    assert np.isfinite(conv.bias).all()  # Torch7 has NaN for an output with no input
    conv.reset(0, stdv=0.1)
    assert 0.1 < np.abs(conv.weight).max() <= 0.1 * np.sqrt(3)


@pytest.mark.parametrize("cls", CLASSES)
def test_methods(cls):
    conv = cls(TABLE, 2, rng=0)
    w, b = conv.weight.copy(), conv.bias.copy()
    assert conv.decay_parameters(0.25) is conv
    assert_allclose(conv.weight, 0.75 * w), assert_allclose(conv.bias, 0.75 * b)
    assert conv.no_bias() is conv
    assert repr(conv) == f"{cls.__name__}(3 -> 4, 2x2, 5 connections, bias=False)"


@pytest.mark.parametrize("cls", CLASSES)
def test_refused(cls):
    for table in ([], [0, 1], [(0, 1, 2)]):
        with pytest.raises(
            ValueError, match=r"conn_table has shape .*\(connections, 2"
        ):
            cls(table, 2)
    with pytest.raises(ValueError, match="conn_table has entry -1, expected 0 or more"):
        cls([(0, 1), (-1, 0)], 2)
    with pytest.raises(TypeError, match="conn_table has dtype float64, expected int"):
        cls([(0.0, 1.0)], 2)
    conv = cls(TABLE, 2, rng=0)
    with pytest.raises(ValueError, match=r"x has shape \(2, 4, 4\), expected \(3, \*"):
        conv.forward(np.ones((2, 4, 4)))
    with pytest.raises(
        ValueError, match=r"x has shape \(2, 2, 4, 4\), expected \(\*, 3"
    ):
        conv.forward(np.ones((2, 2, 4, 4)))
    with pytest.raises(ValueError, match="x has spatial size"):
        conv.forward(np.ones((3, 0, 4)))
    with pytest.raises(ValueError, match="dC_dy has shape"):
        conv.backward(np.ones((3, 4, 4)), np.ones((3, 4, 4)))


def test_tables_are_torch7s():
    (case,) = (case for case in cases() if case.id == "api.nn.tables")
    tables = {
        "full.2x3": nn.tables.full(2, 3),
        "full.3x3": nn.tables.full(3, 3),
        "oneToOne.3": nn.tables.one_to_one(3),
        "random_seed8_4_6_2": nn.tables.random(4, 6, 2, nn.Torch7Generator(8)),
    }
    assert set(tables) == set(case.entry["arrays"])
    for name, table in tables.items():
        assert_array_equal(table, case.array(name) - 1)


def test_random_table():
    table = nn.tables.random(7, 5, 3, rng=0)
    assert_array_equal(table[:, 1], np.repeat(np.arange(5), 3))
    inputs = table[:, 0].reshape(5, 3)
    assert all(len(set(row)) == 3 for row in inputs.tolist())
    assert not set(inputs[0]) & set(inputs[1])  # of one shuffle
    with pytest.raises(ValueError, match="n_to is 8, expected from 1 to n_in, 7"):
        nn.tables.random(7, 5, 8)
