"""What all containers promise, and what Sequential adds."""

import numpy as np
import pytest

import nnmods as nn


@pytest.fixture
def net():
    return nn.Sequential(
        nn.Linear(4, 3, rng=0), nn.Sequential(nn.Tanh(), nn.Linear(3, 2, rng=1))
    )


@pytest.fixture
def x():
    return np.random.default_rng(0).standard_normal((5, 4))


def test_sweep_back_takes_the_same_or_an_equal_x(net, x):
    dC_dy = net(x)
    wanted = net.backward(x, dC_dy).copy()
    for other in (x[:], x.copy(), x.astype(np.float32).astype(float) * 0 + x):
        np.testing.assert_array_equal(net.backward(other, dC_dy), wanted)


@pytest.mark.parametrize("verb", ["backward", "acc_grad_params", "backprop", "jvp"])
def test_sweep_needs_forward_of_this_x(net, x, verb):
    call = getattr(net, verb)
    dC_dy = x if verb == "jvp" else np.ones((5, 2))
    with pytest.raises(RuntimeError, match=r"Sequential: forward\(x\) is needed first"):
        call(x, dC_dy)
    net.backprop(x, net.forward(x))
    call(x, dC_dy if verb != "acc_grad_params" else net.y)
    with pytest.raises(RuntimeError, match="x is not that of the last forward"):
        call(x + 1, dC_dy)


def test_acc_grad_params_needs_backward_of_this_gradient(net, x):
    dC_dy = net(x)
    net.forward(x)
    with pytest.raises(RuntimeError, match="needs backward"):
        net.acc_grad_params(x, dC_dy)
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy.copy())
    with pytest.raises(RuntimeError, match="dC_dy is not that of the last backward"):
        net.acc_grad_params(x, dC_dy + 1)


def test_nan_input_is_the_same_input(net, x):
    x[0, 0] = np.nan
    dC_dy = net(x)
    assert np.isnan(net.backward(x.copy(), dC_dy)[0]).any()


def test_input_grad_false_visits_nothing_below_the_first_parameter(x):
    class Forbidden(nn.Identity):
        def backward(self, x, dC_dy):
            raise AssertionError("visited")

    net = nn.Sequential(Forbidden(), nn.Sequential(Forbidden(), nn.Linear(4, 2)))
    y = net.forward(x)
    assert net.backprop(x, y, input_grad=False) is None
    assert net[1][1].grad_weight.any()
    assert net[1][1].dC_dx is None
    net.acc_grad_params(x, y)  # those without a gradient are passed over


def test_errors_carry_the_path_of_the_failing_child(net, x):
    with pytest.raises(ValueError, match=r"Linear\(4 -> 3\): x has shape") as caught:
        net.forward(x[:, :3])
    assert caught.value.__notes__ == ["in module 0 of Sequential"]
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has shape") as caught:
        net.backward(x, np.ones((5, 3)))
    assert caught.value.__notes__ == [
        "in module 1 of Sequential",
        "in module 1 of Sequential",
    ]


def test_an_instance_at_two_places_is_refused(net):
    linear = net[1][1]
    with pytest.raises(ValueError, match=r"Linear\(3 -> 2\) stands at .* 1\.1 and 2;"):
        net.add(linear)
    assert len(net) == 2
    with pytest.raises(ValueError, match="two places, the container itself and 2;"):
        net.add(net)
    with pytest.raises(ValueError, match="two places"):
        nn.Sequential(linear, linear)


def test_an_instance_that_came_to_stand_at_two_places_is_found(x):
    a, b = nn.Sequential(nn.Linear(4, 4)), nn.Sequential()
    net = nn.Sequential(a, b)
    net.forward(x)
    b.add(a[0])  # neither of them knows of the other
    with pytest.raises(ValueError, match=r"two places, 0\.0 and 1\.0"):
        net.forward(x)


def test_an_instance_inside_itself_is_found():
    module = nn.Module()
    module.inner = nn.Module()
    module.inner.outer = module
    with pytest.raises(ValueError, match=r"two places, the root and inner\.outer"):
        module.list_modules()


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match="module has type list, expected a Module"):
        nn.Sequential([nn.Tanh()])
    with pytest.raises(TypeError, match="module has type type"):
        nn.Sequential(nn.Tanh)


def test_list_like(net):
    assert len(net) == 2 and net[-1] is net.modules[1] and list(net) == net.modules
    extra = nn.Sigmoid()
    assert net.insert(1, extra) is net and net[1] is extra
    assert net.remove(1) is extra and len(net) == 2
    assert net.remove() is not None and len(net) == 1
    with pytest.raises(IndexError, match="Sequential: index is 9, expected one of 1"):
        net.remove(9)
    part = nn.Sequential(nn.Tanh(), nn.ReLU(), nn.Sigmoid())
    tail = part[1:]
    assert isinstance(tail, nn.Sequential) and list(tail) == part.modules[1:]


