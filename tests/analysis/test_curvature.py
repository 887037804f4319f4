"""Hessian, Gauss-Newton matrix and diagonals, against differences of gradients."""

import numpy as np
import pytest
from scipy.sparse.linalg import eigsh

import nnmods as nn
from nnmods.analysis import diag_hessian, ggn_operator, hessian_operator, jacobian
from nnmods.testing.compare import DIFFERENCES, EXACT

#: Of central differences of gradients: their best step, and what rounding leaves.
STEP = 1e-5
ROUNDED = 10 * DIFFERENCES


class Attention(nn.Module):
    """A user's module without `hvp`: y = x * tanh(x w)."""

    def __init__(self, n):
        super().__init__()
        self.w, self.grad_w = np.full(n, 0.3), np.zeros(n)

    def forward(self, x):
        return x * np.tanh(x * self.w)

    def backward(self, x, dC_dy):
        t = np.tanh(x * self.w)
        return dC_dy * (t + x * self.w * (1 - t**2))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        t = np.tanh(x * self.w)
        self.grad_w += scale * (dC_dy * x * x * (1 - t**2)).sum(axis=0)


def residual_graph(rng):
    x = nn.Input()
    h = nn.Tanh()(nn.Linear(3, 4, rng=rng)(x))
    h = nn.Add()([h, nn.Sigmoid()(nn.Linear(4, 4, rng=rng)(h))])
    return nn.Graph(x, nn.Linear(4, 3, rng=rng)(nn.LayerNorm(4)(h)))


def twice(rng):
    first = nn.Linear(3, 3, rng=rng)
    return nn.Sequential(first, nn.Tanh(), first.clone(share=True), nn.SoftPlus())


def conv(rng):
    return nn.Sequential(
        nn.View(1, 1, 3).set_num_input_dims(1),
        nn.SpatialConvolution(1, 2, 3, 1, pad_w=1, rng=rng),
        nn.SpatialBatchNormalization(2),
        nn.ELU(),
        nn.View(-1).set_num_input_dims(3),
        nn.Linear(18, 3, rng=rng),
    )


NETS = {
    "mlp": lambda rng: nn.Sequential(
        nn.Linear(3, 4, rng=rng), nn.Tanh(), nn.Linear(4, 3, rng=rng)
    ),
    "graph": residual_graph,
    "shared": twice,
    "convolution, batch statistics": conv,
    "gated": lambda rng: nn.Sequential(
        nn.Linear(3, 6, rng=rng), nn.GatedLinearUnit(), nn.Linear(3, 3, rng=rng)
    ),
    "log-probabilities": lambda rng: nn.Sequential(
        nn.Linear(3, 3, rng=rng), nn.Tanh(), nn.LogSoftMax()
    ),
}
COSTS = {
    "mse": (nn.MSECriterion, lambda rng: rng.standard_normal((5, 3))),
    "cross entropy": (nn.CrossEntropyCriterion, lambda rng: rng.integers(0, 3, 5)),
    "nll": (nn.ClassNLLCriterion, lambda rng: rng.integers(0, 3, 5)),
}
CASES = [(n, c) for n in NETS for c in COSTS if c != "nll" or n == "log-probabilities"]


def problem(net, cost):
    rng = np.random.default_rng(3)
    make, draw = COSTS[cost]
    return NETS[net](rng), make(), rng.standard_normal((5, 3)), draw(rng)


def gradient(net, criterion, x, target, w):
    flat, dC_dw = net.flatten_parameters()
    before = flat.copy()
    flat[...], dC_dw[...] = w, 0
    net.backprop(x, criterion.backward(net.forward(x), target))
    flat[...] = before
    return dC_dw.copy()


def hessian_by_differences(net, criterion, x, target):
    net = net.clone()
    w = net.flatten_parameters()[0].copy()
    columns = []
    for unit in np.eye(w.size):
        ahead = gradient(net, criterion, x, target, w + STEP * unit)
        behind = gradient(net, criterion, x, target, w - STEP * unit)
        columns.append((ahead - behind) / (2 * STEP))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize(("net", "cost"), CASES)
def test_hessian_and_its_diagonal(net, cost):
    net, criterion, x, target = problem(net, cost)
    wanted = hessian_by_differences(net, criterion, x, target)
    H = hessian_operator(net, criterion, x, target)
    dense, size = H.dense(), np.abs(wanted).max()
    np.testing.assert_allclose(dense, wanted, rtol=0, atol=ROUNDED * size)
    np.testing.assert_allclose(dense, dense.T, rtol=0, atol=EXACT * size)
    w = net.flatten_parameters()[0]
    mine = gradient(net.clone(), criterion, x, target, w)
    np.testing.assert_allclose(H.gradient, mine, rtol=0, atol=EXACT)
    diagonal = diag_hessian(net, criterion, x, target, "exact")
    np.testing.assert_allclose(diagonal, np.diag(dense), rtol=0, atol=EXACT * size)


