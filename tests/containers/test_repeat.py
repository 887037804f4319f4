"""Repeat: against the chain written out, numbers that vary, and every refusal."""

import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.core import lending
from nnmods.core.tables import copied
from nnmods.testing import check_module
from nnmods.testing.arguments import LAYOUTS


def layer():
    return nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())


def rows(x):
    return len(x)


def positives(x):
    return (x > 0).sum(axis=1)


class UntilShort(nn.Repeat):
    def times(self, x):
        return x.shape[-1] - 1


class Counted(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.count = np.array(count)

    def forward(self, x):
        return self.count


def chain(module, n):
    """Return the same with shared weights, written out."""
    return nn.Sequential(*(module.clone(share=True) for _ in range(n)))


@pytest.mark.parametrize("n", [0, 1, 4])
def test_it_is_the_chain_of_clones_that_share(n, rng):
    module = layer()
    net, x, dC_dy = nn.Repeat(module, n), *rng.standard_normal((2, 5, 3))
    same = chain(module, n)
    np.testing.assert_array_equal(net(x), same(x))
    assert net.count == n
    np.testing.assert_array_equal(net.backward(x, dC_dy), same.backward(x, dC_dy))
    net.acc_grad_params(x, dC_dy)
    got = copied(module.parameters()[1])
    net.zero_grad_params()
    same.acc_grad_params(x, dC_dy)
    for a, b in zip(got, module.parameters()[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    direction = [rng.standard_normal(p.shape) for p in net.parameters()[0]]
    np.testing.assert_allclose(
        net.jvp(x, dC_dy, direction),
        same.jvp(x, dC_dy, direction) if n else dC_dy,
        rtol=1e-12,
    )


def test_numbers_that_vary_from_call_to_call(rng):
    net = nn.Repeat(lambda: nn.MulConstant(2), rows)
    for n in (3, 1, 5, 0, 2, 5):
        x = rng.standard_normal((n, 2))
        np.testing.assert_array_equal(net.forward(x), 2**n * x)
        np.testing.assert_array_equal(net.backward(x, x), 2**n * x)
        np.testing.assert_array_equal(net.jvp(x, -x), -(2**n) * x)
        assert net.count == n and len(net) == 1


def test_numbers_of_each_example(rng):
    net, x = (
        nn.Repeat(nn.Linear(3, 3, rng=0), positives, per_example=True),
        np.empty((6, 3)),
    )
    counts = [2, 0, 3, 2, 1, 0]
    for row, n in zip(x, counts, strict=True):
        row[...] = np.where(np.arange(3) < n, 1, -1) * rng.random(3)
    dC_dy, dx = rng.standard_normal((2, 6, 3))
    y, dC_dx = net(x), net.backprop(x, dC_dy)
    at_once = copied(net.parameters()[1])
    net.zero_grad_params().backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    direction = [rng.standard_normal(p.shape) for p in net.parameters()[0]]
    dy = net.jvp(x, dx, direction)
    np.testing.assert_array_equal(net.count, counts)
    grads = copied(net.parameters()[1])
    net.zero_grad_params()
    for i, n in enumerate(counts):
        same = chain(net[0], n)
        np.testing.assert_allclose(y[i], same(x[i]), rtol=1e-12)
        np.testing.assert_allclose(dC_dx[i], same.backprop(x[i], dC_dy[i]), rtol=1e-12)
        if n:
            wanted = same.jvp(x[i], dx[i], direction)
            np.testing.assert_allclose(dy[i], wanted, rtol=1e-12)
    np.testing.assert_array_equal(dy[1], dx[1])
    for a, b, c in zip(at_once, grads, net.parameters()[1], strict=True):
        np.testing.assert_allclose(a, c, rtol=1e-10)
        np.testing.assert_allclose(b, c, rtol=1e-10)


def test_an_application_takes_those_that_are_not_done():
    class Counting(nn.Identity):
        rows = None

        def forward(self, x):
            self.rows = len(x)
            return super().forward(x)

    counts = [3, 0, 1, 3, 1]
    net = nn.Repeat(Counting, lambda x: counts, per_example=True)
    net.forward(np.ones((5, 2)))
    assert [module.rows for module in net.modules] == [4, 2, 2]
    counts[:] = [0] * 5
    x = np.ones((5, 2))
    np.testing.assert_array_equal(net(x), x)
    np.testing.assert_array_equal(net.backward(x, 3 * x), 3 * x)
    counts.clear()
    assert net(np.ones((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("per_example", [False, True])
def test_images_in_any_memory_order(layout, per_example, rng):
    def times(x):
        return np.arange(len(x)) % 3 if per_example else 2

    module = nn.SpatialConvolution(2, 2, 3, 3, padding=1, rng=0)
    net = nn.Repeat(module, times, per_example=per_example)
    x, dC_dy = rng.standard_normal((2, 6, 2, 5, 4))
    y, dC_dx = net(x), copied(net.backward(x, dC_dy))
    other = LAYOUTS[layout](x)
    np.testing.assert_allclose(net(other), y)
    np.testing.assert_allclose(net.backward(other, LAYOUTS[layout](dC_dy)), dC_dx)
    for i in range(6):
        wanted = chain(module, i % 3 if per_example else 2)(x[i])
        np.testing.assert_allclose(y[i], wanted)


def test_gradients_are_summed_over_the_applications():
    net, x = nn.Repeat(nn.Linear(1, 1, bias=False), 3), np.array([[2.0]])
    net[0].weight[...] = 5
    net.backprop(x, np.ones_like(net.forward(x)), 0.5)
    np.testing.assert_allclose(net[0].grad_weight, 0.5 * 3 * 5**2 * 2)  # of 2 w^3
    assert len(net.parameters()[0]) == 1 and net.named_parameters()[0][0] == "0.weight"


def test_without_the_gradient_by_x(rng):
    for net in (
        nn.Repeat(layer, 3),
        nn.Repeat(layer, positives, per_example=True),
        nn.Repeat(layer, 0),
    ):
        x, dC_dy = rng.standard_normal((2, 5, 3))
        net.forward(x)
        net.backprop(x, dC_dy)
        wanted = copied(net.parameters()[1])
        net.zero_grad_params()
        assert net.backprop(x, dC_dy, input_grad=False) is None
        for a, b in zip(net.parameters()[1], wanted, strict=True):
            np.testing.assert_array_equal(a, b)


def test_integers_are_passed_on_as_they_are():
    x = np.arange(6).reshape(3, 2)
    np.testing.assert_array_equal(nn.Repeat(nn.Tanh, 0)(x), x)
    net = nn.Repeat(nn.Tanh, lambda x: [1, 0, 1], per_example=True)
    np.testing.assert_allclose(net(x), [np.tanh(x[0]), x[1], np.tanh(x[2])])
    assert net.float().forward(x).dtype == np.float32


def test_examples_that_are_passed_on_have_the_dtype_of_the_others(rng):
    x = rng.standard_normal((3, 2)).astype(np.float32)
    module = nn.Linear(2, 2, rng=0)
    y = nn.Repeat(module, lambda x: [1, 0, 1], per_example=True)(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y[1], x[1])
    np.testing.assert_allclose(y[::2], module(x[::2]), rtol=1e-12)


def test_a_factory_or_a_module():
    module = nn.Tanh()
    assert nn.Repeat(module, 2)[0] is module
    made = [nn.Repeat(lambda: nn.Linear(2, 2), 2)[0] for _ in range(2)]
    assert made[0] is not made[1]
    assert isinstance(nn.Repeat(nn.Tanh, 2)[0], nn.Tanh)


def test_in_other_containers(rng):
    x = rng.standard_normal((4, 3))
    node = nn.Input()
    hidden = nn.Repeat(layer, positives, per_example=True)(node)
    nets = [
        nn.Sequential(nn.Linear(3, 3, rng=1), nn.Repeat(layer, 2), nn.Tanh()),
        nn.Concat(1, nn.Repeat(layer, rows), nn.Repeat(layer, 0)),
        nn.Graph(node, nn.CMulTable()([hidden, node])),
        nn.Repeat(nn.Repeat(layer, 2), positives, per_example=True),
        nn.Switch(positives, [nn.Repeat(layer, i) for i in range(4)], per_example=True),
    ]
    for net in nets:
        check_module(net, x, batch=False, single=False)
    net = nn.Sequencer(nn.Repeat(layer, positives, per_example=True))
    check_module(net, rng.standard_normal((5, 4, 3)), batch=False)


def test_recurrent_steps_hand_on_their_state(rng):
    """Each call is a function of x alone."""
    module, x = nn.GRU(3, 3, rng=0), rng.standard_normal((4, 3))
    net = nn.Repeat(module, 3)
    first = net(x)
    np.testing.assert_array_equal(net(x), first)
    single = module.clone()
    y = x
    for _ in range(3):
        y = single(y)
    np.testing.assert_allclose(first, y, rtol=1e-12)
    check_module(net, x, single=False)


def test_recurrent_steps_want_the_same_rows(rng):
    net = nn.Repeat(nn.GRU(3, 3, rng=0), lambda x: [2, 1], per_example=True)
    with pytest.raises(ValueError, match="x has 1 rows, expected 2, as the step bef"):
        net.forward(rng.standard_normal((2, 3)))


def test_copies(tmp_path, rng):
    x = rng.standard_normal((5, 3))
    for net in (
        nn.Repeat(layer, rows),
        nn.Repeat(layer, positives, per_example=True),
        UntilShort(layer),
        nn.Repeat(layer, Counted(2)),
        nn.Repeat(layer, 3),
    ):
        y = net(x)
        w, _ = net.flatten_parameters()
        assert w.size == 12
        for other in (
            net.clone(),
            net.clone(share=True),
            pickle.loads(pickle.dumps(net)),
        ):
            assert other.count is None
            np.testing.assert_array_equal(other(x), y)
        if not isinstance(net.times, type(rows)):
            nn.save(net, path := tmp_path / "net.npz")
            other = nn.load(path, classes=(UntilShort, Counted))
            np.testing.assert_array_equal(other(x), y)
        else:
            with pytest.raises(TypeError, match="Repeat: times has type function"):
                nn.save(net, tmp_path / "none.npz")
    assert not (tmp_path / "none.npz").exists()


def test_gradients_that_are_lent(rng, monkeypatch):
    monkeypatch.setattr(lending, "LEAST_BYTES", 1)
    net = nn.Sequential(
        nn.Linear(3, 3, rng=2), nn.Repeat(layer, positives, per_example=True), layer()
    )
    same = net.clone()
    for n in (5, 2, 0, 5):
        x, dC_dy = rng.standard_normal((2, n, 3))
        net.forward(x)
        same.forward(x)
        dC_dx = net.backprop(x, dC_dy)
        np.testing.assert_allclose(dC_dx, same.backward(x, dC_dy))
        same.acc_grad_params(x, dC_dy)
        for a, b in zip(net.parameters()[1], same.parameters()[1], strict=True):
            np.testing.assert_allclose(a, b)
    lending.desk.blocks.clear()


def test_it_does_not_ask_again(rng):
    calls = []
    net = nn.Repeat(layer, lambda x: calls.append(1) or 2)
    x = rng.standard_normal((4, 3))
    dC_dy = net.forward(x)
    net.backprop(x, dC_dy)
    net.jvp(x, -x)
    assert calls == [1]


def test_after_an_error_the_last_call_stands(rng):
    for per_example, good, bad in ((False, 2, -1), (True, [2, 0], [2, -1])):
        answers = [good]
        net = nn.Repeat(layer, lambda x, a=answers: a[-1], per_example=per_example)
        x, dC_dy = rng.standard_normal((2, 2, 3))
        net.forward(x)
        wanted = copied(net.backward(x, dC_dy))
        answers.append(bad)
        with pytest.raises(ValueError, match="is -1, expected a whole number from 0"):
            net.forward(x)
        np.testing.assert_array_equal(net.backward(x, dC_dy), wanted)


WRONG = {
    "negative": (-1, False, ValueError, "Repeat: count is -1, expected a whole num"),
    "fraction": (1.5, False, ValueError, "Repeat: count is 1.5, expected a whole num"),
    "text": ("2", False, TypeError, "count is '2', expected a whole number from 0 on"),
    "many": ([1, 2], False, ValueError, r"count has shape \(2,\), expected a single o"),
    "one": (2, True, ValueError, r"count has value 2, expected shape \(4,\), one for"),
    "few": ([2], True, ValueError, r"count has shape \(1,\), expected shape \(4,\)"),
    "entry": ([2, -3, 0, 0], True, ValueError, r"count\[1\] is -3, expected a whole"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_number_is_refused(name):
    answer, per_example, error, message = WRONG[name]
    net = nn.Repeat(nn.Tanh, lambda x: answer, per_example=per_example)
    with pytest.raises(error, match=message) as caught:
        net.forward(np.ones((4, 3)))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_built_is_refused():
    with pytest.raises(TypeError, match="times is None, expected a function of x; or"):
        nn.Repeat(nn.Tanh)
    with pytest.raises(TypeError, match="times is 'often', expected an integer"):
        nn.Repeat(nn.Tanh, "often")
    with pytest.raises(ValueError, match="times is -1, expected 0 or more"):
        nn.Repeat(nn.Tanh, -1)
    with pytest.raises(TypeError, match="times is 3, expected a function of x, as per"):
        nn.Repeat(nn.Tanh, 3, per_example=True)
    with pytest.raises(TypeError, match="module_factory has type int, expected a fun"):
        nn.Repeat(3, 3)
    with pytest.raises(TypeError, match="module has type int, expected a Module"):
        nn.Repeat(lambda: 3, 3)
    with pytest.raises(ValueError, match="stands at two places, 0 and times"):
        nn.Repeat(module := nn.Tanh(), module)
    net = nn.Repeat(nn.Tanh, 3)
    with pytest.raises(ValueError, match="modules has 1 entry, expected no other"):
        net.add(nn.Tanh())


def test_errors_name_the_application(rng):
    net = nn.Sequential(nn.Repeat(nn.Linear(3, 2), 2))
    with pytest.raises(ValueError, match="Linear") as caught:
        net.forward(np.ones((4, 3)))
    assert caught.value.__notes__ == ["in application 1 of Repeat"] + [
        "in module 0 of Sequential"
    ]
    net = nn.Repeat(nn.Linear(3, 2), lambda x: [1, 2], per_example=True)
    with pytest.raises(ValueError, match=r"y of application 0 has shape \(2, 2\), exp"):
        net.forward(np.ones((2, 3)))
    net.times = lambda x: x.nonsense
    with pytest.raises(AttributeError) as caught:
        net.forward(np.ones((2, 3)))
    assert caught.value.__notes__ == ["in times of Repeat"]


def test_gradients_and_directions_of_other_shapes_are_refused(rng):
    for net in (nn.Repeat(layer, 2), nn.Repeat(layer, positives, per_example=True)):
        x = rng.standard_normal((4, 3))
        net.forward(x)
        for dC_dy in (x[:2], x[:, :1], [x]):
            with pytest.raises((ValueError, TypeError), match="Repeat: dC_dy "):
                net.backprop(x, dC_dy)
        with pytest.raises(ValueError, match=r"Repeat: dx has shape \(2, 3\), expect"):
            net.jvp(x, x[:2])
        assert not net[0][0].grad_weight.any()


def test_how_it_is_shown():
    assert repr(nn.Repeat(nn.Tanh, 3)) == "Repeat(3,\n  (0): Tanh()\n)"
    net = nn.Repeat(nn.Tanh, positives, per_example=True)
    assert repr(net) == "Repeat(positives, per_example=True,\n  (0): Tanh()\n)"
    assert net.sketch().note == "times(x) times for each example"
    assert nn.Repeat(nn.Tanh, 3).sketch().note == "3 times"
    links = nn.Repeat(nn.Tanh, Counted(1)).sketch().links
    assert [link[:3] for link in links[2:]] == [("x", 1, "no gradient")]
