"""fit_least_squares against closed forms, NumPy and SciPy."""

import copy
import pickle

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import curve_fit

import nnmods as nn
from nnmods.analysis import fit_least_squares
from nnmods.analysis.outputs import Outputs
from nnmods.analysis.residuals import Residuals
from nnmods.analysis.searching import Search
from nnmods.testing import exact_jacobian
from nnmods.testing.compare import DIFFERENCES, EXACT

TIGHT = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "show": False}


class Decay(nn.Module):
    """y = a exp(-b x) + c, as a user would write it."""

    def __init__(self, p=(1.0, 1.0, 0.0)):
        self.p, self.grad_p = np.array(p), np.zeros(3)

    def forward(self, x):
        return self.p[0] * np.exp(-self.p[1] * x) + self.p[2]

    def backward(self, x, dC_dy):
        return -self.p[1] * self.p[0] * np.exp(-self.p[1] * x) * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        e = np.exp(-self.p[1] * x)
        rows = np.stack([e, -self.p[0] * x * e, np.ones_like(x)])
        self.grad_p += scale * (rows * dC_dy).reshape(3, -1).sum(axis=1)


def decay(x, a, b, c):
    return a * np.exp(-b * x) + c


def mlp(rng=0, outputs=1, unit=nn.Tanh):
    rng = np.random.default_rng(rng)
    return nn.Sequential(
        nn.Linear(2, 4, rng=rng), unit(), nn.Linear(4, outputs, rng=rng)
    )


def samples(rng, n=30):
    x = rng.uniform(-1, 1, (n, 2))
    return x, np.sin(3 * x[:, :1]) * np.cos(2 * x[:, 1:])


def close(got, wanted, rtol=DIFFERENCES):
    size = np.max(np.abs(wanted), initial=0.0)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=rtol * size)


@pytest.mark.parametrize("method", ["lm", "trf", "dogbox"])
def test_a_linear_net_is_ordinary_least_squares(rng, method):
    x, target = rng.standard_normal((20, 3)), rng.standard_normal((20, 1))
    net = nn.Linear(3, 1, rng=0)
    fit = fit_least_squares(net, x, target, method, **TIGHT)
    X = np.hstack([x, np.ones((20, 1))])
    beta, (RSS,), _, _ = np.linalg.lstsq(X, target)
    close(fit.w, beta[:, 0])
    close(net.weight[0], beta[:3, 0])
    close(net.bias, beta[3])
    covariance = RSS / 16 * np.linalg.inv(X.T @ X)
    close(fit.residual_variance, RSS / 16)
    close(fit.covariance, covariance)
    errors = fit.standard_errors()
    close(errors["weight"][0], np.sqrt(np.diag(covariance)[:3]))
    close(errors["bias"], np.sqrt(covariance[3, 3]))
    new = rng.standard_normal((5, 3))
    N = np.hstack([new, np.ones((5, 1))])
    t = stats.t.ppf(0.95, 16)
    spread = np.einsum("ij,jk,ik->i", N, covariance, N)[:, None]
    for interval, noise in (
        (fit.confidence_interval, 0.0),
        (fit.prediction_interval, RSS / 16),
    ):
        low, high = interval(new, 0.9)
        close(low, N @ beta - t * np.sqrt(spread + noise))
        close(high, N @ beta + t * np.sqrt(spread + noise))


