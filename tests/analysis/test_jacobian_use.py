"""What is done with a Jacobian: SciPy's solvers, parts of it, nets of any kind."""

import numpy as np
import pytest
from scipy.sparse.linalg import eigsh, lsmr, svds

import nnmods as nn
from nnmods.analysis import jacobian
from nnmods.testing.compare import DIFFERENCES, EXACT

#: Of SciPy's iterations, asked for all digits.
SOLVED = DIFFERENCES


class Residual(nn.Module):
    """A user's module without `jvp`: x + inner(x), where inner is a container."""

    def __init__(self, n):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(n, n, rng=3), nn.Tanh())

    def forward(self, x):
        return x + self.inner.forward(x)

    def backward(self, x, dC_dy):
        return dC_dy + self.inner.backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.inner.acc_grad_params(x, dC_dy, scale)


class Masked(nn.Module):
    """A user's module without `jvp` that keeps a random mask until the next forward."""

    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)

    def forward(self, x):
        self.mask = self.rng.standard_normal(x.shape)
        return x * self.mask

    def backward(self, x, dC_dy):
        return dC_dy * self.mask


class Around(nn.Module):
    """A user's module around another one of his."""

    def __init__(self):
        super().__init__()
        self.inner = Masked()

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, x, dC_dy):
        return self.inner.backward(x, dC_dy)


class Counted(nn.Module):
    """A user's module that counts what comes back through it."""

    calls = 0

    def forward(self, x):
        return 2 * x

    def jvp(self, x, dx, dparams=None):
        return 2 * dx

    def backward(self, x, dC_dy):
        Counted.calls += 1
        return 2 * dC_dy


def mlp(dtype=None):
    net = nn.Sequential(
        nn.Linear(4, 5, rng=0), nn.Tanh(), nn.Linear(5, 3, rng=1), nn.SoftPlus()
    )
    return net if dtype is None else net.astype(dtype)


@pytest.fixture
def x():
    return np.random.default_rng(2).standard_normal((2, 4))


def by_columns(J):
    return np.stack([J.matvec(unit) for unit in np.eye(J.shape[1])], axis=1)


def by_rows(J):
    return np.stack([J.rmatvec(unit) for unit in np.eye(J.shape[0])])


@pytest.mark.parametrize("wrt", ["x", "params", "both"])
def test_solvers_of_scipy(wrt, x):
    J = jacobian(mlp(), x, wrt)
    s = np.linalg.svd(J.dense(), compute_uv=False)
    start = np.ones(min(J.shape))
    largest = svds(J, 2, v0=start, return_singular_vectors=False)
    np.testing.assert_allclose(np.sort(largest), s[1::-1], rtol=SOLVED)
    for product in (J.T @ J, J @ J.T):
        start = np.ones(product.shape[0])
        squares = eigsh(product, 2, v0=start, return_eigenvectors=False)
        np.testing.assert_allclose(np.sort(squares), s[1::-1] ** 2, rtol=SOLVED)
    u = np.arange(J.shape[0], dtype=float)
    solved = lsmr(J, u, atol=1e-14, btol=1e-14, conlim=0)[0]
    wanted = np.linalg.lstsq(J.dense(), u, rcond=None)[0]
    np.testing.assert_allclose(solved, wanted, atol=SOLVED * np.abs(wanted).max())
    np.testing.assert_allclose(J.singular_values(), s, rtol=EXACT)


def test_transposes_sums_and_products(x):
    first, second = mlp(), nn.Sequential(nn.Linear(3, 2, rng=4), nn.Sigmoid())
    J, K = jacobian(first, x), jacobian(second, first(x))
    np.testing.assert_allclose(J.T.T @ np.eye(8), J.dense(), atol=EXACT)
    np.testing.assert_allclose(J.T @ np.eye(6), J.dense().T, atol=EXACT)
    whole = jacobian(nn.Sequential(*first.modules, *second.modules), x)
    np.testing.assert_allclose((K @ J) @ np.eye(8), whole.dense(), atol=EXACT)
    np.testing.assert_allclose((2 * J - J) @ np.eye(8), J.dense(), atol=EXACT)
    assert (J @ np.zeros((8, 0))).shape == (6, 0)
    assert (J.T @ np.zeros((6, 0))).shape == (8, 0)


def test_by_a_path_or_several(x):
    net = mlp()
    whole = jacobian(net, x, "params").dense()
    ends = np.cumsum([0] + [p.size for p in net.parameters()[0]])
    w0, b0, w2, b2 = (whole[:, a:b] for a, b in zip(ends[:-1], ends[1:], strict=True))
    for wrt, parts in (
        ("0.bias", [b0]),
        ("2", [w2, b2]),
        (["2.bias", "0.weight"], [w0, b2]),  # in the order of flatten_parameters
        (("0", "0.bias"), [w0, b0]),
        ([], [whole[:, :0]]),
    ):
        J = jacobian(net, x, wrt)
        np.testing.assert_array_equal(by_rows(J), np.hstack(parts))
        np.testing.assert_allclose(
            by_columns(J) if J.shape[1] else J.dense(), np.hstack(parts), atol=EXACT
        )
        np.testing.assert_allclose(J.dense(), np.hstack(parts), atol=EXACT)


def test_a_shared_parameter_by_the_path_of_any_place(x):
    first = nn.Linear(4, 4, rng=0)
    tied = nn.Linear(4, 4, rng=1).share(first, "weight")
    net = nn.Sequential(first, nn.Tanh(), tied)  # 0.weight, 0.bias, 2.bias
    whole = jacobian(net, x, "params").dense()
    for wrt, columns in (
        ("2.weight", range(16)),
        ("2", [*range(16), *range(20, 24)]),
        (["0.bias", "2.weight"], range(20)),
    ):
        np.testing.assert_array_equal(jacobian(net, x, wrt).dense(), whole[:, columns])


