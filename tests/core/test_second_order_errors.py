"""What is refused, or interrupted, leaves a module and its gradients as they were."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.examples import count


class Gain(nn.Module):
    """A user's module without second derivatives."""

    def __init__(self):
        self.gain, self.grad_gain = np.ones(3), np.full(3, 7.0)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (x * dC_dy).sum(axis=0)


X, ONES = np.arange(6.0).reshape(2, 3), np.ones((2, 3))


@pytest.mark.parametrize(
    "shapes, message",
    [
        ([(3, 3)], "dparams has 1 entries, expected 2"),
        ([(3, 4), (3,)], r"dparams\[0\] has shape \(3, 4\), expected \(3, 3\)"),
    ],
)
def test_directions_that_do_not_fit_a_linear_layer(shapes, message):
    layer = nn.Linear(3, 3, rng=0)
    weight, value = layer.weight, layer.weight.copy()
    layer.forward(X)
    with pytest.raises(ValueError, match=message):
        layer.hvp(X, ONES, X, [np.zeros(shape) for shape in shapes])
    assert layer.weight is weight
    np.testing.assert_array_equal(layer.weight, value)
    assert not layer.grad_weight.any()


def test_gradients_stay_where_there_is_no_hvp():
    module = Gain()
    module.forward(X)
    with pytest.raises(NotImplementedError, match="hvp"):
        module.acc_diag_hessian_params(X, ONES, 1.0, ONES)
    np.testing.assert_array_equal(module.grad_gain, np.full(3, 7.0))


def test_a_sweep_that_needs_an_hvp_begins_with_it():
    module = Gain()
    module.forward(X)
    with pytest.raises(NotImplementedError, match="hvp"):
        module.backprop_jvp(X, ONES, X, ONES)
    np.testing.assert_array_equal(module.grad_gain, np.full(3, 7.0))


def test_diagonals_leave_gradients_for_afterwards():
    class Kept(Gain):
        def backward(self, x, dC_dy):
            self.dC_dx = np.multiply(self.gain, dC_dy, out=self.dC_dx)
            return self.dC_dx

    net = nn.Sequential(nn.Linear(3, 3, rng=0), Kept())
    net.forward(X)
    net.backward(X, ONES)
    net.backward_diag_hessian(X, 2 * ONES)
    net.acc_diag_hessian_params(X, 2 * ONES)
    net.zero_grad_params().acc_grad_params(X, ONES)
    np.testing.assert_array_equal(net[0].grad_bias, [2, 2, 2])


def test_gradients_stay_where_a_row_fails(monkeypatch):
    module = Gain()
    module.forward(X)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "acc_grad_params", interrupt)
    with pytest.raises(KeyboardInterrupt):
        module.acc_diag_hessian_params(X, ONES)
    np.testing.assert_array_equal(module.grad_gain, np.full(3, 7.0))


def test_a_gradient_of_another_shape_is_no_diagonal():
    module = nn.Tanh()
    module.forward(X)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(2, 3\)"):
        module.backward_diag_hessian(X, ONES, np.ones(3))


def test_an_interrupted_diagonal_leaves_nothing_behind(monkeypatch):
    net = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh(), nn.Linear(3, 3, rng=1))
    net.forward(X)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(net[1], "backward_diag_hessian", interrupt)
    with pytest.raises(KeyboardInterrupt):
        net.backward_diag_hessian(X, ONES)
    with pytest.raises(RuntimeError, match="needs backward_diag_hessian"):
        net.acc_diag_hessian_params(X, ONES)
    assert not any(grad.any() for grad in net.parameters()[1])


def test_parameters_take_the_diagonal_that_came_by():
    net = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())
    net.forward(X)
    net.backward_diag_hessian(X, ONES)
    with pytest.raises(RuntimeError, match="needs backward_diag_hessian"):
        net.acc_diag_hessian_params(X, 2 * ONES)
    net.acc_diag_hessian_params(X, ONES.copy())  # the same values are the same one
    assert net[0].grad_bias.all()


def test_lengths_that_differ_name_who_counts():
    table = nn.JoinTable(0), [X, X[:1]]
    with pytest.raises(ValueError, match=r"^JoinTable\(0\): x has shapes .* axis 0"):
        table[0].per_example_sq_norms(table[1], np.ones((3, 3)))
    with pytest.raises(ValueError, match="^count: x has shapes of no arrays"):
        count([])


@pytest.mark.parametrize("verb", ["backward", "backprop_jvp"])
def test_diagonals_do_not_outlast_the_next_sweep(verb):
    """It writes to the buffers in which a wiring hands curvatures on."""
    net, x = nn.MaskZero(nn.Linear(2, 3, rng=0), 1), np.ones((4, 2))
    y = net.forward(x)
    net.backward(x, y)
    net.jvp(x, x)
    net.backward_diag_hessian(x, np.ones((4, 3)))
    if verb == "backward":
        net.backward(x, np.zeros((4, 3)))
    else:
        net.backprop_jvp(x, y, x, np.zeros((4, 3)))
    with pytest.raises(RuntimeError, match="needs backward_diag_hessian"):
        net.acc_diag_hessian_params(x, np.ones((4, 3)))


def test_convolutions_want_a_direction_like_x():
    layer, x = nn.TemporalRowConvolution(2, 3, 2, rng=0), np.ones((1, 5, 2))
    dC_dy = np.ones_like(layer.forward(x))
    before = layer.grad_weight.copy()
    with pytest.raises(ValueError, match="dx has shape"):
        layer.hvp(x, dC_dy, np.ones((1, 6, 2)))  # of which y is as long
    np.testing.assert_array_equal(layer.grad_weight, before)