@pytest.mark.parametrize("absolute", [False, True])
def test_a_users_module_is_fitted_as_by_curve_fit(rng, absolute):
    x = np.linspace(0, 4, 50)
    sigma = rng.uniform(0.02, 0.1, 50)
    target = decay(x, 2.5, 1.3, 0.5) + sigma * rng.standard_normal(50)
    options = {"sigma": sigma, "absolute_sigma": absolute}
    popt, pcov = curve_fit(
        decay, x, target, (1, 1, 0), **options, ftol=1e-15, xtol=1e-15, gtol=1e-15
    )
    net = Decay()
    fit = fit_least_squares(net, x, target, **options, **TIGHT)
    close(net.p, popt)
    np.testing.assert_array_equal(net.p, fit.w)
    close(fit.covariance, pcov, 10 * DIFFERENCES)  # SciPy's J is of differences
    assert fit.success and fit.degrees_of_freedom == 47
    low, high = fit.prediction_interval(x, 0.95, sigma)
    quantile = stats.norm.ppf(0.975) if absolute else stats.t.ppf(0.975, 47)
    e = np.exp(-popt[1] * x)
    G = np.stack([e, -popt[0] * x * e, np.ones(50)], axis=1)
    variance = np.einsum("ij,jk,ik->i", G, pcov, G)
    variance += sigma**2 * (1 if absolute else fit.residual_variance)
    close((high - low) / 2, quantile * np.sqrt(variance), 10 * DIFFERENCES)


@pytest.mark.parametrize("form", ["vector", "dict"])
@pytest.mark.parametrize("method", ["trf", "dogbox"])
def test_bounds_hold(rng, method, form):
    x = np.linspace(0, 4, 50)
    target = decay(x, 2.5, 1.3, 0.5) + 0.02 * rng.standard_normal(50)
    low, high = (0, 0, -1), (2, 9, 1)
    bounds = (low, high) if form == "vector" else {"p": (low, high)}
    net = Decay()
    fit = fit_least_squares(net, x, target, method, bounds, show=False)
    popt, _ = curve_fit(decay, x, target, (1, 1, 0), bounds=(low, high))
    np.testing.assert_allclose(fit.w, popt, rtol=1e-3)
    assert net.p[0] <= 2 < net.p[0] + 0.01


def test_bounds_of_a_shared_parameter_by_the_path_of_any_place(rng):
    first = nn.Linear(2, 2, rng=0)
    first.weight[...] = [[0.1, 0.2], [-0.3, 0.4]]
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True), nn.Linear(2, 1))
    low = np.array([[-0.5, -0.4], [-0.6, -0.7]])
    x, target = samples(rng)
    fit_least_squares(net, x, 9 * target, "trf", {"2.weight": (low, 0.5)}, show=False)
    assert np.all((low <= first.weight) & (first.weight <= 0.5))
    assert np.min([first.weight - low, 0.5 - first.weight]) < 1e-3  # one is reached


def test_bounds_of_a_module_spread_over_its_parameters(rng):
    net, (x, target) = mlp(), samples(rng)
    fit_least_squares(net, x, target, "trf", {"2": (-0.6, 0.6)}, show=False)
    last = np.concatenate([net[2].weight.ravel(), net[2].bias])
    assert np.max(np.abs(last)) <= 0.6 < np.max(np.abs(last)) + 0.01
    assert np.max(np.abs(net[0].weight)) > 0.6


def graph():
    x = nn.Input()
    h = nn.Tanh()(nn.Linear(2, 3, rng=0)(x))
    return nn.Graph(x, [nn.Linear(3, 1, rng=1)(h), nn.Linear(3, 2, rng=2)(h)])


def shared():
    first = nn.Linear(2, 2, rng=0)
    return nn.Sequential(first, nn.Tanh(), first.clone(share=True), nn.Tanh())


def convolutions():
    return nn.Sequential(
        nn.SpatialConvolution(1, 2, 2, 2, rng=0),
        nn.Tanh(),
        nn.SpatialConvolution(2, 1, 2, 2, rng=1),
    )


