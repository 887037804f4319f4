import copy
import pickle

import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import ConcatTable, MapTable, Sequential
from nnmods.core import Module
from nnmods.layers.linear import Linear
from nnmods.layers.noise import Dropout
from nnmods.layers.normalization import BatchNormalization
from nnmods.layers.shape import Identity
from nnmods.testing import check_module


def tables(rng, n, shape=(5, 4)):
    return [rng.standard_normal(shape) for _ in range(n)]


def require_like_linear(net, linear, rng, n=3):
    """The net does what one Linear does on each entry; gradients are summed."""
    x, dC_dy = tables(rng, n), tables(rng, n, (5, 3))
    for grad in (linear.grad_weight, linear.grad_bias):
        grad[...] = 0
    y = net.forward(x)
    dC_dx = net.backprop(x, dC_dy)
    wanted_weight = sum(d.T @ a for d, a in zip(dC_dy, x, strict=True))
    np.testing.assert_allclose(linear.grad_weight, wanted_weight, rtol=1e-12)
    for i in range(n):
        wanted = x[i] @ linear.weight.T + linear.bias
        np.testing.assert_allclose(y[i], wanted, rtol=1e-12)
        np.testing.assert_allclose(dC_dx[i], dC_dy[i] @ linear.weight, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 3])
def test_values(n, rng):
    linear = Linear(4, 3, rng=0)
    require_like_linear(MapTable(linear), linear, rng, n)


def test_lengths_may_differ_from_call_to_call(rng):
    linear = Linear(4, 3, rng=0)
    net = MapTable(linear)
    for n in (2, 5, 1, 3):
        require_like_linear(net, linear, rng, n)
    x = tables(rng, 2)
    first = net.forward(x)
    assert all(a is b for a, b in zip(net.forward(x), first, strict=True))  # buffers


def test_an_empty_table():
    net = MapTable(Linear(4, 3))
    assert net.forward([]) == [] and net.backprop([], []) == []
    assert not net[0].grad_weight.any()


def test_entries_may_differ_in_shape():
    net = MapTable(Linear(4, 3))
    y = net([np.ones(4), np.ones((5, 4)), np.ones((2, 3, 4))])
    assert [entry.shape for entry in y] == [(3,), (5, 3), (2, 3, 3)]


def test_one_child_and_its_parameters_once(rng):
    net = MapTable(Linear(4, 3))
    net.forward(tables(rng, 3))
    assert len(net) == len(list(net)) == 1 and net[0] is net.list_modules()[1]
    assert [path for path, _, _ in net.named_parameters()] == ["0.weight", "0.bias"]
    assert repr(net) == "MapTable(\n  (0): Linear(4 -> 3)\n)"


def test_flattening_between_the_verbs(rng):
    linear = Linear(4, 3, rng=0)
    net, x, dC_dy = MapTable(linear), tables(rng, 3), tables(rng, 3, (5, 3))
    net.forward(x)
    w, dC_dw = net.flatten_parameters()
    assert w.size == 15
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    wanted = sum(d.T @ a for d, a in zip(dC_dy, x, strict=True))
    np.testing.assert_allclose(dC_dw[:12].reshape(3, 4), wanted, rtol=1e-12)
    w *= 2
    require_like_linear(net, linear, rng)
    assert net.flatten_parameters()[0] is w


def test_astype_after_use(rng):
    net = MapTable(Linear(4, 3))
    net.forward(tables(rng, 3))
    net.float()
    y = net.forward([a.astype(np.float32) for a in tables(rng, 3)])
    assert [entry.dtype for entry in y] == [np.float32] * 3
    net.double()
    require_like_linear(net, net[0], rng)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda net: net.clone(share=True)]
)
@pytest.mark.parametrize("flat", [False, True])
def test_copies_after_use(flat, duplicate, rng):
    net = Sequential(MapTable(Linear(4, 3)))
    net.forward(tables(rng, 3))
    if flat:
        net.flatten_parameters()
    other = duplicate(net)
    require_like_linear(other, other[0][0], rng, 4)
    assert other.flatten_parameters()[0].size == 15
    require_like_linear(other, other[0][0], rng, 2)


