"""Networks that hand on arrays of indices beside their outputs: these have no part."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import fit_least_squares, jacobian
from nnmods.analysis.cost import Cost
from nnmods.analysis.outputs import Outputs
from nnmods.analysis.residuals import sigmas
from nnmods.analysis.single_rows import places
from nnmods.analysis.singular import Jacobian
from nnmods.testing.compare import EXACT


def beside(linear):
    return nn.ParallelTable(nn.Identity(), linear)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("wrt", ["x", "params", "both"])
@pytest.mark.parametrize("shape", [(4,), (3, 4), (1, 4), (0, 4)])
def test_jacobian_is_that_of_the_real_outputs(wrt, shape, dtype, rng):
    linear = nn.Linear(4, 2, rng=0).astype(dtype)
    x = rng.standard_normal(shape).astype(dtype)
    J, wanted = (
        jacobian(beside(linear), [np.arange(3), x], wrt),
        jacobian(linear, x, wrt),
    )
    assert J.shape == wanted.shape and J.dtype == wanted.dtype == dtype
    np.testing.assert_array_equal(J.dense(), wanted.dense())
    v, u = (rng.standard_normal(n).astype(dtype) for n in J.shape[::-1])
    np.testing.assert_array_equal(J @ v, wanted @ v)
    np.testing.assert_array_equal(J.T @ u, wanted.T @ u)


@pytest.mark.parametrize("wrt", ["x", "params"])
def test_indices_alone_have_an_empty_jacobian(wrt):
    linear = nn.Linear(4, 2, rng=0)
    net = nn.Sequential(beside(linear), nn.SelectTable(0))
    J = jacobian(net, [np.arange(3), np.ones((3, 4))], wrt)
    assert J.dense().shape == J.shape == (0, 12 if wrt == "x" else 10)
    assert J.dtype == np.float64 and J.singular_values().shape == (0,)


def test_rows_of_examples_are_counted_without_indices():
    y = [np.arange(2), np.ones((2, 3)), np.arange(4).reshape(2, 2), np.ones((2, 1))]
    np.testing.assert_array_equal(places(y, 0), [[0, 1, 2, 6], [3, 4, 5, 7]])
    assert places(np.arange(3), 0).shape == (3, 0)


@pytest.mark.parametrize("indices", [np.arange(9), np.arange(9.0)])
def test_a_fit_is_that_of_the_real_outputs(indices, rng):
    """By y: a target may hold whole numbers for real ones, and the reverse."""
    x, target = rng.standard_normal((9, 4)), rng.integers(0, 5, (9, 2))
    linear, sigma = nn.Linear(4, 2, rng=0), np.array([1.0, 2.0])
    net = beside(linear.clone())
    wanted = fit_least_squares(linear, x, target, sigma=sigma, show=False)
    both, weights = [indices, target], [0, sigma]
    given = [np.arange(9), x]
    fit = fit_least_squares(net, given, both, sigma=weights, show=False)
    np.testing.assert_allclose(fit.w, wanted.w, rtol=EXACT)
    np.testing.assert_allclose(fit.residuals, wanted.residuals, atol=EXACT)
    np.testing.assert_array_equal(sigmas("", weights, net(given))[:2], sigma)
    low, high = fit.prediction_interval(given, sigma=[1.0, 1.0])
    for got, bound in zip((low, high), wanted.prediction_interval(x), strict=True):
        np.testing.assert_allclose(got[1], bound, rtol=EXACT)
        assert not got[0].any()
    outputs = Outputs("", net, given)
    np.testing.assert_array_equal(outputs(outputs.w), net(given)[1].ravel())


def test_a_hessian_and_a_singular_value_leave_indices_out(rng):
    criterion = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.MSECriterion())
    y = [np.arange(3), rng.standard_normal((3, 2))]
    cost = Cost("", criterion, [np.zeros(3), np.zeros((3, 2))])
    cost.at(y)
    np.testing.assert_allclose(cost.whole(), np.eye(6) / 3, rtol=EXACT)
    linear = nn.Linear(4, 2, rng=0)
    net, x = beside(linear), [np.arange(3), rng.standard_normal((3, 4))]
    net.forward(x)
    J, v = Jacobian(net, x, y), rng.standard_normal(12)
    assert J.shape == (6, 12)
    np.testing.assert_allclose(J.times(v), jacobian(linear, x[1]) @ v, rtol=EXACT)
