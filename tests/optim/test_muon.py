"""Muon: orthogonal steps for matrices, AdamW's for the rest."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import AdamW, Muon
from nnmods.optim.orthogonal import orthogonalise, squares
from nnmods.testing.compare import EXACT, SINGLE


def orthogonal(matrix, rounds=5):
    """The iteration, as what it does to singular values."""
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    s = s / max(np.linalg.norm(s), 1e-7)
    for _ in range(rounds):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return u * s @ vt


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (1, 6), (6, 1)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_iteration_works_on_singular_values(shape, dtype):
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    wanted = orthogonal(x.astype(float))
    got = orthogonalise(x, 5, 1e-7, np.empty_like(x), squares(shape, dtype))
    # rounding grows with small singular values: the slope at 0 is 3.4^5 = 480
    tolerance = EXACT if dtype == "float64" else 10 * SINGLE
    np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance)
    assert got.dtype == dtype
    values = np.linalg.svd(got, compute_uv=False)
    assert 0.5 < values.min() and values.max() < 1.3


@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("scaling", ["original", "match_rms_adamw"])
def test_the_formula(nesterov, scaling):
    net = nn.Linear(3, 5, bias=False, rng=0)
    opt = Muon(
        net,
        0.1,
        0.8,
        nesterov=nesterov,
        scaling=scaling,
        schedule=lambda t: 1 / (t + 1),
    )
    w, m, rng = net.weight.copy(), 0.0, np.random.default_rng(1)
    factor = math.sqrt(5 / 3) if scaling == "original" else 0.2 * math.sqrt(5)
    for k in range(1, 20):
        g = net.grad_weight[...] = rng.standard_normal((5, 3))
        opt.step()
        m = 0.8 * m + 0.2 * g
        d = 0.8 * m + 0.2 * g if nesterov else m
        w = w * (1 - 0.1 / k * 0.1) - 0.1 / k * factor * orthogonal(d)
    np.testing.assert_allclose(net.weight, w, rtol=EXACT, atol=EXACT)


def test_a_convolution_is_a_matrix_of_its_outputs():
    conv = nn.SpatialConvolution(3, 4, kernel_size=2, rng=0)
    opt = Muon(conv, 0.1, 0, weight_decay=0)
    before = conv.weight.copy()
    g = conv.grad_weight[...] = np.random.default_rng(0).standard_normal((4, 3, 2, 2))
    opt.step()
    step = (before - conv.weight).reshape(4, 12)
    np.testing.assert_allclose(step, 0.1 * orthogonal(g.reshape(4, 12)), rtol=EXACT)


def make_net():
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Linear(4, 2, rng=1))


def test_all_else_goes_by_adamw():
    """Vectors, and the matrices that are not to be orthogonal."""
    net, other = make_net(), make_net()
    opt = Muon(net, groups={"1.*": {"orthogonal": False}}, weight_decay=0.5)
    adam = AdamW(other, weight_decay=0.5)
    assert opt.by_path["0.weight"].keys() == {"m"}
    assert opt.by_path["1.weight"].keys() == {"m", "v"}
    rng = np.random.default_rng(0)
    for _ in range(50):
        opt.dC_dw[...] = adam.dC_dw[...] = rng.standard_normal(opt.w.size)
        opt.step()
        adam.step()
    for module, attribute in ((0, "bias"), (1, "weight"), (1, "bias")):
        ours, wanted = (getattr(n[module], attribute) for n in (net, other))
        np.testing.assert_array_equal(ours, wanted)
    assert abs(net[0].weight - other[0].weight).max() > 1e-3


def test_a_matrix_without_gradient_stays():
    net = make_net()
    opt = Muon(net, weight_decay=0)
    before = opt.w.copy()
    opt.zero_grad()
    opt.step()
    np.testing.assert_array_equal(opt.w, before)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_nan_and_inf_stay_in_their_matrix(wrong):
    net = make_net()
    opt = Muon(net)
    net[0].grad_weight[0, 0] = wrong
    opt.step()
    assert np.isnan(net[0].weight).all()
    assert np.isfinite(net[1].weight).all() and np.isfinite(net[0].bias).all()


def test_refusals():
    pair = np.ones(1), np.ones(1)
    with pytest.raises(ValueError) as info:
        Muon(pair, scaling="none")
    assert str(info.value) == (
        "Muon: scaling has value 'none', expected one of original, match_rms_adamw"
    )
    with pytest.raises(AttributeError, match="orthogonal"):
        Muon(pair).orthogonal = False