@pytest.mark.parametrize(("net", "cost"), CASES)
def test_gauss_newton_matrix_and_its_diagonal(net, cost):
    net, criterion, x, target = problem(net, cost)
    G = ggn_operator(net, criterion, x, target).dense()
    if cost == "nll":  # the same as cross entropy of what comes before
        net, criterion = nn.Sequential(*net[:-1].modules), nn.CrossEntropyCriterion()
    J = jacobian(net, x, "params").dense()
    y = net(x)
    columns = []
    for unit in np.eye(y.size):
        change = STEP * unit.reshape(y.shape)
        ahead = criterion.backward(y + change, target).copy()
        columns.append((ahead - criterion.backward(y - change, target)) / (2 * STEP))
    H_C = np.stack([column.ravel() for column in columns])
    wanted = J.T @ H_C @ J
    size = np.abs(wanted).max()
    np.testing.assert_allclose(G, wanted, rtol=0, atol=ROUNDED * size)
    assert np.linalg.eigvalsh(G).min() > -EXACT * size
    diagonal = diag_hessian(net, criterion, x, target, "ggn")
    np.testing.assert_allclose(diagonal, np.diag(G), rtol=0, atol=EXACT * size)


@pytest.mark.parametrize("kind", ["lecun", "bbprop"])
def test_the_recursion_by_hand(kind):
    """One unit, one weight each: nothing is left out but f'' dC_dy by "lecun"."""
    net = nn.Sequential(
        nn.Linear(1, 1, bias=False), nn.Tanh(), nn.Linear(1, 1, bias=False)
    )
    net[0].weight[...], net[2].weight[...] = 0.7, -1.3
    x, target = np.array([[0.5]]), np.array([[2.0]])
    got = diag_hessian(net, nn.MSECriterion(), x, target, kind)
    h = np.tanh(0.35)
    df, d2f = 1 - h**2, -2 * h * (1 - h**2)
    dC_dy = 2 * (-1.3 * h - 2)
    own = d2f * -1.3 * dC_dy if kind == "bbprop" else 0
    wanted = [(2 * 1.3**2 * df**2 + own) * 0.5**2, 2 * h**2]
    np.testing.assert_allclose(got, wanted, rtol=EXACT)
    if kind == "bbprop":
        exact = diag_hessian(net, nn.MSECriterion(), x, target, "exact")
        np.testing.assert_allclose(got, exact, rtol=EXACT)


@pytest.mark.parametrize("net", NETS)
def test_lecun_is_never_negative(net):
    net, criterion, x, target = problem(net, "cross entropy")
    assert diag_hessian(net, criterion, x, target, "lecun").min() >= 0


def test_lecun_is_exact_for_one_layer():
    net, criterion, x, target = problem("mlp", "cross entropy")
    net = nn.Linear(3, 3, rng=0)
    kinds = ("exact", "ggn", "lecun", "bbprop")
    found = [diag_hessian(net, criterion, x, target, kind) for kind in kinds]
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=EXACT)


def test_eigenvalues_by_scipy():
    net, criterion, x, target = problem("mlp", "mse")
    H = hessian_operator(net, criterion, x, target)
    largest = eigsh(H, 1, which="LA", return_eigenvectors=False)
    np.testing.assert_allclose(largest, np.linalg.eigvalsh(H.dense())[-1:], rtol=1e-8)


