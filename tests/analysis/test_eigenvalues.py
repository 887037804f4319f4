"""Largest eigenvalues, at once and by minibatches, and Hessians by differences."""

import copy
import math
import pickle

import numpy as np
import pytest
from scipy.sparse.linalg import eigsh

import nnmods as nn
from nnmods.analysis import (
    OnlineEigenvalue,
    ggn_operator,
    hessian_by_differences,
    hessian_operator,
    largest_eigenvalue,
)
from nnmods.testing.compare import DIFFERENCES, EXACT


def problem(seed=0, samples=30):
    rng = np.random.default_rng(seed)
    net = nn.Sequential(nn.Linear(4, 5, rng=rng), nn.Tanh(), nn.Linear(5, 3, rng=rng))
    x, target = rng.standard_normal((samples, 4)), rng.integers(0, 3, samples)
    return net, nn.CrossEntropyCriterion(), x, target


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "make", [hessian_operator, ggn_operator, hessian_by_differences]
)
def test_it_agrees_with_eigsh(make, seed):
    A = make(*problem(seed))
    found = largest_eigenvalue(A, accuracy=1e-12, most=2000)
    wanted, vector = eigsh(A, 1, which="LM", v0=np.ones(A.shape[0]))
    np.testing.assert_allclose(found.value, wanted[0], rtol=1e-7)
    np.testing.assert_allclose(abs(found.vector @ vector[:, 0]), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.vector), 1, rtol=1e-12)


def test_eigenvalues_of_one_size_and_both_signs_have_their_own_vectors():
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))
    A = turn @ np.diag([3.0, -3.0, 1.0, 0.5]) @ turn.T
    value, vector = largest_eigenvalue(A, accuracy=1e-14, most=500)
    np.testing.assert_allclose(abs(value), 3, rtol=EXACT)
    np.testing.assert_allclose(A @ vector, value * vector, atol=1e-6)


