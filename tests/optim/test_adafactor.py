"""Adafactor: factored second moments, relative steps, arrays of its own."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import Adafactor
from nnmods.testing.compare import EXACT, SINGLE


def transcribed(w, gradients, lr=0.01, decay=0.8, eps1=None, eps2=1e-3, clip=1.0):
    """The formula of the docstring, for a matrix."""
    eps1 = np.finfo(float).eps if eps1 is None else eps1
    row = col = 0.0
    for k, g in enumerate(gradients, 1):
        share = k**-decay
        row = (1 - share) * row + share * (g**2).mean(axis=1)
        col = (1 - share) * col + share * (g**2).mean(axis=0)
        v = np.outer(row, col) / max(row.mean(), eps1)
        d = g / np.sqrt(np.maximum(v, eps1**2))
        d = d / max(1, np.sqrt((d**2).mean()) / clip)
        size = max(eps2, np.sqrt((w**2).mean()))
        w = w - size * min(lr, 1 / math.sqrt(k)) * d
    return w


@pytest.mark.parametrize("dtype, rtol", [("float64", EXACT), ("float32", SINGLE)])
@pytest.mark.parametrize(
    "settings", [{}, {"lr": 0.5, "decay": 0.5, "eps1": 0.1, "eps2": 2.0, "clip": 1.5}]
)
def test_the_formula(settings, dtype, rtol):
    net = nn.Linear(5, 3, bias=False, rng=0).astype(dtype)
    start, rng = net.weight.astype(float), np.random.default_rng(1)
    gradients = rng.standard_normal((50, 3, 5)) * np.logspace(-2, 1, 50)[:, None, None]
    gradients = gradients.astype(dtype).astype(float)
    opt = Adafactor(net, **settings)
    for net.grad_weight[...] in gradients:
        opt.step()
    assert net.weight.dtype == dtype
    wanted = transcribed(start, gradients, **settings)
    np.testing.assert_allclose(net.weight, wanted, rtol=0, atol=rtol * abs(start).max())


def test_a_vector_by_hand():
    # v = g^2 at the first step, d = sign(g), rms(w) = 5 / sqrt(2), after the decay
    w, dC_dw = np.array([3.0, 4.0]), np.array([9.0, -0.1])
    opt = Adafactor((w, dC_dw), lr=0.5, weight_decay=0.5)
    opt.step()
    length = 0.5 * 5 / math.sqrt(2)
    assert w == pytest.approx([0.75 * 3 - length, 0.75 * 4 + length], rel=1e-14)
    # share = 2^-0.8 of 0 and the rest of g^2
    dC_dw[:] = 0
    opt.step()
    keep = 1 - 2**-0.8
    assert opt.by_path[""]["v"] == pytest.approx([81 * keep, 0.01 * keep], rel=1e-14)


def test_the_memory_is_that_of_a_row_and_a_column():
    net = nn.Sequential(nn.Linear(50, 40), nn.SpatialConvolution(2, 3, kernel_size=5))
    state = Adafactor(net).state_dict()["by_path"]
    shapes = {
        path: {name: array.shape for name, array in arrays.items()}
        for path, arrays in state.items()
    }
    assert shapes == {
        "0.weight": {"row": (40, 1), "col": (1, 50)},
        "0.bias": {"v": (40,)},
        "1.weight": {"row": (3, 2, 5, 1), "col": (3, 2, 1, 5)},
        "1.bias": {"v": (3,)},
    }


def test_moments_without_gradient_get_to_0():
    net = nn.Linear(2, 2, rng=0).float()
    opt = Adafactor(net)
    opt.dC_dw[...] = 1e-17
    opt.step()
    opt.zero_grad()
    for _ in range(2000):
        opt.step()
    assert not any(a.any() for own in opt.by_path.values() for a in own.values())


def test_clip_must_be_above_0():
    with pytest.raises(ValueError) as info:
        Adafactor((np.ones(1), np.ones(1)), clip=0)
    assert str(info.value) == "Adafactor: clip has value 0, expected a number > 0"