def test_a_file_does_not_grow_with_the_tables(rng):
    net = MapTable(Linear(4, 3))
    before = len(pickle.dumps(net))
    net.forward(tables(rng, 50))
    assert len(pickle.dumps(net)) == before
    other = pickle.loads(pickle.dumps(net))
    require_like_linear(other, other[0], rng)


def test_sharing_with_a_net_that_saw_longer_tables(rng):
    one, two = MapTable(Linear(4, 3)), MapTable(Linear(4, 3))
    one.forward(tables(rng, 5))
    two.forward(tables(rng, 2))
    two.share(one)
    require_like_linear(two, one[0], rng)


def test_modes_and_settings_of_the_child_hold_for_all_entries():
    net, x = MapTable(Dropout(0.5)), [np.ones(200)] * 3
    net.forward(x)
    for y in net.evaluate().forward(x):
        np.testing.assert_array_equal(y, x[0])
    net.training()[0].p_drop = 0.9
    for y in net.forward(x):
        np.testing.assert_allclose(y[y != 0], 10, rtol=1e-15)


def test_entries_draw_different_numbers_from_one_generator():
    net = MapTable(Dropout(rng=np.random.default_rng(5)))
    got = net([np.ones(20)] * 3)
    dropout = Dropout(rng=np.random.default_rng(5))
    for y in got:
        np.testing.assert_array_equal(y, dropout(np.ones(20)))
    assert not np.array_equal(got[0], got[1])


def test_statistics_are_shared(rng):
    net, norm = MapTable(BatchNormalization(4)), BatchNormalization(4)
    x = tables(rng, 3)
    for _ in range(2):
        net.forward(x)
        for entry in x:
            norm.forward(entry)
    np.testing.assert_allclose(net[0].running_mean, norm.running_mean, rtol=1e-12)
    np.testing.assert_allclose(net[0].running_var, norm.running_var, rtol=1e-12)


def test_reset_does_not_depend_on_the_tables_seen(rng):
    one, two = MapTable(Linear(4, 3)), MapTable(Linear(4, 3))
    two.forward(tables(rng, 3))
    np.testing.assert_array_equal(one.reset(1)[0].weight, two.reset(1)[0].weight)
    require_like_linear(two, two[0], rng)


def test_a_child_that_grows():
    net, x = MapTable(Sequential(Tanh())), [np.ones(2)] * 2
    net.forward(x)
    net[0].add(Tanh())
    for y in net.forward(x):
        np.testing.assert_allclose(y, np.tanh(np.tanh(1)))


def test_replacing_the_child(rng):
    net = Sequential(MapTable(Tanh()))
    net.forward(tables(rng, 3))
    net.replace(lambda m: Linear(4, 3) if isinstance(m, Tanh) else m)
    require_like_linear(net, net[0][0], rng)


def test_a_module_that_remembers_on_its_own():
    class Remembers(Module):
        out = None

        def forward(self, x):
            self.count, self.positive = len(x), x > 0
            if self.out is None or self.out.shape != x.shape:
                self.out = np.empty_like(x)
            return np.multiply(x, self.positive, out=self.out)

        def backward(self, x, dC_dy):
            assert self.count == len(dC_dy)
            return dC_dy * self.positive

    net = MapTable(Remembers())
    for sign in (1, -1):
        x = [sign * np.array([1.0, -2.0, 3.0]), sign * np.array([-4.0, 5.0])]
        y = net.forward(x)
        for got, entry in zip(y, x, strict=True):
            np.testing.assert_array_equal(got, np.maximum(entry, 0))
        for got, entry in zip(net.backward(x, x), x, strict=True):
            np.testing.assert_array_equal(got, np.maximum(entry, 0))


def test_maps_of_maps(rng):
    net = MapTable(MapTable(Linear(4, 3, rng=0)))
    x = [tables(rng, 2), tables(rng, 3)]
    assert [len(entry) for entry in net(x)] == [2, 3]
    net.flatten_parameters()
    check_module(net, x)


