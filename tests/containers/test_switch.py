"""Switch: values by hand, the branches that are left alone, keys, and every refusal."""

import pickle

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn
from nnmods.containers.row_order import RowOrder
from nnmods.core import lending
from nnmods.core.tables import copied
from nnmods.core.watching import Watch
from nnmods.testing import check_module
from nnmods.testing.arguments import LAYOUTS


def by_length(x):
    return int(x.shape[-1] > 3)


def by_sign(x):
    return x[:, 0] > 0


def by_sign_of_first(x):
    return by_sign(x[0])


def always(x):
    return 1


class ByLength(nn.Switch):
    def choose(self, x):
        return "long" if x.shape[-1] > 3 else "short"


class IsLong(nn.Module):
    def forward(self, x):
        return np.array(x.shape[-1] > 3)


def pair(**options):
    return nn.Switch(
        by_sign, [nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=1)], **options
    )


def signs(rng, *positive):
    """Return a batch whose rows begin with a number of that sign."""
    x = rng.standard_normal((len(positive), 3))
    x[:, 0] = np.where(positive, 1.0, -1.0) * np.abs(x[:, 0])
    return x


def test_values_and_gradients_by_hand():
    net = nn.Switch(by_length, [nn.MulConstant(2), nn.MulConstant(5)])
    for x, k, factor in ((np.ones((2, 3)), 0, 2), (np.ones((2, 4)), 1, 5)):
        np.testing.assert_array_equal(net.forward(x), factor * x)
        assert net.choice == k and type(net.choice) is int
        np.testing.assert_array_equal(net.backward(x, 3 * x), 3 * factor * x)
        np.testing.assert_array_equal(net.jvp(x, 7 * x), 7 * factor * x)


@pytest.mark.parametrize("verb", ["backprop", "acc_grad_params"])
@pytest.mark.parametrize("per_example", [False, True])
def test_gradients_of_other_branches_are_not_touched(verb, per_example, rng):
    net, x = pair(per_example=True), signs(rng, 1, 1, 1)
    if not per_example:
        net = nn.Switch(lambda x: True, net.modules)
    left = nn.Linear(3, 2, rng=1)
    for _, _, grad in net.named_parameters():
        grad[...] = np.nan
    net[1].zero_grad_params()
    dC_dy = rng.standard_normal((3, 2))
    net.forward(x)
    if verb == "backprop":
        net.backprop(x, dC_dy)
    else:
        net.backward(x, dC_dy)
        net.acc_grad_params(x, dC_dy)
    left.backprop(x, dC_dy)
    np.testing.assert_array_equal(net[1].grad_weight, left.grad_weight)
    assert np.isnan(net[0].grad_weight).all() and np.isnan(net[0].grad_bias).all()


def test_examples_go_their_ways_and_come_back_in_order(rng):
    net, x = pair(per_example=True), signs(rng, 1, 0, 0, 1, 0)
    dC_dy, dx = rng.standard_normal((5, 2)), rng.standard_normal((5, 3))
    y = net.forward(x)
    np.testing.assert_array_equal(net.choice, x[:, 0] > 0)
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy, 0.5)
    dy = net.jvp(x, dx)
    wanted = [0.0, 0.0]
    for i, (row, gradient) in enumerate(zip(x, dC_dy, strict=True)):
        k = int(row[0] > 0)
        weight = net[k].weight
        np.testing.assert_allclose(y[i], weight @ row + net[k].bias)
        np.testing.assert_allclose(net.dC_dx[i], gradient @ weight)
        np.testing.assert_allclose(dy[i], weight @ dx[i])
        wanted[k] += 0.5 * np.outer(gradient, row)
    for module, grad in zip(net, wanted, strict=True):
        np.testing.assert_allclose(module.grad_weight, grad)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_images_in_any_memory_order(layout, rng):
    modules = [nn.SpatialConvolution(2, 3, 3, 3, rng=i) for i in range(2)]
    net = nn.Switch(lambda x: x[:, 0, 0, 0] > 0, modules, per_example=True)
    x, dC_dy = rng.standard_normal((6, 2, 5, 4)), rng.standard_normal((6, 3, 3, 2))
    y, dC_dx = net(x), copied(net.backward(x, dC_dy))
    other = LAYOUTS[layout](x)
    np.testing.assert_allclose(net(other), y)
    np.testing.assert_allclose(net.backward(other, LAYOUTS[layout](dC_dy)), dC_dx)
    for i, k in enumerate(net.choice):
        np.testing.assert_allclose(modules[int(k)](x[i]), y[i])


