"""Second derivatives in "Efficient BackProp": statements 32 to 35."""

import numpy as np
import pytest
from lecture.outcomes import column, confirmed
from scipy.sparse.linalg import eigsh

import nnmods as nn
from nnmods.analysis import (
    OnlineEigenvalue,
    diag_hessian,
    ggn_operator,
    hessian_by_differences,
    hessian_operator,
    jacobian,
    largest_eigenvalue,
    max_rate,
)
from nnmods.optim import DiagonalLM
from nnmods.testing.compare import DIFFERENCES, EXACT

seeds = pytest.mark.parametrize("seed", [0, 1])


def tanh_net(*sizes, rng):
    net = nn.Sequential()
    for size, following in zip(sizes[:-2], sizes[1:-1], strict=True):
        net.add(nn.Linear(size, following, rng=rng)).add(nn.Tanh())
    return net.add(nn.Linear(*sizes[-2:], rng=rng))


def recursion(net, x, target, bends):
    """Return the diagonal as the paper has it, for layers of weights and tanh."""
    outputs = [x]
    for module in net.modules:
        outputs.append(module(outputs[-1]))
    dC_dy = 2 * (outputs[-1] - target) / target.size  # MSE has no 1/2
    d2C_dy2 = np.full_like(dC_dy, 2 / target.size)
    found = []
    for module, x_, y in reversed(
        [*zip(net.modules, outputs[:-1], outputs[1:], strict=True)]
    ):
        if isinstance(module, nn.Linear):
            found += [d2C_dy2.sum(axis=0), (d2C_dy2.T @ x_**2).ravel()]
            dC_dy, d2C_dy2 = dC_dy @ module.weight, d2C_dy2 @ module.weight**2
        else:
            f1, f2 = 1 - y**2, -2 * y * (1 - y**2)
            d2C_dy2 = f1**2 * d2C_dy2 + (f2 * dC_dy if bends else 0)
            dC_dy = f1 * dC_dy
    return np.concatenate(found[::-1])


@pytest.mark.parametrize(("kind", "bends"), [("bbprop", True), ("lecun", False)])
def test_lecture_32_the_diagonal_goes_back_as_the_gradient_does(kind, bends, rng):
    net = tanh_net(3, 5, 4, 2, rng=rng)
    x, target = rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    wanted = recursion(net, x, target, bends)
    found = diag_hessian(net, nn.MSECriterion(), x, target, kind)
    np.testing.assert_allclose(found, wanted, rtol=EXACT, atol=EXACT)
    assert (found >= 0).all() or bends


def test_lecture_32_it_is_exact_with_one_hidden_layer(rng):
    net = tanh_net(3, 5, 2, rng=rng)
    given = net, nn.MSECriterion(), rng.standard_normal((7, 3)), np.ones((7, 2))
    for estimate, exact in (("bbprop", "exact"), ("lecun", "ggn")):
        wanted = diag_hessian(*given, kind=exact)
        found = diag_hessian(*given, kind=estimate)
        np.testing.assert_allclose(found, wanted, rtol=EXACT, atol=EXACT)
    w, H = net.flatten_parameters()[0], hessian_by_differences(*given)
    dense = H @ np.eye(w.size)
    np.testing.assert_allclose(
        diag_hessian(*given, kind="bbprop"), np.diag(dense), atol=DIFFERENCES
    )


@seeds
def test_lecture_32_a_rough_estimate_never_negative_without_bends(seed):
    numbers = confirmed(32, seed)
    distances = column(numbers, "|full - exact| / |exact|")
    assert distances[0] < 1e-14 and 0.3 < min(distances[1:]) < max(distances) < 0.9
    assert min(column(numbers, "correlation")) > 0.5
    assert max(column(numbers, "|without f'' - GN| / |GN|")) < 0.55
    assert max(column(numbers, "least, exact")) < -0.01
    assert min(column(numbers, "without f''")) > 0


def test_lecture_33_rates_are_eps_over_mu_and_the_running_average(rng):
    net, cost = tanh_net(3, 4, 2, rng=rng), nn.MSECriterion()
    optimizer = DiagonalLM(net, lr=0.1, mu=0.02)
    average = 0
    for gamma in (1, 0.25, 0.25):
        x, target = rng.standard_normal((9, 3)), rng.standard_normal((9, 2))
        h = diag_hessian(net, cost, x, target, kind="lecun")
        optimizer.update_curvature(h, gamma=0.25)
        average = (1 - gamma) * average + gamma * h
        before, eta = optimizer.w.copy(), 0.1 / (0.02 + average)
        optimizer.zero_grad()
        net.backprop(x, cost.backward(net.forward(x), target))
        optimizer.step()
        moved = before - optimizer.w
        np.testing.assert_allclose(moved, eta * optimizer.dC_dw, rtol=1e-9, atol=1e-15)