def test_jvp_with_shared_parameters(rng):
    net, x, dx = MapTable(Linear(4, 3, rng=0)), tables(rng, 2), tables(rng, 2)
    dweight, dbias = rng.standard_normal((3, 4)), rng.standard_normal(3)
    net.forward(x)
    for i, dy in enumerate(net.jvp(x, dx, [dweight, dbias])):
        wanted = dx[i] @ net[0].weight.T + x[i] @ dweight.T + dbias
        np.testing.assert_allclose(dy, wanted, rtol=1e-12)


def test_it_has_one_module():
    net = MapTable(Identity())
    with pytest.raises(
        ValueError, match="MapTable: modules has 1 entry, expected no ot"
    ):
        net.add(Identity())
    net.forward([np.ones(2)] * 3)
    first = net[0]
    assert net.remove() is first and repr(net) == "MapTable()"
    with pytest.raises(ValueError, match="MapTable: modules has 0 entries, expected 1"):
        net.forward([np.ones(2)])
    net.add(Tanh())
    np.testing.assert_allclose(net([np.ones(2)])[0], np.tanh([1, 1]))


def test_lengths_and_types():
    net, x = MapTable(Identity()), [np.ones(2)] * 3
    with pytest.raises(TypeError, match=r"x has shape \(3, 2\), expected a table"):
        net.forward(np.ones((3, 2)))
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has 2 entries, expected 3"):
        net.backward(x, x[:2])


def test_an_error_names_the_entry():
    with pytest.raises(ValueError) as caught:
        ConcatTable(MapTable(Linear(3, 2))).forward([np.ones(3), np.ones(2)])
    notes = caught.value.__notes__
    assert notes == ["in module 1 of MapTable", "in module 0 of ConcatTable"]


def test_entries_that_learn_on_their_own(rng):
    net = MapTable(Linear(4, 3, rng=0), shared=False).resize(2)
    assert len(net) == 2 and len(net.parameters()[0]) == 4
    np.testing.assert_array_equal(net[0].weight, net[1].weight)
    x, dC_dy = tables(rng, 2), tables(rng, 2, (5, 3))
    net.forward(x)
    net.backprop(x, dC_dy)
    for linear, a, d in zip(net, x, dC_dy, strict=True):
        np.testing.assert_allclose(linear.grad_weight, d.T @ a, rtol=1e-12)
    w, dC_dw = net.flatten_parameters()
    w -= dC_dw
    assert not np.array_equal(net[0].weight, net[1].weight)
    other = pickle.loads(pickle.dumps(net))
    for mine, theirs in zip(other(x), net(x), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    net.forward(tables(rng, 3))  # a longer table makes another one, as the first is now
    np.testing.assert_array_equal(net[2].weight, net[0].weight)
    assert len(net.parameters()[0]) == 6 and len(net.resize(1)) == 1


def test_entries_on_their_own_draw_from_one_generator():
    net = MapTable(Dropout(rng=np.random.default_rng(5)), shared=False)
    first, second = net([np.ones(20)] * 2)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("shared", [True, False])
def test_contract_of_both_forms(shared, rng):
    net = MapTable(Sequential(Linear(4, 3, rng=0), Tanh()), shared).resize(2)
    check_module(net, tables(rng, 2))


def test_resize_of_stand_ins(rng):
    net = MapTable(Linear(4, 3)).resize(5)
    assert len(net) == 1 and len(net.modules) == 5
    assert len(net.resize(2).modules) == 2 and len(net.resize(0).modules) == 1
    require_like_linear(net, net[0], rng)


def test_a_module_added_later():
    net = MapTable()
    for call in (lambda: net.resize(2), lambda: net.forward([np.ones(2)])):
        with pytest.raises(
            ValueError, match="MapTable: modules has 0 entries, expected"
        ):
            call()
    assert repr(net) == "MapTable()"
    assert repr(MapTable(Tanh(), False)) == "MapTable(shared=False,\n  (0): Tanh()\n)"
    np.testing.assert_allclose(net.add(Tanh())([np.ones(2)])[0], np.tanh([1, 1]))


def test_a_direction_of_another_length(rng):
    net, x = MapTable(Tanh()), tables(rng, 2)
    net.forward(x)
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        net.jvp(x, tables(rng, 3))
