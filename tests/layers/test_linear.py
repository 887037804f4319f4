"""What Linear remembers from call to call never shows in its results."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.layers import Linear
from nnmods.layers.linear import affine


def wanted(layer, x, dC_dy):
    """Return y, dC_dx and the two gradients."""
    rows, grads = x.reshape(-1, x.shape[-1]), dC_dy.reshape(-1, dC_dy.shape[-1])
    y = x @ layer.weight.T + (0 if layer.bias is None else layer.bias)
    return y, dC_dy @ layer.weight, grads.T @ rows, grads.sum(axis=0)


def check(layer, x, dC_dy, scale=1.0):
    y, dC_dx, of_weight, of_bias = wanted(layer, x, dC_dy)
    np.testing.assert_allclose(layer.forward(x), y, 1e-12, 1e-13)
    before = [grad.copy() for grad in layer.parameters()[1]]
    got = layer.backprop(x, dC_dy, scale)
    np.testing.assert_allclose(got, dC_dx, 1e-12, 1e-13)
    shares = [of_weight, of_bias]
    for old, grad, share in zip(before, layer.parameters()[1], shares, strict=False):
        np.testing.assert_allclose(grad, old + scale * share, 1e-11, 1e-12)


@pytest.mark.parametrize("short", [0, 1 << 15])
@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("bias", [True, False])
def test_all_kinds_of_x_in_turn(short, flat, bias, monkeypatch):
    monkeypatch.setattr(affine, "SHORT", short)
    rng = np.random.default_rng(0)
    layer = Linear(3, 2, bias, dtype=np.float64, rng=0)
    if flat:
        layer.flatten_parameters()
    a = rng.standard_normal((8, 3))
    kinds = [a, a.copy(), np.asfortranarray(a), np.repeat(a, 2, 1)[:, ::2], a[:5]]
    kinds += [a[0], a.reshape(2, 4, 3), a.reshape(2, 4, 3).swapaxes(0, 1), a[:0]]
    for k, x in enumerate([*kinds, *kinds]):
        dC_dy = rng.standard_normal((*x.shape[:-1], 2))
        for grad in (
            dC_dy,
            np.asfortranarray(dC_dy),
            np.repeat(dC_dy, 2, -1)[..., ::2],
        ):
            check(layer, x, grad, scale=1.0 if k % 2 else -0.5)


def test_x_may_be_a_view_of_y():
    layer = Linear(3, 3, dtype=np.float64, rng=0)
    x = np.random.default_rng(0).standard_normal((4, 3))
    for _ in range(3):
        y = layer.weight @ x.T + layer.bias[:, None]
        x = layer.forward(x)[:]
        np.testing.assert_allclose(x, y.T, 1e-13)


def test_a_step_between_two_calls_counts():
    layer = Linear(3, 2, dtype=np.float64, rng=0)
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    check(layer, x, dC_dy)
    layer.bias += 1
    check(layer, x, dC_dy)
    layer.flatten_parameters()  # other arrays, with the same numbers
    layer.bias -= 2
    check(layer, x, dC_dy)
    layer.no_bias()
    check(layer, x, dC_dy)


def test_gradients_are_refused_before_anything_changes():
    layer = Linear(3, 2, rng=0)
    x = np.ones((4, 3))
    layer.forward(x)
    for verb in (layer.backward, layer.acc_grad_params, layer.backprop):
        with pytest.raises(TypeError, match="dC_dy has type NoneType"):
            verb(x, None)
        with pytest.raises(ValueError, match=r"dC_dy has shape \(4, 3\)"):
            verb(x, x)
    assert not layer.grad_weight.any() and not layer.grad_bias.any()


def test_threads_change_only_rounding():
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((300, 257)), rng.standard_normal((300, 290))
    results = []
    try:
        for threads in (1, 2, 2):
            nn.set_num_threads(threads)
            layer = Linear(257, 290, dtype=np.float64, rng=0)
            y = layer(x)
            results.append([y, layer.backprop(x, dC_dy), *layer.parameters()[1]])
    finally:
        nn.set_num_threads()
    for alone, shared, again in zip(*results, strict=True):
        np.testing.assert_allclose(shared, alone, 1e-11, 1e-12)
        np.testing.assert_array_equal(shared, again)
