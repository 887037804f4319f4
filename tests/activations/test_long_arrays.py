"""Activations of long arrays, in pieces: what they are entry by entry."""

import numpy as np
import pytest

import nnmods as nn
from activations.test_elementwise_activations import MAKERS, QUIET

EVERY = MAKERS | QUIET
OPTIONS = {
    "CReLU": lambda: nn.CReLU(3),
    "Dropout": lambda: nn.Dropout(0.25, rng=0),
    "GEGLU": lambda: nn.GEGLU(1),
    "GatedLinearUnit": lambda: nn.GatedLinearUnit(1),
    "PReLU planes": lambda: nn.PReLU(4),
    "RReLU": lambda: nn.RReLU(rng=0),
    "ReGLU": lambda: nn.ReGLU(1),
    "SwiGLU": lambda: nn.SwiGLU(1),
}
SHAPE = (30, 4, 40, 41)  # 196,800 entries


def batch_last(a):
    return np.ascontiguousarray(a.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)


LAYOUTS = {"C": np.array, "batch last": batch_last, "gaps": lambda a: a[:, :, :, ::2]}


def results(make, x, dtype, threads):
    """Return y, dC_dx, dy and gradients; of short parts where threads are 0."""
    module = make().astype(dtype)
    nn.set_num_threads(threads or 1)
    try:
        y = module.forward(x).copy()
        d = np.cos(np.arange(y.size, dtype=dtype)).reshape(y.shape)
        dC_dx = module.backprop(x, d).copy()
        return [y, dC_dx, module.jvp(x, x).copy(), *module.parameters()[1]]
    finally:
        nn.set_num_threads()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", [*EVERY, *OPTIONS])
def test_layouts_and_threads_change_nothing(name, layout, rng):
    make = (EVERY | OPTIONS)[name]
    x = rng.standard_normal(SHAPE, np.float32) * 3
    wanted = results(make, np.array(LAYOUTS[layout](x)), np.float32, 1)
    for threads in (1, 2):
        got = results(make, LAYOUTS[layout](x), np.float32, threads)
        for a, b in zip(got, wanted, strict=True):
            scale = np.nanmax(np.abs(np.where(np.isfinite(b), b, 0)))
            np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6 * scale)


@pytest.mark.parametrize("short", [1 << 15, 1 << 17])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", EVERY)
def test_long_arrays_are_as_short_ones(name, dtype, short, rng, monkeypatch):
    monkeypatch.setattr("nnmods.core.elementwise.SHORT", short)
    x = (rng.standard_normal(70_000) * 3).astype(dtype)
    x[[5, 40_000, 69_999]] = np.nan, np.inf, -np.inf
    x[300:306] = 0, -0.0, np.finfo(dtype).tiny, -np.finfo(dtype).tiny, 1e30, -1e30
    module, d = EVERY[name]().astype(dtype), np.ones_like(x)
    long = module.forward(x).copy(), module.backward(x, d).copy()
    # 4e-6: GELU of a short array is SciPy's
    tolerance = 5e-6 if dtype == np.float32 else 1e-13
    for part in (slice(0, 1000), slice(39_500, 40_500), slice(69_000, None)):
        module = EVERY[name]().astype(dtype)
        short = module.forward(x[part]), module.backward(x[part], d[part])
        for a, b in zip(long, short, strict=True):
            np.testing.assert_allclose(a[part], b, rtol=tolerance, atol=1e-7)


def test_options_may_change_between_calls(rng):
    for x in (rng.standard_normal(50), rng.standard_normal(100_000)):
        leaky, clamp = nn.LeakyReLU(0.5), nn.Clamp(-1, 1)
        for module, name, value, wanted in (
            (leaky, "negval", 0.125, np.where(x > 0, 1, 0.125)),
            (clamp, "max_value", 0.25, (x > -1) & (x < 0.25)),
        ):
            module.backward(x, x)
            setattr(module, name, value)
            module.forward(x)
            np.testing.assert_array_equal(module.backward(x, np.ones_like(x)), wanted)
        np.testing.assert_array_equal(clamp.forward(x), np.clip(x, -1, 0.25))
