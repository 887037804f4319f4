"""Bayesian regularisation against the evidence itself, maximised by SciPy."""

import numpy as np
import pytest
from scipy.optimize import minimize

import nnmods as nn
from nnmods.analysis import fit_least_squares
from nnmods.analysis.residuals import Residuals
from nnmods.analysis.searching import Search
from nnmods.testing.compare import EXACT

#: Of alpha and beta: the search ends where they change by less than 1e-3.
SETTLED = 1e-2


def evidence(X, target, alpha, beta):
    """Return MacKay's log evidence of a linear model."""
    M, P = X.shape
    A = beta * X.T @ X + alpha * np.eye(P)
    w = beta * np.linalg.solve(A, X.T @ target)
    cost = beta / 2 * np.sum((target - X @ w) ** 2) + alpha / 2 * np.sum(w**2)
    return (P * np.log(alpha) + M * np.log(beta / (2 * np.pi))) / 2 - (
        cost + np.linalg.slogdet(A)[1] / 2
    )


def data(rng, M=40, P=8, noise=0.5):
    X = rng.standard_normal((M, P)) * np.geomspace(2, 0.02, P)
    return X, X @ rng.standard_normal((P, 1)) + noise * rng.standard_normal((M, 1))


@pytest.mark.parametrize("method", ["lm", "trf"])
@pytest.mark.parametrize("absolute", [False, True])
def test_alpha_and_beta_maximise_the_evidence(rng, absolute, method):
    X, target = data(rng, noise=1.0 if absolute else 0.5)
    net = nn.Linear(8, 1, bias=False, rng=0)
    fit = fit_least_squares(
        net, X, target, method, bayesian=True, absolute_sigma=absolute, show=False
    )

    def negative(logs):
        beta = 1.0 if absolute else np.exp(logs[1])
        return -evidence(X, target, np.exp(logs[0]), beta)

    best = np.exp(minimize(negative, [0.0] * (2 - absolute), tol=1e-10).x)
    alpha, beta = best[0], 1.0 if absolute else best[1]
    np.testing.assert_allclose([fit.alpha, fit.beta], [alpha, beta], rtol=SETTLED)
    assert fit.success
    A = fit.beta * X.T @ X + fit.alpha * np.eye(8)
    w = fit.beta * np.linalg.solve(A, X.T @ target)[:, 0]
    np.testing.assert_allclose(fit.w, w, atol=1e-3 * np.abs(w).max())
    np.testing.assert_array_equal(net.weight[0], fit.w)
    gamma = 8 - fit.alpha * np.trace(np.linalg.inv(A))
    np.testing.assert_allclose(fit.effective_parameters, gamma, rtol=1e-3)
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(A), atol=1e-3)
    assert fit.degrees_of_freedom == 40 - fit.effective_parameters


def test_it_counts_fewer_parameters_and_errs_less_on_new_samples(rng):
    def samples(n, noise):
        x = rng.uniform(-1, 1, (n, 1))
        return x, np.sin(4 * x) + noise * rng.standard_normal((n, 1))

    (x, target), (new, truth) = samples(40, 0.3), samples(500, 0.0)
    errors = []
    for bayesian in (False, True):
        net = nn.Sequential(nn.Linear(1, 12, rng=0), nn.Tanh(), nn.Linear(12, 1, rng=1))
        fit = fit_least_squares(
            net, x, target, bayesian=bayesian, max_nfev=1000, show=False
        )
        errors.append(np.mean((net(new) - truth) ** 2))
    assert fit.effective_parameters < 20 < fit.w.size
    assert errors[1] < 0.5 * errors[0]
    low, high = fit.confidence_interval(new, 0.99)
    assert np.mean((low < truth) & (truth < high)) > 0.9


def test_more_parameters_than_residuals(rng):
    X = np.repeat(rng.standard_normal((3, 20)), 3, axis=0)  # 3 targets of each x
    target = X[:, :1] + 0.5 * rng.standard_normal((9, 1))
    net = nn.Linear(20, 1, rng=0)
    fit = fit_least_squares(net, X, target, bayesian=True, show=False)
    assert fit.success and 0 < fit.effective_parameters < 3
    assert np.isfinite(fit.covariance).all()
    assert np.isfinite(fit.prediction_interval(X)).all()


def test_residuals_that_may_be_0(rng):
    """The data then say nothing for a penalty."""
    X = rng.standard_normal((20, 4))
    net = nn.Linear(4, 1, rng=0)
    fit = fit_least_squares(net, X, X[:, :1], bayesian=True, show=False)
    assert fit.success and fit.cost < EXACT
    np.testing.assert_allclose(fit.effective_parameters, 5, rtol=EXACT)


@pytest.mark.parametrize("target", [0.0, 3.0])
def test_from_parameters_of_0(rng, target):
    X = rng.standard_normal((10, 3))
    net = nn.Linear(3, 1, rng=0)
    net.weight[...] = net.bias[...] = 0
    fit = fit_least_squares(net, X, np.full((10, 1), target), bayesian=True, show=False)
    np.testing.assert_allclose(net(X), target, atol=SETTLED)
    assert np.isfinite(fit.w).all() and fit.cost >= 0


def test_too_few_evaluations_are_told(rng):
    X, target = data(rng)
    net = nn.Linear(8, 1, rng=0)
    fit = fit_least_squares(net, X, target, bayesian=True, max_nfev=2, show=False)
    assert not fit.success and fit.status == 0 and "maximum number" in fit.message


@pytest.mark.parametrize("show", [False, True])
def test_showing_counts_and_changes_nothing(rng, show, capsys):
    """MINPACK asks for J where it stands, after a trial that went wrong."""
    X, target = data(rng)
    net = nn.Linear(8, 1, bias=False, rng=0)
    residuals = Residuals("", net, X, target, None)
    search = Search(residuals, "lm", None, True, {}, show)
    search.penalty = 0.5
    best, there = np.linalg.lstsq(X, target)[0][:, 0], residuals.outputs.w
    search.fun(there)
    search.jac(best)
    assert (search.nfev, search.njev) == (1, 1)
    np.testing.assert_array_equal(search.best, there)
    r = X @ best - target[:, 0]
    shown = f"cost {(r @ r + 0.5 * best @ best) / 2:.6e}"
    assert (shown in capsys.readouterr().err) == show


def test_without_it_all_parameters_count(rng):
    X, target = data(rng)
    fit = fit_least_squares(nn.Linear(8, 1, rng=0), X, target, show=False)
    assert fit.alpha is fit.beta is None and fit.effective_parameters == 9
    close = fit.residual_variance * (40 - 9) / (2 * fit.cost)
    np.testing.assert_allclose(close, 1, rtol=EXACT)