def test_a_module_without_hvp_is_named():
    net = nn.Sequential(nn.Linear(3, 3, rng=0), Attention(3))
    x, target = np.ones((2, 3)), np.zeros((2, 3))
    H = hessian_operator(net, nn.MSECriterion(), x, target)
    with pytest.raises(NotImplementedError, match=r"Attention\(\): hvp\(x") as caught:
        H @ np.ones(H.shape[1])
    assert caught.value.__notes__ == ["in module 1 of Sequential"]
    G = ggn_operator(net, nn.MSECriterion(), x, target)  # jvp by rows serves
    J = jacobian(net, x, "params").dense()
    np.testing.assert_allclose(G.dense(), J.T @ J / 3, atol=EXACT)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda n, c, x, t: hessian_operator(3, c, x, t),
            TypeError,
            "net has type int",
        ),
        (lambda n, c, x, t: hessian_operator(n, n, x, t), TypeError, "a Criterion"),
        (
            lambda n, c, x, t: ggn_operator(nn.Tanh(), c, x, t),
            ValueError,
            "net has 0 parameters",
        ),
        (
            lambda n, c, x, t: ggn_operator(n, nn.AbsCriterion(), x, t),
            ValueError,
            "straight in y",
        ),
        (
            lambda n, c, x, t: diag_hessian(n, c, x, t, "diagonal"),
            ValueError,
            "kind is 'diagonal', expected 'exact', 'ggn', 'lecun' or 'bbprop'",
        ),
    ],
)
def test_errors_are_one_line(call, error, text):
    arguments = problem("mlp", "mse")
    with pytest.raises(error, match=text) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)


def test_the_net_stays_as_it_is():
    net, criterion, x, target = problem("convolution, batch statistics", "mse")
    w, dC_dw = net.flatten_parameters()
    dC_dw[...] = 7
    before = w.copy(), net[2].running_mean.copy(), x.copy(), target.copy()
    y = net.forward(x)
    moved = net[2].running_mean.copy()
    H = hessian_operator(net, criterion, x, target)
    H @ np.ones(w.size)
    diag_hessian(net, criterion, x, target, "ggn")
    assert net.y is y and np.all(dC_dw == 7)
    np.testing.assert_array_equal(net[2].running_mean, moved)
    np.testing.assert_array_equal([x, target], before[2:])
    np.testing.assert_array_equal(w, before[0])


@pytest.mark.parametrize("kind", ["exact", "ggn", "lecun", "bbprop"])
def test_nan_goes_through(kind):
    net, criterion, x, target = problem("mlp", "cross entropy")
    x[0, 0] = np.nan
    assert np.isnan(diag_hessian(net, criterion, x, target, kind)).all()


@pytest.mark.parametrize(
    ("net", "criterion", "x", "target"),
    [
        (NETS["mlp"](0), nn.MSECriterion(), np.ones(3), np.zeros(3)),
        (NETS["mlp"](0), nn.CrossEntropyCriterion(), np.ones(3), 1),
        (NETS["log-probabilities"](0), nn.ClassNLLCriterion(), np.ones(3), 1),
        (nn.SeqLSTM(3, 2, rng=0), nn.MSECriterion(), np.eye(6)[:, :3], np.ones((6, 2))),
        *[
            (nn.SeqGRU(3, 2, rng=0), nn.MSECriterion(), x, np.ones((*x.shape[:2], 2)))
            for x in (np.eye(6).reshape(4, 3, 3), np.eye(6)[:4].reshape(2, 4, 3))
        ],
        (
            nn.SeqGRU(3, 2, rng=0),
            nn.MSECriterion(),
            np.eye(4, 3)[None].repeat(4, 0) + np.arange(16).reshape(4, 4, 1),
            np.ones((4, 4, 2)),
        ),
    ],
    ids=["sample", "label", "log", "sequence", "4 steps", "2 steps", "as many steps"],
)
def test_diagonals_where_the_first_axis_counts_no_examples(net, criterion, x, target):
    G = ggn_operator(net, criterion, x, target).dense()
    diagonal = diag_hessian(net, criterion, x, target, "ggn")
    np.testing.assert_allclose(diagonal, np.diag(G), rtol=0, atol=EXACT * G.max())
    H = hessian_operator(net, criterion, x, target).dense()
    np.testing.assert_allclose(H, H.T, rtol=0, atol=EXACT * np.abs(H).max())


class Pairs(nn.Criterion):
    """C = |first half - second half|^2 / 2: each example depends on one other."""

    def forward(self, y, target):
        h = len(y) // 2
        return np.square(y[:h] - y[h:]).sum() / 2

    def backward(self, y, target):
        h = len(y) // 2
        return np.concatenate([y[:h] - y[h:], y[h:] - y[:h]])

    def hvp(self, y, target, dy):
        return self.backward(dy, target)


@pytest.mark.parametrize("n", [2, 4, 6, 8])
def test_costs_of_pairs(n):
    net, x = NETS["mlp"](0), np.random.default_rng(0).standard_normal((n, 3))
    G = np.diag(ggn_operator(net, Pairs(), x, None).dense())
    diagonal = diag_hessian(net, Pairs(), x, None, "ggn")
    np.testing.assert_allclose(diagonal, G, rtol=0, atol=EXACT * G.max())