@pytest.mark.parametrize("net", [Residual(4), nn.Sequential(mlp(), Residual(3))])
def test_a_users_module_with_a_container_and_without_jvp(net, x):
    J = jacobian(net, x, "both")
    np.testing.assert_allclose(by_columns(J), by_rows(J), atol=EXACT)
    np.testing.assert_allclose(J.dense(), by_rows(J), atol=EXACT)


@pytest.mark.parametrize("net", [Masked(), Around(), nn.Dropout(0.5, rng=0)])
def test_what_is_random_stays_as_it_was_drawn(net, x):
    J = jacobian(net, x)
    np.testing.assert_array_equal(by_columns(J), by_rows(J))
    np.testing.assert_allclose(J @ x.ravel(), J.y.ravel(), atol=EXACT)


def test_examples_that_depend_on_each_other(x):
    net = nn.Sequential(nn.BatchNormalization(4), nn.ReLU(), nn.Linear(4, 4, rng=0))
    J = jacobian(net, np.concatenate([x, x**2]))
    np.testing.assert_allclose(J.T @ np.eye(16), by_rows(J).T, atol=EXACT)
    np.testing.assert_allclose(J @ np.eye(16), by_columns(J), atol=EXACT)
    np.testing.assert_allclose(by_columns(J), by_rows(J), atol=EXACT)


def two_outputs():
    first = nn.Linear(4, 4, rng=0)
    branches = nn.ConcatTable(nn.Linear(4, 2, rng=1), first.clone(share=True))
    return nn.Sequential(first, nn.Tanh(), branches)


@pytest.mark.parametrize("wrt", ["params", "0"])
@pytest.mark.parametrize(
    ("net", "shape"),
    [
        (nn.Sequential(mlp(), nn.LayerNorm(3)), (20, 4)),
        (two_outputs(), (9, 4)),
        (nn.Sequential(nn.SeqLSTM(4, 3, rng=0), nn.Linear(3, 2, rng=0)), (3, 7, 4)),
        (nn.Sequential(mlp(), nn.BatchNormalization(3)), (9, 4)),
        (nn.Sequential(mlp(), Residual(3)), (9, 4)),
        (nn.Sequential(mlp(), nn.Linear(3, 2, rng=0)), (1, 4)),
        (nn.Sequential(mlp(), nn.Linear(3, 2, rng=0)), (4,)),
    ],
)
def test_rows_by_parameters(net, shape, wrt):
    J = jacobian(net, np.random.default_rng(0).standard_normal(shape), wrt)
    dense, wanted = J.dense(), by_rows(J)
    np.testing.assert_allclose(dense, wanted, atol=EXACT * np.abs(wanted).max())
    np.testing.assert_array_equal(by_rows(J), wanted)


def test_examples_that_are_alone_share_a_sweep():
    net = nn.Sequential(mlp(), Counted())
    J = jacobian(net, np.random.default_rng(0).standard_normal((50, 4)), "params")
    Counted.calls = 0
    J.dense()
    assert 3 <= Counted.calls <= 6  # one for each entry of an example's y, and trials


@pytest.mark.parametrize("default", [True, False])
def test_random_examples_are_taken_for_no_others(default):
    """Of two units every fourth mask is that of another example, by luck."""
    x = np.random.default_rng(0).standard_normal((6, 2, 4))
    for seed in range(30):
        nn.manual_seed(seed)
        dropout = nn.Dropout(0.5, rng=None if default else seed)
        unit = nn.Linear(4, 1, rng=0)
        net = nn.Sequential(nn.View(-1, 4), unit, dropout, nn.View(-1, 2))
        J = jacobian(net, x, "params")
        np.testing.assert_array_equal(J.dense(), by_rows(J))


def test_shapes_and_dtypes(x):
    single = jacobian(mlp(), x[0])
    J = jacobian(mlp(), x)
    assert single.shape == (3, 4) and J.shape == (6, 8)
    np.testing.assert_allclose(single.dense(), J.dense()[:3, :4], atol=EXACT)
    strided = jacobian(mlp(), np.repeat(x, 2, axis=1)[:, ::2])
    np.testing.assert_array_equal(strided.dense(), J.dense())
    for wrt in ("both", "params"):
        dense = jacobian(mlp("float32"), x.astype("float32"), wrt).dense()
        assert dense.dtype == "f4"
    empty = jacobian(mlp(), x[:0], "params")
    assert empty.dense().shape == (0, 43) and empty.singular_values().shape == (0,)


def test_it_is_of_the_net_and_x_as_they_were(x):
    net = mlp()
    J = jacobian(net, x, "both")
    before = J.dense()
    net.forward(x)
    x[...] = 0
    for p in net.parameters()[0]:
        p[...] = 0
    np.testing.assert_array_equal(J.dense(), before)


@pytest.mark.parametrize(
    ("module", "wrt", "error", "text"),
    [
        (3, "x", TypeError, "jacobian: module has type int, expected a Module"),
        (mlp(), "1", ValueError, "jacobian: wrt is '1', expected 'x', 'params', "),
        (mlp(), ["0", "0.w"], ValueError, "such as 0.weight, 0.bias"),
        (nn.Tanh(), "0", ValueError, "such as none that module has"),
        (nn.GradientReversal(), "x", ValueError, "module is GradientReversal"),
    ],
)
def test_errors_are_one_line(module, wrt, error, text, x):
    with pytest.raises(error, match=text) as caught:
        jacobian(module, x, wrt)
    assert "\n" not in str(caught.value)