NETS = {
    "outputs": (lambda: mlp(outputs=3), (6, 2)),
    "graph": (graph, (6, 2)),
    "shared": (shared, (6, 2)),
    "convolutions": (convolutions, (5, 1, 4, 4)),
    "more outputs than parameters": (lambda: nn.CAdd((1, 1, 3)), (2, 5, 3)),
    "one sample": (mlp, (2,)),
    "positions": (mlp, (4, 5, 2)),
    "batch statistics": (
        lambda: nn.Sequential(nn.Linear(2, 3, rng=0), nn.BatchNormalization(3)),
        (7, 2),
    ),
    "steps first": (lambda: nn.SeqLSTM(2, 3), (4, 3, 2)),
    "a user's": (Decay, (6,)),
}


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("most", [1 << 18, 20])
def test_jacobian_of_any_net(rng, name, most, monkeypatch):
    monkeypatch.setattr("nnmods.analysis.outputs.MOST", most)
    make, shape = NETS[name]
    net, x = make(), rng.standard_normal(shape)
    outputs = Outputs("test", net, x)
    w = outputs.w + 0.1 * rng.standard_normal(outputs.w.size)
    other = net.clone()
    other.flatten_parameters()[0][...] = w
    parts = [exact_jacobian(other, x, p) for p in other.parameters()[0]]
    wanted = np.hstack(parts)
    close(outputs.dense(w), wanted, EXACT)
    v, u = (rng.standard_normal(n) for n in wanted.shape[::-1])
    operator = outputs.operator(w)
    close(operator @ v, wanted @ v, EXACT)
    close(operator.T @ u, wanted.T @ u, EXACT)
    other = net.clone()
    other.flatten_parameters()[0][...] = outputs.w
    parts = [np.ravel(a) for a in (lambda y: y if type(y) is list else [y])(other(x))]
    np.testing.assert_array_equal(outputs(outputs.w), np.concatenate(parts))


def test_an_operator_finds_what_the_matrix_does(rng):
    x, target = samples(rng)
    target = mlp(rng=5)(x)
    for dense in (True, False):
        net = mlp(rng=6)
        start = np.sum((net(x) - target) ** 2)
        fit = fit_least_squares(
            net, x, target, "trf", dense=dense, max_nfev=30, show=False
        )
        assert 2 * fit.cost < 1e-4 * start


def test_a_large_jacobian_is_an_operator_where_the_method_takes_one(rng, monkeypatch):
    monkeypatch.setattr("nnmods.analysis.least_squares.LARGE", 100)
    ways = []
    for name in ("jac", "operator"):
        way = getattr(Search, name)

        def noted(self, w, name=name, way=way):
            ways.append(name)
            return way(self, w)

        monkeypatch.setattr(Search, name, noted)
    x, target = samples(rng)
    for method, options in (("trf", {}), ("lm", {}), ("trf", {"bayesian": True})):
        ways.clear()
        fit_least_squares(mlp(), x, target, method, max_nfev=2, show=False, **options)
        wanted = "operator" if method == "trf" and not options else "jac"
        assert set(ways) == {wanted}


def test_sigma_weights_the_jacobian_of_matrix_and_operator(rng):
    x, target = samples(rng)
    sigma = rng.uniform(1, 2, target.shape)
    weighted = Residuals("test", mlp(), x, target, sigma)
    plain = Residuals("test", mlp(), x, target, None)
    w = plain.outputs.w
    close(weighted(w), plain(w) / sigma[:, 0], EXACT)
    close(weighted.dense(w), plain.dense(w) / sigma, EXACT)
    close(weighted.operator(w) @ np.eye(17), weighted.dense(w), EXACT)


def test_tables(rng):
    net, x = graph(), rng.standard_normal((40, 2))
    target = [np.sin(x[:, :1]), np.cos(x)]
    sigma = [1.0, [2.0, 3.0]]
    fit = fit_least_squares(net, x, target, sigma=sigma, max_nfev=30, show=False)
    y = net(x)
    r = np.concatenate(
        [(y[0] - target[0]).ravel(), ((y[1] - target[1]) / [2, 3]).ravel()]
    )
    close(fit.residuals, r, EXACT)
    low, high = fit.confidence_interval(x)
    assert [a.shape for a in low] == [(40, 1), (40, 2)]
    assert all((a < b).all() for a, b in zip(low, high, strict=True))