def test_a_branch_without_examples_is_not_visited():
    class Counting(nn.Identity):
        calls = 0

        def forward(self, x):
            self.calls += 1
            self.rows = len(x)
            return super().forward(x)

    net = nn.Switch(by_sign, [Counting(), Counting()], per_example=True)
    net.forward(np.ones((4, 2)))
    assert [module.calls for module in net] == [0, 1] and net[1].rows == 4
    y = net.forward(np.ones((0, 2)))
    assert [module.calls for module in net] == [1, 1] and net[0].rows == 0
    assert y.shape == (0, 2)
    assert net.backward(np.ones((0, 2)), y).shape == (0, 2)


def test_rows_of_no_numbers():
    net = nn.Switch(lambda x: [0, 1, 0], [nn.Identity(), nn.Tanh()], per_example=True)
    x = np.ones((3, 0))
    assert net(x).shape == net.backward(x, x).shape == (3, 0)


def test_batches_that_go_other_ways_take_no_memory(rng):
    taken = set()
    order = RowOrder()
    for numbers in rng.integers(0, 3, (20, 100)):
        order.sort(numbers, 3)
        taken.add(order.sorted("x", rng.standard_normal((100, 4))).ctypes.data)
    order.sort(numbers[:50], 3)
    taken.add(order.sorted("x", rng.standard_normal((50, 4))).ctypes.data)
    assert len(taken) == 1


@pytest.mark.parametrize("make", [nn.Switch, nn.Repeat])
def test_rows_side_by_side_or_not_take_no_new_memory(make, rng):
    x = rng.standard_normal((2, 4096, 16))
    numbers = rng.integers(0, 2, 4096)
    inner = [nn.Abs(), nn.Identity()] if make is nn.Switch else nn.Abs()
    rule = [inner, lambda x: numbers]
    net = make(*(rule[::-1] if make is nn.Switch else rule), per_example=True)

    def step(x):
        net.forward(x)
        net.backward(x, x)
        net.jvp(x, x)

    for view in (x[0], x[1][:, ::2], x.transpose(1, 2, 0)):
        assert taken_again(lambda view=view: step(view)) < numbers.nbytes / 2


def test_branches_of_two_dtypes(rng):
    x = rng.standard_normal((4, 3)).astype(np.float32)
    modules = [nn.Tanh(), nn.Linear(3, 3, rng=0)]
    y = nn.Switch(lambda x: [0, 1, 1, 0], modules, per_example=True)(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y[::3], modules[0](x[::3]))
    np.testing.assert_array_equal(y[1:3], modules[1](x[1:3]))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float32, int])
def test_dtypes_of_choices(dtype, rng):
    x = rng.standard_normal((4, 3))
    tens = [nn.MulConstant(1), nn.MulConstant(10)]
    net = nn.Switch(
        lambda x: np.array([1, 0, 1, 1]).astype(dtype), tens, per_example=True
    )
    np.testing.assert_array_equal(net(x), x * [[10], [1], [10], [10]])
    net = nn.Switch(lambda x: np.array(1).astype(dtype), net.modules)
    np.testing.assert_array_equal(net(x), 10 * x)
    net.choose = lambda x: np.array([1]).astype(dtype)[0]
    np.testing.assert_array_equal(net(x), 10 * x)


