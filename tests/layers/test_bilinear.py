import numpy as np
import pytest

from nnmods.layers import Bilinear


def test_values_by_hand():
    module = Bilinear(2, 1, 2, rng=0)
    module.weight[...] = [[[1], [2]], [[3], [4]]]
    module.bias[...] = [10, 20]
    x, dC_dy = [np.array([[1.0, -1.0]]), np.array([[5.0]])], np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(module.forward(x), [[5, 15]])
    a, b = module.backward(x, dC_dy)
    np.testing.assert_array_equal(a, [[35, 50]])  # 5 (1 + 2 3, 2 + 2 4)
    np.testing.assert_array_equal(b, [[-3]])  # (1 - 2) + 2 (3 - 4)
    module.acc_grad_params(x, dC_dy, 2)
    np.testing.assert_array_equal(module.grad_weight, [[[10], [-10]], [[20], [-20]]])
    np.testing.assert_array_equal(module.grad_bias, [2, 4])


def test_the_weight_heeds_scale():
    """In Torch7 only the bias did."""
    module, rng = Bilinear(4, 3, 2, rng=0), np.random.default_rng(0)
    x = [rng.standard_normal((5, 4)), rng.standard_normal((5, 3))]
    module.acc_grad_params(x, np.ones((5, 2)))
    once = module.grad_weight.copy()
    module.zero_grad_params().acc_grad_params(x, np.ones((5, 2)), 0.5)
    np.testing.assert_allclose(module.grad_weight, 0.5 * once)


@pytest.mark.parametrize(
    "x, error, match",
    [
        (np.ones((2, 4)), TypeError, r"x has shape \(2, 4\), expected a table"),
        ([np.ones((2, 4))], ValueError, "x has 1 entries, expected 2"),
        ([np.ones(4), np.ones(3)], ValueError, r"x\[0\] has shape \(4,\)"),
        ([np.ones((2, 4)), np.ones((3, 3))], ValueError, r"expected \(2, 3\)"),
        ([np.ones((2, 4)), np.ones((2, 4))], ValueError, r"expected \(2, 3\)"),
    ],
)
def test_what_is_refused(x, error, match):
    with pytest.raises(error, match=match):
        Bilinear(4, 3, 2).forward(x)


def test_sizes_are_positive():
    with pytest.raises(ValueError, match="Bilinear: in_features2 is 0, expected 1"):
        Bilinear(4, 0, 2)
    assert repr(Bilinear(4, 3, 2, False)) == "Bilinear(4 x 3 -> 2, bias=False)"


def test_as_pytorch():
    torch = pytest.importorskip("torch")
    rng, module = np.random.default_rng(0), Bilinear(4, 3, 2, rng=0)
    x, dC_dy = (
        [rng.standard_normal((5, 4)), rng.standard_normal((5, 3))],
        np.ones((5, 2)),
    )
    peer = torch.nn.Bilinear(4, 3, 2).double()
    with torch.no_grad():
        peer.weight.copy_(torch.from_numpy(module.weight))
        peer.bias.copy_(torch.from_numpy(module.bias))
    inputs = [torch.from_numpy(a).requires_grad_() for a in x]
    y = peer(*inputs)
    y.sum().backward()
    np.testing.assert_allclose(module.forward(x), y.detach().numpy(), 1e-12)
    for mine, theirs in zip(module.backward(x, dC_dy), inputs, strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), 1e-12)
    module.acc_grad_params(x, dC_dy)
    np.testing.assert_allclose(module.grad_weight, peer.weight.grad.numpy(), 1e-12)
