import numpy as np
import pytest

from nnmods.layers import Linear, LinearNoBias, LinearWeightNorm


def by_hand():
    module = LinearWeightNorm(2, 1, rng=0).init_from_weight(np.array([[3.0, 4.0]]))
    module.g[...], module.bias[...] = 10, 1
    return module


def test_values_by_hand():
    """weight = 10 (3, 4) / 5 = (6, 8)."""
    module, x, dC_dy = by_hand(), np.array([[1.0, 2.0]]), np.array([[1.0]])
    np.testing.assert_allclose(module.forward(x), [[23]])
    np.testing.assert_allclose(module.weight, [[6, 8]])
    np.testing.assert_allclose(module.backward(x, dC_dy), [[6, 8]])
    module.acc_grad_params(x, dC_dy)
    # dC_dw = (1, 2): along v it is 11 / 5, and what is left of it is (-0.32, 0.24).
    np.testing.assert_allclose(module.grad_g, [[2.2]])
    np.testing.assert_allclose(module.grad_v, [[-0.64, 0.48]])
    np.testing.assert_allclose(module.grad_bias, [1])


def test_gradients_accumulate():
    """Torch7 overwrote what was there with a multiple of it."""
    module, rng = LinearWeightNorm(4, 3, rng=0), np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    module.acc_grad_params(x, dC_dy)
    once = [grad.copy() for grad in module.parameters()[1]]
    module.acc_grad_params(x, dC_dy, 0.5)
    for grad, first in zip(module.parameters()[1], once, strict=True):
        np.testing.assert_allclose(grad, 1.5 * first)


def test_a_row_of_zeros_stays_finite():
    module = LinearWeightNorm(2, 1, rng=0).init_from_weight(np.zeros((1, 2)))
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(module.forward(x), module.bias)
    module.acc_grad_params(x, np.ones(1))
    assert all(np.isfinite(grad).all() for grad in module.parameters()[1])


def test_eps_takes_the_place_of_a_small_norm():
    module = LinearWeightNorm(2, 1, False, 10.0).init_from_weight(
        np.array([[3.0, 4.0]])
    )
    np.testing.assert_array_equal(module.g, [[10]])
    np.testing.assert_allclose(module(np.array([1.0, 0.0])), [3])


def test_parameters_changed_after_forward_count():
    module, x = by_hand(), np.array([1.0, 2.0])
    module.forward(x)
    module.g[...] = 5
    np.testing.assert_allclose(module.backward(x, np.ones(1)), [3, 4])


@pytest.mark.parametrize("bias", [True, False])
def test_takes_over_a_linear_layer(bias):
    linear, x = Linear(4, 3, bias, rng=0), np.random.default_rng(0).random((5, 4))
    module = LinearWeightNorm.from_linear(linear)
    np.testing.assert_allclose(module(x), linear(x))
    assert (module.bias is None) == (not bias)


def test_order_of_the_parameters_and_repr():
    names = [name for name, _, _ in LinearWeightNorm(4, 3).named_parameters()]
    assert names == ["v", "g", "bias"]
    assert repr(LinearWeightNorm(4, 3)) == "LinearWeightNorm(4 -> 3)"
    module = LinearWeightNorm(4, 3, False, 0.001)
    assert repr(module) == "LinearWeightNorm(4 -> 3, bias=False, eps=0.001)"


@pytest.mark.parametrize("cls", [Linear, LinearNoBias, LinearWeightNorm])
def test_wrong_shapes_are_named(cls):
    with pytest.raises(ValueError, match=r"x has shape \(5, 3\), expected \(..., 4\)"):
        cls(4, 2).forward(np.ones((5, 3)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 5\), expected \(5, 2"):
        cls(4, 2).backward(np.ones((5, 4)), np.ones((2, 5)))
    with pytest.raises(ValueError, match=rf"{cls.__name__}: in_features is -1"):
        cls(-1, 2)


def test_linear_without_bias():
    module = LinearNoBias(2, 1, rng=0)
    module.weight[...] = [[3, 4]]
    np.testing.assert_array_equal(module(np.array([[1.0, 10.0]])), [[43]])
    assert repr(module) == "LinearNoBias(2 -> 1)" and len(module.parameters()[0]) == 1


def test_weight_norm_as_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    module = LinearWeightNorm(4, 3, rng=0)
    peer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(4, 3).double())
    g, v = (
        peer.parametrizations.weight.original0,
        peer.parametrizations.weight.original1,
    )
    with torch.no_grad():
        for p, q in ((g, module.g), (v, module.v), (peer.bias, module.bias)):
            p.copy_(torch.from_numpy(q.copy()))
    y = peer(torch.from_numpy(x))
    y.backward(torch.from_numpy(dC_dy))
    np.testing.assert_allclose(module.forward(x), y.detach().numpy(), 1e-12)
    module.acc_grad_params(x, dC_dy)
    for grad, p in (
        (module.grad_g, g),
        (module.grad_v, v),
        (module.grad_bias, peer.bias),
    ):
        np.testing.assert_allclose(grad, p.grad.numpy(), 1e-10, 1e-12)
