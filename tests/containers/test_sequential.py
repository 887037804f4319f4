import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import ConcatTable, MapTable, ParallelTable, Sequential
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity
from nnmods.layers.table import FlattenTable, SelectTable


def test_an_empty_one_passes_everything_through():
    """Torch7 fails on the way back."""
    net, x = Sequential(), [np.ones(2), [np.ones(3)]]
    assert net.forward(x) is x
    assert net.backward(x, x) is x and net.backprop(x, x, input_grad=False) is None
    with pytest.raises(TypeError, match="x has type str, expected an array"):
        net.forward("nonsense")
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has 1 entries, expected 2"):
        net.backward(x, x[:1])
    with pytest.raises(ValueError, match="x has 1 entries, expected 2"):
        net.jvp(x, x[:1])


def test_torch7s_methods():
    first, second = Linear(2, 3), Tanh()
    net = Sequential().add(second).insert(0, first)
    assert net.size() == 2 and net.get(0) is first and net.get(1) is second
    assert net.remove() is second and net.remove(0) is first and net.size() == 0
    seen = []
    assert net.extend(first, second).apply_to_modules(seen.append) is net
    assert seen == [first, second]


def test_one_instance_at_two_places():
    layer = Tanh()
    with pytest.raises(ValueError, match="Tanh.* stands at two places, 0 and 1"):
        Sequential(layer, layer)


def test_empty_tables_among_the_entries():
    x = [np.ones(2), [], [[], np.ones(3)]]
    net = Sequential(
        ConcatTable(Identity(), SelectTable(2)),
        ParallelTable(Identity(), Identity()),
        FlattenTable(),
        MapTable(Tanh()),
    )
    y = net.forward(x)
    assert [entry.shape for entry in y] == [(2,), (3,), (3,)]
    first, empty, (empty_too, last) = net.backward(x, [np.ones_like(a) for a in y])
    slope = 1 - np.tanh(1) ** 2
    np.testing.assert_allclose(first, [slope] * 2)
    np.testing.assert_allclose(last, [2 * slope] * 3)
    assert empty == [] and empty_too == []


def test_a_subclass_may_have_a_wiring_of_its_own():
    class Residual(Sequential):
        def push(self, x, visit):
            return x + super().push(x, visit)

        def pull(self, dC_dy, visit, input_grad=True):
            dC_dx = super().pull(dC_dy, visit, input_grad)
            return dC_dy + dC_dx if input_grad else None

    def scaled(factor):
        layer = Linear(2, 2, False, dtype=np.float64)
        layer.weight[...] = factor * np.eye(2)
        return layer

    x = np.array([[1.0, -2.0]])
    net = Residual(scaled(3.0), scaled(2.0))
    np.testing.assert_array_equal(net.forward(x), 7 * x)
    np.testing.assert_array_equal(net.backprop(x, x), 7 * x)
    np.testing.assert_array_equal(net.backward(x, x), 7 * x)
    assert net.backprop(x, x, input_grad=False) is None
