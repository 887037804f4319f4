"""max_rate against exact Hessians, and what it leaves as it was."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import max_rate
from nnmods.testing.compare import STEP


def hessian(net, criterion, x, target):
    """Return the Hessian by the parameters, from differences of gradients."""
    w, dC_dw = net.flatten_parameters()
    start, rows = w.copy(), []

    def gradient(at):
        w[...] = at
        net.zero_grad_params()
        y = net.forward(x)
        net.backprop(x, criterion.backward(y, target))
        return dC_dw.copy()

    for unit in np.eye(w.size):
        ahead, behind = gradient(start + STEP * unit), gradient(start - STEP * unit)
        rows.append((ahead - behind) / (2 * STEP))
    w[...] = start
    H = np.array(rows)
    return (H + H.T) / 2


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("activation", [nn.Tanh, nn.SoftPlus])
def test_it_is_the_largest_eigenvalue_of_the_exact_hessian(activation, seed):
    rng = np.random.default_rng(seed)
    net = nn.Sequential(
        nn.Linear(3, 4, rng=rng), activation(), nn.Linear(4, 2, rng=rng)
    )
    x, target = rng.standard_normal((20, 3)), rng.integers(0, 2, 20)
    cost = nn.CrossEntropyCriterion()
    eigenvalues = np.linalg.eigvalsh(hessian(net, cost, x, target))
    largest = eigenvalues[np.abs(eigenvalues).argmax()]
    found = max_rate(net, cost, x, target)
    np.testing.assert_allclose(found.eigenvalue, largest, rtol=1e-3)
    assert found.rate == 2 / abs(found.eigenvalue)


def test_hessian_of_a_linear_unit_is_the_covariance_of_its_inputs(rng):
    mixed = rng.standard_normal((50, 6)) @ rng.standard_normal((6, 6))
    x, target = mixed - mixed.mean(axis=0), rng.standard_normal((50, 1))
    net = nn.Linear(6, 1, bias=False, rng=0)
    largest = np.linalg.eigvalsh(2 * x.T @ x / len(x))[-1]  # MSE has no 1/2
    found = max_rate(net, nn.MSECriterion(), x, target, accuracy=1e-8)
    np.testing.assert_allclose(found.eigenvalue, largest, rtol=1e-6)


def test_descent_diverges_above_the_rate_and_not_below(rng):
    x, target = rng.standard_normal((30, 4)) * [1, 2, 3, 4], np.ones((30, 1))
    net, cost = nn.Linear(4, 1, bias=False, rng=0), nn.MSECriterion()
    rate = max_rate(net, cost, x, target, accuracy=1e-9).rate
    ends = []
    for factor in (0.99, 1.01):
        copy = net.clone()
        start = cost(copy(x), target)
        for _ in range(1000):
            copy.zero_grad_params()
            copy.backprop(x, cost.backward(copy.forward(x), target))
            copy.update_params(factor * rate)
        ends.append(cost(copy(x), target) / start)
    assert ends[0] < 1 < 100 < ends[1]


def test_a_saddle_has_a_negative_eigenvalue():
    class Upside(nn.MSECriterion):
        def backward(self, y, target):
            return -3 * super().backward(y, target)

    net = nn.Linear(1, 1, bias=False, rng=0)
    found = max_rate(net, Upside(), np.ones((1, 1)), np.zeros((1, 1)))
    np.testing.assert_allclose([*found], [-6, 1 / 3], rtol=1e-6)


def test_eigenvalues_of_both_signs_and_one_size():
    """C = a b has the Hessian [[0, 1], [1, 0]], of eigenvalues 1 and -1."""
    net = nn.Sequential(
        nn.Linear(1, 1, bias=False, rng=0), nn.Linear(1, 1, bias=False, rng=1)
    )

    class Output(nn.Criterion):
        def forward(self, y, target):
            return float(y.sum())

        def backward(self, y, target):
            return np.ones_like(y)

    found = max_rate(net, Output(), np.ones((1, 1)), None)
    np.testing.assert_allclose(abs(found.eigenvalue), 1, rtol=1e-6)


def test_flat_costs_allow_any_rate():
    net = nn.Linear(2, 1, rng=0)
    assert max_rate(net, nn.MSECriterion(), np.zeros((3, 2)), np.zeros((3, 1)))[0] > 0
    still = nn.Sequential(nn.Linear(2, 1, rng=0), nn.ReLU())
    still[0].bias[...] = -9
    found = max_rate(still, nn.MSECriterion(), np.ones((3, 2)), np.ones((3, 1)))
    assert found == (0.0, math.inf)


def test_nan_goes_through():
    net = nn.Linear(2, 1, rng=0)
    x = np.array([[np.nan, 1.0]])
    assert np.isnan([*max_rate(net, nn.MSECriterion(), x, np.ones((1, 1)))]).all()


def test_float32_is_computed_in_float64(rng):
    net = nn.Sequential(nn.Linear(3, 5, rng=0), nn.Tanh(), nn.Linear(5, 1, rng=1))
    x = rng.standard_normal((9, 3)).astype(np.float32)
    target = rng.standard_normal((9, 1)).astype(np.float32)
    single = net.clone().float()
    wide = single.clone().double()
    found = max_rate(single, nn.MSECriterion(), x, target)
    assert found == max_rate(wide, nn.MSECriterion(), x, target)
    assert single.dtype == np.float32


def test_everything_is_left_as_it_was(rng):
    net = nn.Sequential(
        nn.Linear(3, 4, rng=0),
        nn.BatchNormalization(4),
        nn.Dropout(),
        nn.Dropout(rng=np.random.default_rng(5)),
        nn.Linear(4, 1, rng=1),
    )
    x, target = rng.standard_normal((8, 3)), rng.standard_normal((8, 1))
    y = net.forward(x).copy()
    net.backprop(x, np.ones_like(y))
    w, dC_dw = net.flatten_parameters()
    before = w.copy(), dC_dw.copy(), net[1].running_mean.copy()
    default = nn.manual_seed(3)
    states = [str(g.bit_generator.state) for g in (default, net[3].rng)]
    first = max_rate(net, nn.MSECriterion(), x, target)
    assert first == max_rate(net, nn.MSECriterion(), x, target)
    assert math.isfinite(first.eigenvalue)
    for was, now in zip(before, (w, dC_dw, net[1].running_mean), strict=True):
        np.testing.assert_array_equal(was, now)
    assert states == [str(g.bit_generator.state) for g in (default, net[3].rng)]
    np.testing.assert_array_equal(net.y, y)


def test_too_few_iterations_are_told(rng):
    x, target = rng.standard_normal((30, 8)), np.ones((30, 1))
    net = nn.Linear(8, 1, rng=0)
    with pytest.warns(RuntimeWarning, match="still grows after 2 iterations"):
        max_rate(net, nn.MSECriterion(), x, target, most=2)


@pytest.mark.parametrize(
    "net, options, error, words",
    [
        (3, {}, TypeError, "max_rate: net has type int, expected a Module"),
        (nn.Tanh(), {}, ValueError, "max_rate: net has 0 parameters"),
        (nn.Linear(2, 1), {"accuracy": 0}, ValueError, "accuracy has value 0"),
        (nn.Linear(2, 1), {"accuracy": 1}, ValueError, "accuracy has value 1"),
        (nn.Linear(2, 1), {"most": 0}, ValueError, "most has value 0, expected 1"),
    ],
)
def test_errors(net, options, error, words):
    with pytest.raises(error, match=words):
        max_rate(net, nn.MSECriterion(), np.ones((1, 2)), np.ones((1, 1)), **options)


def test_a_criterion_is_needed():
    with pytest.raises(TypeError, match="criterion has type int, expected a Criter"):
        max_rate(nn.Linear(2, 1), 3, np.ones((1, 2)), np.ones((1, 1)))