def test_float32_is_fitted_in_float64(rng):
    x, target = (a.astype(np.float32) for a in samples(rng))
    single = mlp().float()
    wide = single.clone().double()
    fit = fit_least_squares(single, x, target, max_nfev=30, show=False)
    w64 = x.astype(float), target.astype(float)
    other = fit_least_squares(wide, *w64, max_nfev=30, show=False)
    np.testing.assert_array_equal(fit.w, other.w)
    w = single.flatten_parameters()[0]
    np.testing.assert_array_equal(w, fit.w.astype(np.float32))
    assert w.dtype == single(x).dtype == np.float32 and fit.w.dtype == np.float64


def test_everything_but_the_parameters_is_left_as_it_was(rng):
    net = nn.Sequential(nn.BatchNormalization(2, affine=False), mlp())
    x, target = samples(rng)
    x.flags.writeable = target.flags.writeable = False
    net.backprop(x, np.ones_like(net.forward(x)))
    w, dC_dw = net.flatten_parameters()
    before = w.copy(), dC_dw.copy(), net[0].running_mean.copy()
    default = str(nn.manual_seed(3).bit_generator.state)
    fit = fit_least_squares(net, x, target, max_nfev=5, show=False)
    assert not np.array_equal(w, before[0])
    np.testing.assert_array_equal(w, fit.w)
    np.testing.assert_array_equal(dC_dw, before[1])
    np.testing.assert_array_equal(net[0].running_mean, before[2])
    assert str(nn.core.get_rng().bit_generator.state) == default
    kept = fit.confidence_interval(x)
    w[...] = 0
    np.testing.assert_array_equal(fit.confidence_interval(x), kept)
    for other in (copy.deepcopy(fit), pickle.loads(pickle.dumps(fit))):
        np.testing.assert_array_equal(other.confidence_interval(x), kept)