def test_flat_and_single_precision_and_one_number():
    assert largest_eigenvalue(np.zeros((3, 3))).value == 0
    value, vector = largest_eigenvalue(np.array([[-2.0]]))
    assert (value, abs(vector[0])) == (-2, 1)
    net, criterion, x, target = problem()
    single = hessian_operator(net.float(), criterion, x.astype("f"), target)
    double = hessian_operator(net.double(), criterion, x, target)
    np.testing.assert_allclose(
        largest_eigenvalue(single, most=500).value,
        largest_eigenvalue(double, most=500).value,
        rtol=1e-5,
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_gives_nan(bad):
    value, vector = largest_eigenvalue(np.diag([1.0, bad]))
    assert np.isnan(value) and np.isnan(vector).all()


def test_too_few_iterations_are_told_with_the_best_so_far():
    A = np.diag([1.0, 0.9])
    words = (
        "largest_eigenvalue: .A v. still grows after 2 iterations, by .* in the last"
    )
    with pytest.warns(RuntimeWarning, match=words):
        value, vector = largest_eigenvalue(A, most=2, accuracy=1e-9)
    assert 0.9 < value < 1
    np.testing.assert_allclose(np.linalg.norm(vector), 1, rtol=1e-12)


@pytest.mark.parametrize(
    "A, options, words",
    [
        (np.ones((2, 3)), {}, r"A has shape \(2, 3\), expected \(n, n\), n at least 1"),
        (np.ones((0, 0)), {}, r"A has shape \(0, 0\), expected \(n, n\), n at least 1"),
        (np.ones(3), {}, r"A has shape \(3,\), expected \(n, n\)"),
        (np.eye(2), {"accuracy": 0}, "accuracy has value 0, expected one between 0"),
        (np.eye(2), {"most": 0}, "most has value 0, expected 1 or more"),
    ],
)
def test_refusals(A, options, words):
    with pytest.raises(ValueError, match=f"largest_eigenvalue: {words}"):
        largest_eigenvalue(A, **options)


def test_differences_are_the_exact_hessian_of_any_module(rng):
    given = problem()
    exact, found = hessian_operator(*given), hessian_by_differences(*given)
    V = rng.standard_normal((exact.shape[0], 3)) * [1, 1e-6, 1e6]
    wanted = exact @ V
    size = np.abs(wanted).max(axis=0)
    np.testing.assert_allclose(found @ V / size, wanted / size, atol=DIFFERENCES)
    np.testing.assert_array_equal(found @ np.zeros(len(V)), 0)
    np.testing.assert_array_equal(found.T @ V, found @ V)


class Square(nn.Module):
    """A user's module, with nothing of second order: y = w x^2."""

    def __init__(self):
        super().__init__()
        self.w, self.grad_w = np.full(1, 2.0), np.zeros(1)

    def forward(self, x):
        return self.w * x**2

    def backward(self, x, dC_dy):
        return 2 * self.w * x * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_w += scale * (dC_dy * x**2).sum()


def test_differences_need_no_second_derivatives():
    x = np.array([[1.0], [2.0]])
    H = hessian_by_differences(Square(), nn.MSECriterion(), x, x)
    np.testing.assert_allclose(H @ np.ones(1), [1 + 16], rtol=1e-8)


def minibatches(x, target, size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            some = order[start : start + size]
            yield x[some], target[some]


def test_online_minibatches_find_the_eigenvalue_of_the_whole(rng):
    net, criterion, x, target = problem(samples=200)
    wanted = eigsh(hessian_operator(net, criterion, x, target), 1, which="LA")[0][0]
    online = OnlineEigenvalue(net, criterion)
    assert (online.value, online.rate, online.vector) == (0, math.inf, None)
    for xb, tb in minibatches(x, target, 20, 30, rng):
        value = online.update(xb, tb)
    assert value == online.value
    assert online.rate == 1 / value
    np.testing.assert_allclose(value, wanted, rtol=0.05)


def test_online_whole_batches_converge_to_the_digits_of_differences():
    given = problem()
    wanted = eigsh(hessian_operator(*given), 1, which="LA")[0][0]
    online = OnlineEigenvalue(given[0], given[1], gamma=0.5)
    for _ in range(150):
        online.update(*given[2:])
    np.testing.assert_allclose(online.value, wanted, rtol=1e-5)


def test_online_by_hand():
    """H is 9 by the first x, 1 by the second; gamma is a half."""
    net = nn.Linear(1, 1, bias=False, rng=0)
    online = OnlineEigenvalue(net, nn.MSECriterion(), gamma=0.5)
    x, target = np.array([[[3 / math.sqrt(2)]], [[1 / math.sqrt(2)]]]), np.ones((1, 1))
    values = [online.update(x[i], target) for i in (0, 1, 0)]
    np.testing.assert_allclose(values, [9, 5, 7], rtol=1e-8)
    net.weight[...] = 1e3  # the net as it is now, which has the same Hessian
    np.testing.assert_allclose(online.update(x[1], target), 4, rtol=1e-8)


def test_online_leaves_the_net_alone_and_goes_on_in_a_copy(rng):
    net, criterion, x, target = problem()
    net.add(nn.Dropout(0.1))
    before, default = net.flatten_parameters()[0].copy(), nn.manual_seed(3)
    state = str(default.bit_generator.state)
    online = OnlineEigenvalue(net, criterion)
    for _ in range(3):
        online.update(x, target)
    twins = copy.deepcopy(online), pickle.loads(pickle.dumps(online))
    value = online.update(x, target)
    assert [twin.update(x, target) for twin in twins] == [value, value]
    np.testing.assert_array_equal(net.flatten_parameters()[0], before)
    assert str(default.bit_generator.state) == state


def test_online_starts_again_after_flat_gradients_and_keeps_a_nan():
    net, target = nn.Sequential(nn.Linear(1, 1, rng=0), nn.ReLU()), np.zeros((2, 1))
    net[0].weight[...], net[0].bias[...] = 1, 0
    online = OnlineEigenvalue(net, nn.MSECriterion(), gamma=0.5)
    assert online.update(np.full((2, 1), -1.0), target) == 0
    assert online.rate == math.inf
    assert online.update(np.full((2, 1), 1.0), target) > 0.1
    assert math.isnan(online.update(np.full((2, 1), np.nan), target))
    assert math.isnan(online.rate)


@pytest.mark.parametrize(
    "net, criterion, gamma, error, words",
    [
        (3, nn.MSECriterion(), 0.1, TypeError, "net has type int, expected a Module"),
        (nn.Linear(1, 1), 3, 0.1, TypeError, "criterion has type int, expected a Cri"),
        (nn.Tanh(), nn.MSECriterion(), 0.1, ValueError, "net has 0 parameters"),
        (nn.Linear(1, 1), nn.MSECriterion(), 0, ValueError, "gamma has value 0, exp"),
        (nn.Linear(1, 1), nn.MSECriterion(), 1.1, ValueError, "gamma has value 1.1"),
    ],
)
def test_online_refusals(net, criterion, gamma, error, words):
    with pytest.raises(error, match=f"OnlineEigenvalue: {words}"):
        OnlineEigenvalue(net, criterion, gamma=gamma)
