"""kfac: exact where theory says so, and the definitions, densely, elsewhere."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.analysis import diag_hessian, ggn_operator, kfac
from nnmods.testing.compare import EXACT, SINGLE


def dense(operator):
    return operator @ np.eye(operator.shape[0], dtype=operator.dtype)


def close(a, b):
    assert_allclose(a, b, EXACT, EXACT)


def test_one_example_of_one_layer_is_exact(rng):
    net, x = nn.Linear(3, 4, bias=False, rng=0), rng.standard_normal((1, 3))
    cost, target = nn.CrossEntropyCriterion(), np.array([2])
    curvature = kfac(net, cost, x, target)
    close(dense(curvature.operator()), ggn_operator(net, cost, x, target).dense())
    gradient = ggn_operator(net, cost, x, target).gradient
    empirical = kfac(net, cost, x, target, "empirical").operator()
    close(dense(empirical), np.outer(gradient, gradient))


def test_layers_of_a_deep_linear_net_are_exact(rng):
    """Gradients by linear layers are those of every example: E[aa' gg'] factors."""
    layers = nn.Linear(3, 4, rng=0), nn.Linear(4, 2, rng=1), nn.Linear(2, 2, rng=2)
    net, mse = nn.Sequential(*layers), nn.MSECriterion()
    x, target = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    curvature = kfac(net, mse, x, target)
    assert list(curvature.factors) == ["0", "1", "2"] and curvature.left_out == []
    G, start = ggn_operator(net, mse, x, target).dense(), 0
    wanted = np.zeros_like(G)
    for layer in layers:
        n = layer.weight.size + layer.bias.size
        s = slice(start, start := start + n)
        wanted[s, s] = G[s, s]
    close(dense(curvature.operator()), wanted)


@pytest.mark.parametrize("straight", [False, True])
def test_factors_of_an_mlp_by_their_definition(straight, rng):
    first, last = nn.Linear(3, 4, rng=0), nn.Linear(4, 3, rng=1)
    net = nn.Sequential(first, nn.Tanh(), last)
    x, target = rng.standard_normal((5, 3)), rng.integers(0, 3, 5)
    h = np.tanh(first(x))
    p = nn.SoftMax()(last(h))
    blocks = (np.einsum("ni,ij->nij", p, np.eye(3)) - p[:, :, None] * p[:, None]) / 5
    back = last.weight * (1 - h**2)[:, None]  # (N, 3, 4)
    one = np.ones((5, 1))
    wanted = {
        "0": (np.c_[x, one], np.einsum("nij,nia,njb->ab", blocks, back, back)),
        "2": (np.c_[h, one], blocks.sum(axis=0)),
    }
    cost = nn.CrossEntropyCriterion()
    if straight:
        net.add(nn.LogSoftMax())
        cost = nn.ClassNLLCriterion()
    factors = kfac(net, cost, x, target).factors
    assert factors.keys() == wanted.keys()
    for path, (a, G) in wanted.items():
        close(factors[path][0], a.T @ a / 5)
        close(factors[path][1], G)


CONVOLUTIONS = {
    "spatial": (
        lambda: nn.SpatialConvolution(2, 3, 3, 2, 2, 1, 1, 0, rng=0),
        (2, 5, 4),
    ),
    "no bias": (
        lambda: nn.SpatialConvolution(2, 3, 2, 2, bias=False, rng=0),
        (2, 3, 4),
    ),
    "MM": (lambda: nn.SpatialConvolutionMM(2, 3, 2, 2, rng=0), (2, 3, 4)),
    "temporal": (lambda: nn.TemporalConvolution(2, 3, 2, rng=0), (5, 2)),
    "volumetric": (
        lambda: nn.VolumetricConvolution(2, 3, 2, 1, 2, rng=0),
        (2, 3, 2, 3),
    ),
    "linear": (lambda: nn.Linear(2, 3, rng=0), (4, 2)),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("batch", [(), (3,)])
def test_rows_make_up_the_gradient(name, batch, rng):
    make, shape = CONVOLUTIONS[name]
    layer, x = make(), rng.standard_normal((*batch, *shape))
    dC_dy = rng.standard_normal(layer.forward(x).shape)
    layer.backprop(x, dC_dy)
    grads = [g.reshape(len(g), -1) for g in layer.parameters()[1]]
    product = layer.kronecker_outputs(dC_dy).T @ layer.kronecker_inputs(x)
    close(product, np.concatenate(grads, axis=1))


def test_convolutions_take_part_and_others_are_left_out(rng):
    net = nn.Sequential(
        nn.SpatialConvolution(1, 2, 2, 2, rng=0),
        nn.PReLU(2),
        nn.SpatialFullConvolution(2, 1, 2, 2, rng=1),
        nn.Flatten(),
        nn.Linear(9, 2, rng=2),
    )
    x, target = rng.standard_normal((4, 1, 3, 3)), rng.integers(0, 2, 4)
    cost = nn.CrossEntropyCriterion()
    curvature = kfac(net, cost, x, target)
    assert list(curvature.factors) == ["0", "4"]
    assert curvature.left_out == ["1.weight", "2.weight", "2.bias"]
    n = net[0].weight.size + net[0].bias.size
    s = slice(n, n + 2 + 8 + 1)
    wanted = diag_hessian(net, cost, x, target, "ggn")
    close(dense(curvature.operator())[s, s], np.diag(wanted[s]))
    empirical = kfac(net, cost, x, target, "empirical")
    net.zero_grad_params()
    cost.forward(net.forward(x), target)
    dC_dy = cost.backward(net.y, target)
    net.backward(x, dC_dy)
    own = 4 * np.concatenate(
        [g.reshape(4, -1) for g in net.per_example_grads(x, dC_dy)], 1
    )
    close(np.diag(dense(empirical.operator()))[s], (own**2).mean(axis=0)[s])


def test_inverse_has_factored_damping(rng):
    net = nn.Sequential(nn.Linear(3, 2, rng=0), nn.PReLU(), nn.Linear(2, 2, rng=1))
    x, target = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    curvature, damping = kfac(net, nn.MSECriterion(), x, target), 0.3
    A, G = curvature.factors["0"]
    pi = np.sqrt((np.trace(A) / 4) / (np.trace(G) / 2))
    A = np.linalg.inv(A + pi * np.sqrt(damping) * np.eye(4))
    G = np.linalg.inv(G + np.sqrt(damping) / pi * np.eye(2))
    order = [0, 1, 2, 4, 5, 6, 3, 7]  # of [weight bias] in the flat vector
    inverse = dense(curvature.inverse(damping))
    close(inverse[:8, :8], np.kron(G, A)[np.ix_(order, order)])
    h = diag_hessian(net, nn.MSECriterion(), x, target, "ggn")[8]
    close(inverse[8, 8], 1 / (h + damping))
    close(inverse, inverse.T)


def test_a_weight_at_two_places_is_one_layer(rng):
    first = nn.Linear(3, 3, rng=0)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True))
    x, target = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    curvature = kfac(net, nn.MSECriterion(), x, target)
    assert list(curvature.factors) == ["0"] and not curvature.left_out
    a = np.c_[np.r_[x, np.tanh(first(x))], np.ones(8)]
    close(curvature.factors["0"][0], a.T @ a / 8)


def test_users_modules_take_part_by_verbs_that_are_tried(rng):
    class Right(nn.core.Module):
        def __init__(self):
            self.weight, self.grad_weight = np.ones((2, 3)), np.zeros((2, 3))

        def forward(self, x):
            return x @ self.weight.T

        def backward(self, x, dC_dy):
            return dC_dy @ self.weight

        def acc_grad_params(self, x, dC_dy, scale=1.0):
            self.grad_weight += scale * dC_dy.T @ x

        def kronecker_inputs(self, x):
            return x

        def kronecker_outputs(self, dC_dy):
            return dC_dy

    class Wrong(Right):
        def kronecker_inputs(self, x):
            return 2 * x

    x, target = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    assert list(kfac(Right(), nn.MSECriterion(), x, target).factors) == [""]
    curvature = kfac(Wrong(), nn.MSECriterion(), x, target)
    assert curvature.factors == {} and curvature.left_out == ["weight"]


def test_graphs_float32_and_what_stays_as_it_is(rng):
    x = nn.Input()
    h = nn.Linear(3, 3, rng=0)(x)
    net = nn.Graph(x, nn.Linear(3, 2, rng=1)(nn.Add()([h, x]))).float()
    values, target = rng.standard_normal((4, 3)).astype("f4"), np.array([0, 1, 1, 0])
    before = [a.copy() for pair in net.parameters() for a in pair]
    curvature = kfac(net, nn.CrossEntropyCriterion(), values, target)
    for a, b in zip(
        (a for pair in net.parameters() for a in pair), before, strict=True
    ):
        assert_array_equal(a, b)
    assert len(curvature.factors) == 2
    operator = curvature.operator()
    assert operator.dtype == dense(curvature.inverse(0.1)).dtype == np.float32
    exact = kfac(net.clone().double(), nn.CrossEntropyCriterion(), values, target)
    wanted = dense(exact.operator())
    assert_allclose(dense(operator), wanted, SINGLE, SINGLE * np.abs(wanted).max())


def test_empirical_factors_weigh_as_the_cost_does(rng):
    net, x = nn.Linear(3, 3, rng=0), rng.standard_normal((4, 3))
    target, w = np.array([0, 1, 2, 1]), np.array([1.0, 10.0, 2.0])
    own = nn.SoftMax()(net(x)) - np.eye(3)[target]
    share = w[target] / w[target].sum()
    curvature = kfac(net, nn.CrossEntropyCriterion(w), x, target, "empirical")
    close(curvature.factors[""][1], (own.T * share) @ own)

    # of opposite signs in the cost of the batch and in an example's own
    even = nn.CrossEntropyCriterion()
    two = nn.MultiCriterion().add(nn.CrossEntropyCriterion(w)).add(even, -0.5)
    assert np.isfinite(kfac(net, two, x, target, "empirical").factors[""][1]).all()


@pytest.mark.parametrize("kind", ["ggn", "empirical"])
def test_gradients_left_in_the_net_have_no_part(kind, rng):
    layers = nn.Linear(3, 4, rng=0), nn.PReLU(4), nn.Linear(4, 3, rng=1)
    net, cost = nn.Sequential(*layers), nn.CrossEntropyCriterion()
    x, target = rng.standard_normal((5, 3)), rng.integers(0, 3, 5)

    def found():
        curvature = dense(kfac(net, cost, x, target, kind).operator())
        kinds = "ggn", "lecun", "bbprop"
        return curvature, [diag_hessian(net, cost, x, target, k) for k in kinds]

    wanted = found()
    for grad in net.parameters()[1]:
        grad[...] = np.nan
    for got, value in zip(found(), wanted, strict=True):
        assert_array_equal(got, value)


def test_empirical_factors_need_examples_along_the_first_axis(rng):
    net = nn.Sequential(nn.SeqLSTM(2, 3, rng=0), nn.Linear(3, 2, rng=1))
    x, target = rng.standard_normal((3, 5, 2)), rng.standard_normal((3, 5, 2))
    text = "^kfac: net has example_axis 1, expected 0, along which targets"
    with pytest.raises(ValueError, match=text):
        kfac(net, nn.MSECriterion(), x, target, "empirical")
    assert list(kfac(net, nn.MSECriterion(), x, target).factors) == ["1"]


def test_errors():
    net, x, target = nn.Linear(2, 2, rng=0), np.ones((3, 2)), np.ones((3, 2))
    with pytest.raises(ValueError, match="kind is 'fisher', expected 'ggn'"):
        kfac(net, nn.MSECriterion(), x, target, "fisher")
    for kind in ("ggn", "empirical"):
        with pytest.raises(ValueError, match="kfac: net has 0 parameters"):
            kfac(nn.Tanh(), nn.MSECriterion(), x, target, kind)
        with pytest.raises(TypeError, match="criterion has type int"):
            kfac(net, 3, x, target, kind)
    with pytest.raises(ValueError, match="kfac: .*straight"):
        kfac(net, nn.AbsCriterion(), x, target)
    for damping in (0, -1, np.nan):
        with pytest.raises(ValueError, match="damping is"):
            kfac(net, nn.MSECriterion(), x, target).inverse(damping)