@pytest.mark.parametrize("bayesian", [False, True])
def test_the_best_is_kept_where_the_search_is_interrupted(rng, bayesian, monkeypatch):
    net, (x, target) = mlp(), samples(rng)
    start = np.mean((net(x) - target) ** 2)
    jac, calls = Search.jac, []

    def interrupted(self, w):
        calls.append(w)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return jac(self, w)

    monkeypatch.setattr(Search, "jac", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit_least_squares(net, x, target, bayesian=bayesian, show=False)
    assert np.mean((net(x) - target) ** 2) < 0.5 * start


@pytest.mark.parametrize("method", ["lm", "trf", "dogbox"])
def test_the_search_turns_back_from_what_is_not_finite(rng, method):
    """From b = -2 a full step goes where exp overflows, and a - a is nan."""
    x = np.linspace(0, 400, 30)
    target = decay(x / 100, 2.0, 1.0, 0.0)
    net = Decay((1.0, -0.012, 0.0))
    start = np.sum((net(x) - target) ** 2)
    fit_least_squares(net, x, target, method, max_nfev=60, show=False)
    assert np.sum((net(x) - target) ** 2) < 1e-3 * start


def test_undetermined_parameters_have_no_finite_error(rng):
    x = rng.standard_normal((12, 3))
    x[:, 2] = 0  # nothing tells its weight
    net = nn.Linear(3, 1, rng=0)
    fit = fit_least_squares(
        net, x, x[:, :1] + 0.1 * rng.standard_normal((12, 1)), "trf", show=False
    )
    with pytest.warns(RuntimeWarning, match="determine 3 of 4 directions"):
        errors = fit.standard_errors()
    assert np.isinf(errors["weight"][0, 2])
    assert np.isfinite([*errors["weight"][0, :2], *errors["bias"]]).all()
    near, far = [[1.0, 2.0, 0.0]], [[1.0, 2.0, 1.0]]
    low, high = fit.confidence_interval(np.array(near + far))
    assert np.isfinite(low[0]) and low[1] == -np.inf and high[1] == np.inf


def test_no_variance_without_more_residuals_than_parameters(rng):
    x, target = samples(rng, 9)
    fit = fit_least_squares(mlp(), x, target, "trf", show=False)
    with pytest.warns(RuntimeWarning, match="9 residuals tell nothing of their var"):
        assert fit.residual_variance == np.inf
    assert np.isinf(fit.covariance).all()
    assert np.isinf(fit.prediction_interval(x)).all()


def test_a_line_for_each_iteration(rng, capsys):
    net, (x, target) = mlp(), samples(rng)
    fit = fit_least_squares(net, x, target, max_nfev=20)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == "" and fit.njev <= len(lines) <= fit.njev + 1
    assert [line.split()[1] for line in lines] == [str(i) for i in range(len(lines))]
    costs = [float(line.split()[3]) for line in lines]
    assert costs == sorted(costs, reverse=True)
    np.testing.assert_allclose(costs[-1], fit.cost, rtol=DIFFERENCES)
    fit_least_squares(net, x, target, max_nfev=40, bayesian=True)
    assert " parameters " in capsys.readouterr().err


def test_repr(rng):
    net, (x, target) = nn.Linear(2, 1, rng=0), samples(rng)
    fit = fit_least_squares(net, x, target, show=False)
    assert repr(fit).startswith(f"LeastSquaresFit(cost {fit.cost:.6g}, 30 residuals, 3")


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"net": 3}, TypeError, "net has type int, expected a Module"),
        ({"net": nn.Tanh()}, ValueError, "net has 0 parameters, expected"),
        ({"net": nn.Sequential(mlp(), nn.Dropout())}, ValueError, "has two outputs"),
        ({"net": nn.Sequential(mlp(), nn.GradientReversal())}, ValueError, "by design"),
        (
            {"target": np.ones(9)},
            ValueError,
            r"target has shape \(9,\), expected \(9, ",
        ),
        ({"target": np.full((9, 1), np.nan)}, ValueError, "9 of 9 entries .* number 0"),
        ({"method": "gn"}, ValueError, "method has value 'gn', expected one of 'lm'"),
        ({}, ValueError, "target has 9 entries for 17 parameters.*'trf' takes less"),
        ({"bounds": (0, 1)}, ValueError, "bounds has type tuple.*'trf' takes them"),
        ({"x": np.ones((0, 2)), "target": np.ones((0, 1))}, ValueError, "0 entries"),
        ({"x": np.full((9, 2), np.nan)}, ValueError, "9 of 9 entries that are not"),
        ({"sigma": np.ones(4)}, ValueError, "sigma has shape"),
        ({"sigma": 0}, ValueError, "sigma has values from 0.* to 0"),
        ({"dense": False}, ValueError, "dense has value False, expected True with met"),
        (
            {"dense": False, "method": "trf", "bayesian": True},
            ValueError,
            "expected True with bayesian=True",
        ),
    ]
    + [
        ({"method": "trf", "bounds": bounds}, error, words)
        for bounds, error, words in [
            (3, TypeError, r"bounds has value 3, expected a pair"),
            ((1, -1), ValueError, r"bounds has 1.0 below and -1.0 above .*0.weight\[0"),
            ((5, 6), ValueError, r"0.weight\[0, 0\] has value .*, expected one from 5"),
            ((np.ones(2), 3), ValueError, r"bounds has shapes \(2,\) and \(\), expec"),
            ({"1.weight": (0, 1)}, ValueError, "bounds has path '1.weight', expected"),
        ]
    ],
)
def test_errors(rng, change, error, words):
    x, target = samples(rng, 9)
    arguments = {"net": mlp(), "x": x, "target": target} | change
    net = arguments["net"]
    before = [p.copy() for p in net.parameters()[0]] if net != 3 else []
    with pytest.raises(error, match=words) as raised:
        fit_least_squares(**arguments, show=False)
    assert str(raised.value).startswith("fit_least_squares: ")
    assert "\n" not in str(raised.value)
    for p, value in zip(net.parameters()[0] if before else [], before, strict=True):
        np.testing.assert_array_equal(p, value)


def test_level_is_between_0_and_1(rng):
    x, target = samples(rng)
    fit = fit_least_squares(nn.Linear(2, 1, rng=0), x, target, show=False)
    with pytest.raises(ValueError, match="prediction_interval: level has value 95"):
        fit.prediction_interval(x, 95)