def test_lecture_33_weights_shared_by_more_places_have_more_curvature():
    """All of one sample: the curvature of a shared weight is the sum over places."""
    x = np.ones((1, 12, 1))
    cost, means = nn.MSECriterion(size_average=False), []
    for length in (3, 12):
        net = nn.TemporalConvolution(1, 2, 1, rng=0)
        target = np.zeros((1, length, 2))
        h = diag_hessian(net, cost, x[:, :length], target, kind="lecun")
        means.append(h.mean())
    np.testing.assert_allclose(means, [2 * 3, 2 * 12], rtol=1e-12)


@seeds
def test_lecture_33_a_rate_for_each_weight_beats_one_for_all(seed):
    numbers = confirmed(33, seed)
    one, own = column(numbers, "cost after pass 3")
    assert own < 0.8 * one
    one, own = column(numbers, "best rate")
    assert one in (0.3, 1.0) and own in (0.01, 0.03)  # not at an end of those tried
    curvatures = column(numbers, "mean d2C/dw^2 at the start")
    assert curvatures[4] > 10 * curvatures[0]


def test_lecture_34_power_iteration_by_both_products_agrees_with_eigsh(rng):
    net, cost = tanh_net(3, 5, 2, rng=rng), nn.MSECriterion()
    given = net, cost, rng.standard_normal((20, 3)) + 1, rng.standard_normal((20, 2))
    exact = hessian_operator(*given)
    wanted = eigsh(exact, 1, which="LM", return_eigenvectors=False)[0]
    for A in (exact, hessian_by_differences(*given)):
        found = largest_eigenvalue(A, accuracy=1e-9, most=1000).value
        np.testing.assert_allclose(found, wanted, rtol=DIFFERENCES)
    online = OnlineEigenvalue(net, cost, gamma=0.3)
    for _ in range(100):
        online.update(*given[2:])
    np.testing.assert_allclose(online.rate, 1 / wanted, rtol=1e-4)
    np.testing.assert_allclose(max_rate(*given).rate, 2 / wanted, rtol=1e-3)


@seeds
def test_lecture_34_minibatches_find_the_largest_eigenvalue_and_the_rate(seed):
    numbers = confirmed(34, seed)
    wanted, differences, exact, online, centred = column(numbers, "lambda_max")
    np.testing.assert_allclose([differences, exact], wanted, rtol=1e-4)
    np.testing.assert_allclose(online, wanted, rtol=0.1)
    assert 0.4 < numbers["best rate times |Psi|"][""] < 1.4
    assert wanted > 2 * centred


def test_lecture_34_the_eigenvalue_of_the_mean_grows_as_its_square(rng):
    """That of E x x^T along the mean m is |m|^2 and the variance there."""
    x, net = rng.standard_normal((5000, 8)), nn.Linear(8, 1, bias=False, rng=0)
    for mean in (1, 3):
        H = hessian_operator(net, nn.MSECriterion(), x + mean, np.zeros((5000, 1)))
        found = largest_eigenvalue(H, accuracy=1e-6).value
        np.testing.assert_allclose(found, 2 * (8 * mean**2 + 1), rtol=0.05)


def test_lecture_35_three_products_agree_for_a_linear_net(rng):
    net, cost = nn.Linear(4, 3, rng=rng), nn.MSECriterion()
    given = net, cost, rng.standard_normal((9, 4)), rng.standard_normal((9, 3))
    v = rng.standard_normal(15)
    wanted = hessian_operator(*given) @ v
    np.testing.assert_allclose(hessian_by_differences(*given) @ v, wanted, rtol=1e-7)
    np.testing.assert_allclose(ggn_operator(*given) @ v, wanted, rtol=EXACT)
    J = jacobian(net, given[2], "params")
    np.testing.assert_allclose(J.T @ (2 / 27 * (J @ v)), wanted, rtol=EXACT)


def test_lecture_35_what_gauss_newton_leaves_out_goes_with_the_residuals(rng):
    """Where the targets are met, J^T H J is all there is."""
    net, x = tanh_net(3, 5, 2, rng=rng), rng.standard_normal((20, 3))
    y, noise, off = net(x), rng.standard_normal((20, 2)), []
    for size in (0, 0.01, 0.1):
        given = net, nn.MSECriterion(), x, y + size * noise
        H, G = hessian_operator(*given).dense(), ggn_operator(*given).dense()
        off.append(np.linalg.norm(H - G) / np.linalg.norm(G))
    assert off[0] < EXACT
    np.testing.assert_allclose(off[2] / off[1], 10, rtol=1e-6)


@seeds
def test_lecture_35_products_agree_and_few_eigenvalues_are_large(seed):
    numbers = confirmed(35, seed)
    assert max(column(numbers, "by differences")) < 1e-8
    linear, start, trained = column(numbers, "by J^T H J")
    assert linear < 1e-13 and trained < 0.05 < 0.3 < start
    large = column(numbers, "above 1/10 of the largest (%)")
    small = column(numbers, "below 1/100 (%)")
    assert max(large) < 10 and min(small) > 70