def test_choices_of_a_list_and_of_one(rng):
    x = rng.standard_normal((2, 3))
    net = nn.Switch(
        lambda x: [1, False], [nn.Abs(), nn.MulConstant(0)], per_example=True
    )
    np.testing.assert_array_equal(net(x), [0 * x[0], np.abs(x[1])])
    net = nn.Switch(lambda x: np.array([1.0]), net.modules)
    np.testing.assert_array_equal(net(x), 0 * x)


def test_keys(rng):
    modules = {"short": nn.Linear(3, 2, rng=0), "long": nn.Linear(4, 2, rng=1)}
    net = nn.Switch(lambda x: "long" if x.shape[-1] > 3 else "short", modules)
    paths = [path for path, _, _ in net.named_parameters()]
    assert paths == ["short.weight", "short.bias", "long.weight", "long.bias"]
    assert net["long"] is net[1] is modules["long"] and list(net) == [*net.modules]
    net.forward(rng.standard_normal((5, 4)))
    assert net.choice == "long"
    for answer in (np.array("short"), np.array(["short"], object)):
        net.choose = lambda x, answer=answer: answer
        net.forward(rng.standard_normal((5, 3)))
        assert net.choice == "short"
    net.choose = lambda x: ["short"]
    net.forward(rng.standard_normal((5, 3)))
    assert net.choice == "short"
    net["short"] = nn.Tanh()
    assert net.names() == ["short", "long"] and isinstance(net[0], nn.Tanh)
    with pytest.raises(ValueError, match="stands at two places"):
        net["short"] = net["long"]
    assert isinstance(net["short"], nn.Tanh) and net.keys == ["short", "long"]
    net.replace(lambda m: nn.Abs() if isinstance(m, nn.Tanh) else m)
    assert isinstance(net["short"], nn.Abs)
    for change in (lambda: net.add(nn.Abs()), net.remove):
        with pytest.raises(TypeError, match="Switch: modules has keys, expected no ot"):
            change()
    with pytest.raises(KeyError, match="no module has the key 'other'"):
        net["other"]


def test_keys_of_each_example(rng):
    tens = {"one": nn.MulConstant(1), "ten": nn.MulConstant(10)}
    net = nn.Switch(lambda x: ["ten", "one", "ten"], tens, per_example=True)
    x = rng.standard_normal((3, 2))
    np.testing.assert_array_equal(net(x), x * [[10], [1], [10]])
    assert net.choice == ["ten", "one", "ten"]
    net.choose = lambda x: np.array(["one"] * len(x), object)
    np.testing.assert_array_equal(net(x), x)
    net.choose = lambda x: ["one", None, "one"]
    with pytest.raises(ValueError, match=r"choice\[1\] is None, expected one of 'one'"):
        net.forward(x)


def test_modules_of_a_list_come_and_go():
    net = nn.Switch(lambda x: len(net) - 1, [nn.Abs()])
    x = np.full(2, -0.5)
    np.testing.assert_array_equal(net.add(nn.Identity())(x), x)
    net.remove()
    np.testing.assert_array_equal(net(x), -x)


def test_tables(rng):
    both = [nn.ParallelTable(nn.Linear(3, 2, rng=i), nn.Tanh()) for i in range(2)]
    net = nn.Switch(by_sign_of_first, both, per_example=True)
    x = [signs(rng, 1, 0, 1), rng.standard_normal((3, 2, 2))]
    y = net.forward(x)
    for i, k in enumerate(net.choice):
        for got, wanted in zip(y, both[int(k)]([a[i] for a in x]), strict=True):
            np.testing.assert_allclose(got[i], wanted)
    check_module(net, x, single=False)


