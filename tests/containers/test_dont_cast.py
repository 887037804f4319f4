import numpy as np
import pytest

from nnmods.containers import DontCast, Sequential
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity

X = np.random.default_rng(0).standard_normal((5, 4))
DY = np.random.default_rng(1).standard_normal((5, 3))
F32, F64 = np.float32, np.float64


def linear(dtype):
    return Linear(4, 3, rng=0).astype(dtype)


def test_the_module_keeps_its_dtype():
    net = DontCast(linear(F64)).float()
    assert net.dtype == F32 and net[0].weight.dtype == F64
    assert DontCast(linear(F32)).double()[0].weight.dtype == F32


@pytest.mark.parametrize("inner, outer", [(F32, F64), (F64, F32), (F32, F32)])
def test_casting_on_both_sides(inner, outer):
    net, wanted = DontCast(linear(inner), True).astype(outer), linear(inner)
    for _ in range(2):
        x, dC_dy = X.astype(outer), DY.astype(outer)
        y, dC_dx = net.forward(x), net.backprop(x, dC_dy)
        assert y.dtype == dC_dx.dtype == outer and net[0].grad_weight.dtype == inner
        x, dC_dy = x.astype(inner), dC_dy.astype(inner)
        np.testing.assert_array_equal(y, wanted.forward(x).astype(outer))
        np.testing.assert_array_equal(dC_dx, wanted.backprop(x, dC_dy).astype(outer))
    np.testing.assert_array_equal(net[0].grad_weight, wanted.grad_weight)


def test_casting_on_one_side():
    net = DontCast(linear(F32), cast_input=True, cast_output=False)
    y = net.forward(X)
    assert y.dtype == F32
    assert net.backward(X, DY.astype(F32)).dtype == F64
    net = DontCast(linear(F32), cast_output=True)
    x = X.astype(F32)
    assert net.forward(x).dtype == F64
    assert net.backward(x, DY).dtype == F32


def test_tables_and_indices():
    net = DontCast(Identity(), True, tensor_type="torch.FloatTensor")
    x = [np.array([0.1]), [np.array([3]), []]]
    (first, (second, empty)), wanted = net.forward(x), F64(F32(0.1))
    assert first == wanted and first.dtype == F64
    assert second is x[1][0] and empty == []
    assert net.backward(x, x)[0] == wanted


def test_tangents_leave_values_alone():
    net = DontCast(Sequential(linear(F32), Identity()), True)
    net.forward(X)
    wanted = net.backward(X, DY).copy()
    dy = net.jvp(X, 2 * X)
    assert dy.dtype == F64
    np.testing.assert_allclose(dy, 2 * X @ net[0][0].weight.T, 1e-5)
    np.testing.assert_array_equal(net.backward(X, DY), wanted)


def test_errors():
    with pytest.raises(
        TypeError, match="DontCast: tensor_type is 'int8', expected a fl"
    ):
        DontCast(Identity(), True, tensor_type="int8")
    net = DontCast(linear(F32), True)
    net.forward(X)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(5,\), expected \(5, 3\)"):
        net.backward(X, DY[:, 0])


def test_repr():
    assert repr(DontCast(Identity())) == "DontCast(\n  (0): Identity()\n)"
    net = DontCast(Identity(), True, False, "torch.FloatTensor")
    assert repr(net) == (
        "DontCast(cast_input=True, cast_output=False, tensor_type='float32',\n"
        "  (0): Identity()\n)"
    )