def test_a_child_is_replaced_or_all_stays_as_it_was(net, x):
    net[-1] = nn.Tanh()
    assert repr(net[1]) == "Tanh()" and net(x).shape == (5, 3)
    first = net[0]
    for wrong, error in ((first, ValueError), ("Tanh", TypeError)):
        with pytest.raises(error):
            net[1] = wrong
        assert net[0] is first and repr(net[1]) == "Tanh()" and len(net) == 2
    with pytest.raises(IndexError, match="index is 7, expected one of 2"):
        net[7] = nn.Tanh()


def test_a_changed_network_forgets_its_last_forward(net, x):
    net.forward(x)
    net.add(nn.Tanh())
    with pytest.raises(RuntimeError, match="forward"):
        net.backward(x, np.ones((5, 2)))


def test_an_empty_sequential_passes_everything(x):
    net = nn.Sequential()
    for _ in range(2):
        assert net.forward(x) is x and net.backprop(x, x) is x


def test_jvp_takes_directions_for_shared_parameters(x):
    first = nn.Linear(4, 4, rng=0)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True))
    net.forward(x)
    dparams = [np.ones_like(p) for p in net.parameters()[0]]
    dy = net.jvp(x, np.zeros_like(x), dparams).copy()
    w, _ = net.flatten_parameters()
    w += 1e-6
    ahead = net(x)
    w -= 2e-6
    np.testing.assert_allclose(dy, (ahead - net(x)) / 2e-6, atol=1e-8)
    net.forward(x)
    with pytest.raises(ValueError, match="dparams has 1 entries, expected 2"):
        net.jvp(x, x, dparams[:1])


def test_repr_nests():
    net = nn.Sequential(nn.Tanh(), nn.Sequential(nn.ReLU(), nn.Sequential()))
    assert repr(net) == (
        "Sequential(\n  (0): Tanh()\n  (1): Sequential(\n    (0): ReLU()\n"
        "    (1): Sequential()\n  )\n)"
    )


@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        ([1.0, 2.0], TypeError, "x is a list of 2, expected an array; np.asarray"),
        ([np.ones(3), np.ones(3)], TypeError, "x is a table of 2, expected an array"),
        ("abc", TypeError, "x has type str, expected an array"),
        (np.ones((2, 3), complex), TypeError, "x has dtype complex128"),
        (np.array(["a"]), TypeError, "x has dtype <U1, expected real numbers"),
        (np.ones((2, 4)), ValueError, r"x has shape \(2, 4\), expected \(\.\.\., 3\)"),
        (np.ones(()), ValueError, r"x has shape \(\), expected \(\.\.\., 3\)"),
    ],
)
def test_nonsense_is_named(x, error, text):
    with pytest.raises(error, match=rf"Linear\(3 -> 2\): {text}"):
        nn.Linear(3, 2).forward(x)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.Linear(3, -1), ValueError, "Linear: out_features is -1, expected"),
        (lambda: nn.Linear("a", 2), TypeError, "Linear: in_features is 'a', expected"),
        (lambda: nn.Linear(2.5, 2), TypeError, "Linear: in_features is 2.5, expected"),
        (lambda: nn.BatchNormalization(-3), ValueError, "n_features is -3, expected"),
        (
            lambda: nn.SpatialConvolution(1, "b", 3),
            TypeError,
            "SpatialConvolution: out_channels is 'b', expected an integer",
        ),
    ],
)
def test_sizes_that_are_none_are_named(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_directions_of_another_shape_are_named():
    linear, x = nn.Linear(3, 2), np.ones((5, 3))
    with pytest.raises(ValueError, match=r"dparams\[0\] has shape \(3, 3\), expected"):
        linear.jvp(x, x, [np.ones((3, 3)), np.ones(2)])


def test_no_bias_takes_the_bias_away():
    linear = nn.Linear(3, 2, rng=0).no_bias()
    assert [path for path, _, _ in linear.named_parameters()] == ["weight"]
    x = np.ones((5, 3))
    np.testing.assert_allclose(linear(x), x @ linear.weight.T)


def test_a_network_may_be_given_what_it_returned(x):
    """Its last child's buffer is then its input, until that child writes to it."""
    net = nn.Sequential(nn.Linear(4, 4, rng=0), nn.Tanh())
    other, dC_dy = net.clone(), np.ones((5, 4))
    first = net.forward(x)
    kept = first.copy()
    np.testing.assert_array_equal(net.forward(first), other.forward(kept))
    with pytest.raises(RuntimeError, match="x is not that of the last forward"):
        net.backprop(first, dC_dy)  # it holds the second output by now
    np.testing.assert_array_equal(
        net.backprop(kept, dC_dy), other.backprop(kept, dC_dy)
    )
    np.testing.assert_array_equal(net[0].grad_weight, other[0].grad_weight)