def test_in_other_containers(rng):
    x, x_t = signs(rng, 1, 0, 1, 1), rng.standard_normal((6, 4, 3))
    node = nn.Input()
    hidden = pair(per_example=True)(node).named("hidden")
    graph = nn.Graph(node, nn.CAddTable()([hidden, nn.Tanh()(hidden)]))
    nets = [
        nn.Sequential(nn.Identity(), pair(per_example=True), nn.Tanh()),
        nn.Concat(1, pair(per_example=True), nn.Linear(3, 4, rng=2)),
        nn.Switch(always, [nn.Abs(), pair(per_example=True)]),
        graph,
    ]
    for net in nets:
        check_module(net, x, single=False)
    check_module(nn.Sequencer(pair(per_example=True)), x_t, single=False, batch=False)
    check_module(nn.MapTable(pair(per_example=True)), [x, x[:2]])


def test_watched(rng):
    net, x, seen = nn.Sequential(pair(per_example=True)), signs(rng, 1, 0, 1), []
    watch = Watch(net, after_forward=lambda path, m, x, y: seen.append((path, len(x))))
    np.testing.assert_array_equal(watch.net.forward(x), net.forward(x))
    assert seen == [("0.0", 1), ("0.1", 2), ("0", 3), ("", 3)]


def test_stand_ins_choose_on_their_own(rng):
    net = nn.Sequencer(nn.Switch(lambda x: x.sum() > 0, [nn.Abs(), nn.MulConstant(3)]))
    x = np.array([[1.0, 2.0], [-1.0, -2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(net(x), [[3, 6], [1, 2], [9, 12]])
    np.testing.assert_array_equal(net.backward(x, x), [[3, 6], [1, 2], [9, 12]])


def test_jvp_and_backward_do_not_choose_again(rng):
    calls = []
    net = nn.Switch(lambda x: calls.append(1) or 1, pair().modules)
    x = rng.standard_normal((4, 3))
    dC_dy = net.forward(x)
    net.backprop(x, dC_dy)
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    net.jvp(x, -x)
    assert calls == [1]


def test_a_module_chooses(rng):
    modules = {"short": nn.Linear(3, 2, rng=0), "long": nn.Linear(4, 2, rng=1)}
    gate = nn.Sequential(nn.Linear(3, 1, rng=2), nn.MulConstant(1e9), nn.Clamp(0, 1))
    net = nn.Switch(
        nn.Sequential(gate, nn.Select(1, 0)),
        [nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=3)],
        per_example=True,
    )
    assert [name for name, _ in net.children()] == ["0", "1", "choose"]
    assert not net.evaluate().choose.train and net.float().choose[0][0].dtype == "f4"
    x = rng.standard_normal((6, 3))
    net.double().forward(x)
    assert set(net.choice) == {0, 1}
    net.zero_grad_params().backprop(x, rng.standard_normal((6, 2)))
    assert not gate[0].grad_weight.any() and net[0].grad_weight.any()
    net.replace(lambda m: nn.HardTanh() if isinstance(m, nn.Clamp) else m)
    assert isinstance(net.choose[0][2], nn.HardTanh)
    with pytest.raises(ValueError, match="stands at two places, 0 and choose"):
        nn.Switch(modules["short"], list(modules.values()))
    with pytest.raises(ValueError, match="has the key 'choose', expected another"):
        nn.Switch(IsLong(), {"choose": nn.Abs()})


@pytest.mark.parametrize("per_example", [False, True])
def test_copies(per_example, rng):
    net, x = pair(per_example=per_example), signs(rng, 1, 0, 1)
    if not per_example:
        net.choose = by_length
    y = net(x)
    for other in (net.clone(), net.clone(share=True), pickle.loads(pickle.dumps(net))):
        assert other.choice is None
        np.testing.assert_array_equal(other(x), y)
        with pytest.raises(RuntimeError, match="x is not that of the last forward"):
            other.backward(-x, y)
    net.clear_state()
    assert net.choice is None
    with pytest.raises(RuntimeError, match="Switch: forward"):
        net.backward(x, y)


def test_files_hold_methods_and_modules_but_no_functions(tmp_path, rng):
    path = tmp_path / "net.npz"
    for choose in (by_length, lambda x: 0):
        net = nn.Sequential(nn.Switch(choose, [nn.Abs()]))
        with pytest.raises(
            TypeError, match=r"\[0\].choose has type function"
        ) as caught:
            nn.save(net, path)
        assert "\n" not in str(caught.value) and not path.exists()
    x = rng.standard_normal((5, 4))
    modules = {"short": nn.Linear(3, 2, rng=0), "long": nn.Linear(4, 2, rng=1)}
    nn.save(net := ByLength(modules=modules), path)
    other = nn.load(path, classes=(ByLength,))
    assert other.names() == ["short", "long"]
    np.testing.assert_array_equal(other(x), net(x))
    nn.save(net := nn.Switch(IsLong(), [nn.Abs(), nn.Tanh()]), path)
    np.testing.assert_array_equal(nn.load(path, classes=(IsLong,))(x), net(x))


def test_a_lambda_cannot_be_pickled_but_cloned():
    net = nn.Switch(lambda x: 0, [nn.Abs()])
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(net)
    np.testing.assert_array_equal(net.clone()(-np.ones(2)), [1, 1])


def test_after_an_error_the_last_call_stands(rng):
    net, x = pair(per_example=True), signs(rng, 1, 0, 0)
    y, dC_dy = net(x), rng.standard_normal((3, 2))
    wanted = copied(net.backward(x, dC_dy))
    choose, net.choose = net.choose, lambda x: [0, 1, 2]
    with pytest.raises(ValueError, match="expected an index below 2"):
        net.forward(-x)
    np.testing.assert_array_equal(net.backward(x, dC_dy), wanted)
    net.choose = choose
    np.testing.assert_array_equal(net(x), y)


def test_gradients_that_are_lent(rng, monkeypatch):
    monkeypatch.setattr(lending, "LEAST_BYTES", 1)
    net = nn.Sequential(nn.Linear(3, 3, rng=2), pair(per_example=True), nn.Tanh())
    same = net.clone()
    for positive in ([1, 0, 0, 1], [0, 0, 1], [], [1, 1, 1, 1]):
        x = signs(rng, *positive)
        dC_dy = rng.standard_normal(net.forward(x).shape)
        same.forward(x)
        dC_dx = net.backprop(x, dC_dy)
        np.testing.assert_allclose(dC_dx, same.backward(x, dC_dy))
        same.acc_grad_params(x, dC_dy)
        for a, b in zip(net.parameters()[1], same.parameters()[1], strict=True):
            np.testing.assert_allclose(a, b)
    lending.desk.blocks.clear()


def test_a_chain_needs_few_blocks(rng, monkeypatch):
    monkeypatch.setattr(lending, "LEAST_BYTES", 1)
    ways = [nn.Tanh(), nn.Linear(3, 3, rng=0)]
    net = nn.Sequential(
        *(
            nn.Switch(by_sign, [w.clone() for w in ways], per_example=True)
            for _ in range(20)
        )
    )
    x = signs(rng, 1, 0, 0, 1)
    for _ in range(3):
        net.backprop(x, np.ones_like(net.forward(x)))
    assert len(lending.desk.blocks) <= 5
    lending.desk.blocks.clear()


CHOICES = {
    "far": (7, ValueError, "Switch: choice is 7, expected an index below 3"),
    "negative": (-1, ValueError, "choice is -1, expected an index below 3"),
    "fraction": (0.5, ValueError, "choice is 0.5, expected an index below 3"),
    "nan": (np.nan, ValueError, "choice is nan, expected an index below 3"),
    "huge": (10**30, TypeError, f"choice is {10**30}, expected an index below 3"),
    "none": (None, TypeError, "choice is None, expected an index below 3"),
    "key": ("a", TypeError, "choice is 'a', expected an index below 3"),
    "complex": (1j, TypeError, r"choice is 1j, expected an index below 3"),
    "many": (np.zeros(5, int), ValueError, r"has shape \(5,\), expected a single one;"),
    "ragged": ([0, [1]], TypeError, "choice is None, expected an index"),
    "objects": (np.array([1], object), TypeError, "choice is 1, expected an index"),
    "none of one": ([None], TypeError, "choice is None, expected an index"),
}
EXAMPLES = {
    "few": ([0, 1], ValueError, r"choice has shape \(2,\), expected shape \(4,\), one"),
    "column": (np.zeros((4, 1)), ValueError, r"shape \(4, 1\), expected shape \(4,\)"),
    "one": (2, ValueError, r"choice has value 2, expected shape \(4,\), one for each"),
    "far": ([0, 1, 3, 5], ValueError, r"choice\[2\] is 3, expected an index below 3"),
    "negative": ([0, -1, 0, 0], ValueError, r"choice\[1\] is -1, expected an index"),
    "fraction": ([0, 1, 2, 0.5], ValueError, r"choice\[3\] is 0.5, expected an index"),
    "infinite": ([0, 1, np.inf, 0], ValueError, r"choice\[2\] is inf, expected an ind"),
    "keys": (["a"] * 4, TypeError, r"choice\[0\] is 'a', expected an index below 3"),
}


def three(answer, **options):
    return nn.Switch(lambda x: answer, [nn.Abs(), nn.Tanh(), nn.Exp()], **options)


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_no_choice_is_refused(name):
    answer, error, message = CHOICES[name]
    with pytest.raises(error, match=message) as caught:
        three(answer).forward(np.ones((4, 2)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_no_choice_for_each_example_is_refused(name):
    answer, error, message = EXAMPLES[name]
    with pytest.raises(error, match=message) as caught:
        three(answer, per_example=True).forward(np.ones((4, 2)))
    assert "\n" not in str(caught.value)


def test_what_is_no_key_is_refused():
    net = nn.Switch(lambda x: "mid", {"short": nn.Abs(), "long": nn.Tanh()})
    with pytest.raises(ValueError, match="'mid', expected one of 'short', 'long'"):
        net.forward(np.ones(2))
    net.choose = lambda x: 1
    with pytest.raises(TypeError, match="is 1, expected one of 'short', 'long'"):
        net.forward(np.ones(2))
    net.per_example, net.choose = True, lambda x: ["long", "mid"]
    with pytest.raises(ValueError, match=r"choice\[1\] is 'mid', expected one of"):
        net.forward(np.ones(2))


def test_what_cannot_be_built_is_refused():
    with pytest.raises(TypeError, match="choose is None, expected a function of x; or"):
        nn.Switch(modules=[nn.Abs()])
    with pytest.raises(TypeError, match="choose is 3, expected a function of x"):
        nn.Switch(3, [nn.Abs()])
    with pytest.raises(TypeError, match="modules has type Abs, expected a list or a"):
        nn.Switch(by_length, nn.Abs())
    for key in ("", "a.b", 3):
        with pytest.raises(ValueError, match="expected a text without dots"):
            nn.Switch(by_length, {key: nn.Abs()})
    with pytest.raises(TypeError, match="module has type int, expected a Module"):
        nn.Switch(by_length, {"a": 3})
    with pytest.raises(ValueError, match="two places"):
        nn.Switch(by_length, [module := nn.Abs(), module])
    with pytest.raises(ValueError, match="modules has 0 entries, expected at least 1"):
        nn.Switch(by_length).forward(np.ones(2))


def test_examples_are_needed():
    net = three([0], per_example=True)
    with pytest.raises(ValueError, match=r"x has shape \(\), expected an axis of exam"):
        net.forward(np.array(1.0))
    with pytest.raises(ValueError, match=r"x\[1\]\[0\] has 3 examples, expected 4"):
        net.forward([np.ones(4), [np.ones(3)]])
    with pytest.raises(ValueError, match="x has 0 arrays, expected at least 1"):
        net.forward([])


def test_errors_name_the_branches(rng):
    x = signs(rng, 1, 0, 1)
    modules = {"short": nn.Linear(3, 2), "long": nn.Linear(3, 4)}

    def choose(x):
        return np.where(x[:, 0] > 0, "long", "short")

    net = nn.Switch(choose, modules, per_example=True)
    message = r"y of module long has rows of \(4,\), expected \(2,\) as of module short"
    with pytest.raises(ValueError, match=message):
        net.forward(x)
    net["long"] = nn.Sum(0)
    with pytest.raises(ValueError, match=r"y of module long has shape \(3,\), expecte"):
        net.forward(x)
    net["long"] = nn.Sequential(nn.Linear(3, 2), nn.Duplicate(2))
    with pytest.raises(ValueError, match=r"long has rows of \[\(2,\), \(2,\)\], expec"):
        net.forward(x)
    net["long"] = nn.Linear(5, 2)
    with pytest.raises(ValueError, match="Linear") as caught:
        nn.Sequential(net).forward(x)
    assert caught.value.__notes__ == ["in module long of Switch"] + [
        "in module 0 of Sequential"
    ]
    net.choose = lambda x: x.nonsense
    with pytest.raises(AttributeError) as caught:
        net.forward(x)
    assert caught.value.__notes__ == ["in choose of Switch"]


def test_a_branch_that_returns_another_gradient_is_named(rng):
    class Short(nn.Identity):
        def backward(self, x, dC_dy):
            return dC_dy[:1]

    net = nn.Switch(lambda x: [0, 1, 1], [nn.Abs(), Short()], per_example=True)
    x = rng.standard_normal((3, 2))
    net.forward(x)
    with pytest.raises(ValueError, match=r"dC_dx of module 1 has shape \(1, 2\), expe"):
        net.backward(x, x)


def test_gradients_and_directions_of_other_shapes_are_refused(rng):
    net, x = pair(per_example=True), signs(rng, 1, 0, 1)
    net.forward(x)
    for dC_dy in (np.ones((2, 2)), np.ones((3, 1))):
        with pytest.raises(ValueError, match=r"Switch: dC_dy has shape .* \(3, 2\)"):
            net.backprop(x, dC_dy)
    with pytest.raises(ValueError, match=r"Switch: dx has shape \(2, 3\), expected"):
        net.jvp(x, x[:2])
    assert not net[0].grad_weight.any()


def test_how_it_is_shown():
    assert repr(nn.Switch(by_length, [nn.Abs(), nn.Tanh()], per_example=True)) == (
        "Switch(by_length, per_example=True,\n  (0): Abs()\n  (1): Tanh()\n)"
    )
    assert repr(ByLength(modules={"a": nn.Abs()})) == "ByLength(\n  (a): Abs()\n)"
    assert repr(nn.Switch(IsLong(), [nn.Abs()])) == (
        "Switch(\n  (0): Abs()\n  (choose): IsLong()\n)"
    )


def test_its_sketch():
    net = nn.Switch(by_length, {"short": nn.Abs(), "long": nn.Tanh()})
    sketch = net.sketch()
    assert [link[:3] for link in sketch.links] == [
        ("x", 0, "short"),
        (0, "y", ""),
        ("x", 1, "long"),
        (1, "y", ""),
    ]
    assert all(link.dashed for link in sketch.links)
    sketch = nn.Switch(IsLong(), [nn.Abs()], per_example=True).sketch()
    assert [link[:3] for link in sketch.links[2:]] == [("x", 1, "no gradient")]
    assert "example" in sketch.note and "example" not in net.sketch().note
