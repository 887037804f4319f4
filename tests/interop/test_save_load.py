"""What comes back from a file is what went in."""

from pathlib import Path

import numpy as np
import pytest

from interop.holder import Holder, again, read
from nnmods.activations import ReLU, Tanh
from nnmods.containers import Concat, MapTable, Sequential
from nnmods.core import Elementwise, Module, get_rng
from nnmods.criterions import ClassNLLCriterion, MSECriterion
from nnmods.interop import load, save
from nnmods.layers import Linear
from nnmods.layers.noise import Dropout
from nnmods.layers.normalization import BatchNormalization


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


def net():
    return Sequential(
        Linear(4, 6, rng=0),
        Concat(
            1,
            Sequential(Tanh(), Linear(6, 3, rng=1)),
            Linear(6, 2, bias=False, rng=2),
        ),
        ReLU(grad_at_zero=0),
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_gradients_and_dtype(path, rng, dtype):
    old, x = net().astype(dtype), rng.standard_normal((5, 4)).astype(dtype)
    old.backprop(x, old(x))
    new = again(old, path)
    assert repr(new) == repr(old)
    assert new(x).dtype == dtype and new.dtype == dtype
    np.testing.assert_array_equal(new(x), old(x))
    for (name, p, grad), (other, q, grad_q) in zip(
        old.named_parameters(), new.named_parameters(), strict=True
    ):
        assert name == other and q.dtype == grad_q.dtype == dtype
        np.testing.assert_array_equal(p, q)
        np.testing.assert_array_equal(grad, grad_q)
        assert not np.shares_memory(p, q)
    new.zero_grad_params().backprop(x, new.forward(x))
    np.testing.assert_array_equal(new.parameters()[1][0], old.parameters()[1][0])


def test_results_are_not_saved(path):
    old = net()
    old.backprop(np.ones((1000, 4)), old(np.ones((1000, 4))))
    new = again(old, path)
    assert all(m.y is m.dC_dx is m._x is None for m in new.list_modules())
    stored = sum(array.nbytes for array in read(path)[1].values())
    assert stored == sum(p.nbytes + g.nbytes for _, p, g in old.named_parameters())


def test_modes_are_kept_one_by_one(path):
    old = net().evaluate()
    old[1][0].training()
    new = again(old, path)
    modes = [module.train for module in new.list_modules()]
    assert modes == [module.train for module in old.list_modules()]
    assert any(modes) and not all(modes)


def test_running_statistics(path, rng):
    old = BatchNormalization(3)
    old(rng.standard_normal((20, 3)))
    new = again(old.evaluate(), path, [BatchNormalization])
    x = rng.standard_normal((4, 3))
    np.testing.assert_array_equal(new(x), old(x))


def test_no_constructor_runs(path):
    class Counted(Module):
        made = 0

        def __init__(self):
            super().__init__()
            Counted.made += 1

    assert type(again(Counted(), path, (Counted,))) is Counted
    assert Counted.made == 1


class Gain(Module):
    """A user's module, with nothing done for files."""

    def __init__(self, n):
        self.gain, self.grad_gain = np.linspace(1, 2, n), np.zeros(n)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy


def test_a_class_of_ones_own(path, rng):
    old, x = Sequential(Linear(3, 3), Gain(3)), rng.standard_normal((2, 3))
    new = again(old, path, (Gain,))
    assert type(new[1]) is Gain
    np.testing.assert_array_equal(new(x), old(x))


def test_classes_by_other_names_and_before_ours(path):
    class Louder(Gain):
        pass

    assert type(again(Gain(3), path, {"Gain": Louder})) is Louder
    assert type(again(Linear(3, 2), path, {"Linear": Louder})) is Louder


def test_criterions(path, rng):
    old = ClassNLLCriterion(weights=[1.0, 2.0, 0.5], size_average=False)
    y, target = rng.standard_normal((4, 3)), np.array([0, 2, 1, 1])
    new = again(old, path)
    assert new(y, target) == old(y, target)
    old(y, target), old.backward(y, target)
    new = again(old, path)
    assert new.C is None and new.dC_dy is None
    np.testing.assert_array_equal(new.backward(y, target), old.backward(y, target))


def test_shared_parameters_stay_shared(path):
    first = Linear(3, 3, rng=0)
    new = again(Sequential(first, Tanh(), first.clone(share=True)), path)
    assert new[0] is not new[2]
    for name in ("weight", "grad_weight", "bias", "grad_bias"):
        assert np.shares_memory(getattr(new[0], name), getattr(new[2], name))
    assert len(new.parameters()[0]) == 2 and len(read(path)[1]) == 4


def test_flattened_and_shared(path, rng):
    first = Linear(3, 3, rng=0)
    old = Sequential(first, Tanh(), first.clone(share=True))
    w, _ = old.flatten_parameters()
    new = again(old, path)
    mine, dC_dw = new.flatten_parameters()
    np.testing.assert_array_equal(mine, w)
    assert mine.size == 12 and new._flat[0] is mine
    mine[...] = rng.standard_normal(12)
    np.testing.assert_array_equal(new[0].weight, mine[:9].reshape(3, 3))
    np.testing.assert_array_equal(new[2].weight, mine[:9].reshape(3, 3))
    assert np.shares_memory(new[2].grad_bias, dC_dw)


def test_flattened_stays_flattened_and_is_written_once(path):
    old = net().float()
    w, dC_dw = old.flatten_parameters()
    new = again(old, path)
    flat = new._flat
    assert flat is not None and new.flatten_parameters()[0] is flat[0]
    np.testing.assert_array_equal(flat[0], w)
    for i, array in enumerate(flat):
        assert all(np.shares_memory(p, array) for p in new.parameters()[i])
    stored = sum(array.nbytes for array in read(path)[1].values())
    assert stored == w.nbytes + dC_dw.nbytes


def test_a_flattened_part(path):
    old = net()
    old[1].flatten_parameters()
    new = again(old, path)
    assert new._flat is None and new[1]._flat is not None
    assert np.shares_memory(new[1][1].weight, new[1].flatten_parameters()[0])


def test_map_table(path, rng):
    old = MapTable(Linear(3, 2, rng=0))
    x = [rng.standard_normal((4, 3)), rng.standard_normal(3)]
    y = old(x)
    new = again(old, path)
    for mine, theirs in zip(new(x), y, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert len(new.parameters()[0]) == 2


def test_one_object_at_several_places_stays_one(path):
    cost, module = MSECriterion(), Linear(2, 2)
    new = again(Holder(costs=[cost, cost], by_name={"a": module}, last=module), path)
    assert new.costs[0] is new.costs[1] and new.by_name["a"] is new.last


def test_objects_that_refer_to_one_another(path):
    parent = Holder(child=Holder())
    parent.child.owner = {"parent": parent}
    new = again(parent, path)
    assert new.child.owner["parent"] is new


def test_a_part_met_early_but_needed_by_a_sibling(path):
    late = Sequential(Linear(2, 2))
    early = Holder(inner=late)
    early.inner.flatten_parameters()
    early._flat = True
    new = again(Holder(first=early, second=late), path)
    assert new.first.inner is new.second
    assert np.shares_memory(new.second[0].weight, new.first.flatten_parameters()[0])


def test_5000_nested_containers(path, rng):
    root = inner = Sequential()
    for _ in range(5000):
        inner.modules.append(Sequential())  # add() looks at all below, each time
        inner = inner.modules[0]
    inner.add(Linear(3, 2, rng=0))
    root.flatten_parameters()
    new = again(root, path)
    assert len(new.list_modules()) == 5002
    np.testing.assert_array_equal(new.list_modules()[-1].weight, inner[0].weight)
    assert np.shares_memory(new.list_modules()[-1].weight, new._flat[0])


def test_dropout_goes_on_with_its_own_stream(path):
    old, x = Dropout(0.5, rng=3), np.ones((20, 30))
    old(x)
    new = again(old, path, (Dropout,))
    assert new.rng is not old.rng
    for _ in range(3):
        np.testing.assert_array_equal(new(x), old(x))


@pytest.mark.parametrize("name", ["MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"])
def test_generators_go_on(path, name):
    old = np.random.Generator(getattr(np.random, name)([5, 2**70]))
    old.spawn(1)
    old.random(7, dtype=np.float32)  # leaves half of a 64-bit number behind
    new = again(Holder(rng=old, same=old), path)
    assert new.same is new.rng
    assert type(new.rng.bit_generator) is type(old.bit_generator)
    for rng, other in ((new.rng, old), (new.rng.spawn(1)[0], old.spawn(1)[0])):
        np.testing.assert_array_equal(
            rng.random(700, dtype=np.float32), other.random(700, dtype=np.float32)
        )
        np.testing.assert_array_equal(
            rng.integers(9, size=5), other.integers(9, size=5)
        )


def test_modules_that_share_a_generator_still_do(path):
    rng, x = get_rng(1), np.ones((3, 40))
    old = Sequential(Dropout(0.2, rng=rng), Dropout(0.2, rng=rng))
    new = again(old, path, (Dropout,))
    assert new[0].rng is new[1].rng
    np.testing.assert_array_equal(new(x), old(x))


def test_the_path_is_taken_as_it_is(tmp_path):
    for path in (tmp_path / "a.model", str(tmp_path / "b")):
        save(Linear(3, 2), path)
        assert repr(load(path)) == "Linear(3 -> 2)"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.model", "b"]


def test_a_saved_file_replaces_the_old_one(path):
    save(Linear(3, 2), path)
    save(Linear(4, 2), path)
    assert repr(load(path)) == "Linear(4 -> 2)"


def test_numpy_alone_reads_the_file(path):
    old = Sequential(Linear(3, 2, rng=0), Holder(step=0.1, done=(1, 2)))
    save(old, Path(path))
    document, arrays = read(path)
    assert document["format"] == "nnmods" and document["version"] == 1
    linear, holder, root = document["objects"]
    assert root["class"] == "Sequential" and root["module"].startswith("nnmods.")
    assert root["state"]["modules"] == [{"object": 0}, {"object": 1}]
    assert holder["state"]["done"] == {"tuple": [1, 2]}
    name = linear["state"]["weight"]["array"]
    np.testing.assert_array_equal(arrays[name], old[0].weight)
    assert name == "0.weight"


class Square(Elementwise):
    def f(self, x, out):
        np.square(x, out=out)

    def df(self, x, y, out):
        np.multiply(x, 2, out=out)


def test_a_class_of_a_family(path):
    new = again(Square(), path, (Square,))
    np.testing.assert_array_equal(new.backward(np.array([3.0]), np.ones(1)), [6])
