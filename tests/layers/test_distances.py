import numpy as np
import pytest

import nnmods as nn
from nnmods.layers import (
    Cosine,
    CosineDistance,
    DotProduct,
    Euclidean,
    PairwiseDistance,
    WeightedEuclidean,
)

A, B = np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([[0.0, 4.0], [1.0, 2.0]])
PAIRS = [DotProduct, CosineDistance, PairwiseDistance]
TEMPLATES = [Euclidean, WeightedEuclidean, Cosine]


@pytest.mark.parametrize(
    "module, y",
    [
        (DotProduct(), [0, 5]),
        (CosineDistance(), [0, 1]),
        (PairwiseDistance(), [5, 0]),
        (PairwiseDistance(1), [7, 0]),
        (PairwiseDistance(3), [91 ** (1 / 3), 0]),
    ],
)
def test_pairs_of_rows(module, y):
    np.testing.assert_allclose(module.forward([A, B]), y, 1e-11)
    for a, b, wanted in zip(A, B, y, strict=True):
        np.testing.assert_allclose(module.forward([a, b]), [wanted], 1e-11)


def test_gradient_of_the_dot_product():
    a, b = DotProduct().backward([A, B], np.array([1.0, 10.0]))
    np.testing.assert_array_equal(a, [[0, 4], [10, 20]])
    np.testing.assert_array_equal(b, [[3, 0], [10, 20]])


def test_gradient_of_a_distance():
    a, b = PairwiseDistance().backward([A, B], np.array([10.0, 1.0]))
    np.testing.assert_allclose(a, [[6, -8], [0, 0]], 1e-6)
    np.testing.assert_array_equal(b, -a)


def test_between_1_and_2_the_norm_has_its_gradient():
    """Torch7 leaves out a factor |d|^(p - 2)."""
    x = [np.array([4.0, 9.0]), np.zeros(2)]
    a, _ = PairwiseDistance(1.5).backward(x, np.ones(1))
    y = (8 + 27) ** (2 / 3)
    np.testing.assert_allclose(a, [2 / y**0.5, 3 / y**0.5], 1e-6)


def test_without_difference_the_sum_of_sizes_draws_its_sign():
    """As Torch7: 2 random(2) - 3, in order of memory, and only where it is 0."""
    x = [np.zeros((2, 3)), np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])]
    nn.manual_seed(nn.Torch7Generator(3))
    a, b = PairwiseDistance(1).backward(x, np.array([1.0, 10.0]))
    signs = 2 * nn.Torch7Generator(3).integers(1, 3, 4) - 3
    np.testing.assert_array_equal(a[0], [signs[0], -1, signs[1]])
    np.testing.assert_array_equal(a[1], [10 * signs[2], 10, 10 * signs[3]])
    np.testing.assert_array_equal(b, -a)


@pytest.mark.parametrize("p", [0.5, 1.5, 2, 3])
def test_equal_rows_have_no_gradient(p):
    a, b = PairwiseDistance(p).backward([A, A], np.ones(2))
    np.testing.assert_array_equal([a, b], np.zeros((2, 2, 2)))


def test_rows_of_zeros_have_a_cosine_of_0():
    x = [np.zeros((1, 2)), np.array([[3.0, 4.0]])]
    np.testing.assert_array_equal(CosineDistance().forward(x), [0])
    a, b = CosineDistance().backward(x, np.ones(1))
    np.testing.assert_allclose(a, [[3 / 5e-6, 4 / 5e-6]])
    np.testing.assert_array_equal(b, [[0, 0]])


@pytest.mark.parametrize("cls", PAIRS)
def test_what_pairs_refuse(cls):
    with pytest.raises(TypeError, match=r"x has shape \(2, 2\), expected a table"):
        cls().forward(A)
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        cls().forward([A, A, A])
    with pytest.raises(ValueError, match=r"x\[1\] has shape \(2,\), expected \(2, 2\)"):
        cls().forward([A, A[0]])
    with pytest.raises(ValueError, match=r"x\[0\] has shape \(1, 2, 2\)"):
        cls().forward([A[None], A[None]])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(\), expected \(1,\)"):
        cls().backward([A[0], B[0]], np.array(1.0))


@pytest.mark.parametrize("p", [0, -1, np.inf, np.nan])
def test_p_is_positive(p):
    with pytest.raises(ValueError, match="p is .*, expected a positive number"):
        PairwiseDistance(p)
    assert repr(PairwiseDistance()) == "PairwiseDistance()"
    assert repr(PairwiseDistance(3)) == "PairwiseDistance(3)"


def test_euclidean_by_hand():
    module = Euclidean(2, 2, rng=0)
    module.weight[...] = [[3, 1], [4, 1]]
    x, dC_dy = np.array([0.0, 0.0]), np.array([5.0, 0.0])
    np.testing.assert_allclose(module.forward(x), [5, np.sqrt(2)])
    np.testing.assert_allclose(module.backward(x, dC_dy), [-3, -4], 1e-7)
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_allclose(module.grad_weight, [[1.5, 0], [2, 0]], 1e-7)


def test_weighted_euclidean_by_hand():
    module = WeightedEuclidean(2, 1, rng=0)
    module.weight[...], module.diag_cov[...] = 0, [[2], [1]]
    x, dC_dy = np.array([[3.0, 8.0]]), np.array([[10.0]])
    np.testing.assert_allclose(module.forward(x), [[10]])
    np.testing.assert_allclose(module.backward(x, dC_dy), [[12, 8]], 1e-7)
    module.acc_grad_params(x, dC_dy)
    np.testing.assert_allclose(module.grad_weight, [[-12], [-8]], 1e-7)
    np.testing.assert_allclose(module.grad_diag_cov, [[18], [64]], 1e-7)


def test_an_axis_of_weight_0_stays_finite():
    """Torch7 divides by it."""
    module = WeightedEuclidean(2, 1, rng=0)
    module.diag_cov[0] = 0
    module.acc_grad_params(np.ones((3, 2)), np.ones((3, 1)))
    assert np.isfinite(module.grad_diag_cov).all()


@pytest.mark.parametrize("cls", [Euclidean, WeightedEuclidean])
def test_at_distance_0_all_gradients_are_0(cls):
    module = cls(2, 1, rng=0)
    x = module.weight.T.copy()
    np.testing.assert_array_equal(module.forward(x), [[0]])
    np.testing.assert_array_equal(module.backward(x, np.ones((1, 1))), [[0, 0]])
    module.acc_grad_params(x, np.ones((1, 1)))
    assert all((grad == 0).all() for grad in module.parameters()[1])


def test_cosine_by_hand():
    module = Cosine(2, 2, rng=0)
    module.weight[...] = [[1, 0], [-5, 0]]
    x, dC_dy = np.array([3.0, 4.0]), np.array([25.0, 0.0])
    np.testing.assert_allclose(module.forward(x), [0.6, -0.6])
    np.testing.assert_allclose(module.backward(x, dC_dy), [3.2, -2.4])
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_allclose(module.grad_weight, [[0, 10], [0, 0]], atol=1e-10)


def test_zeros_have_a_cosine_of_0_and_finite_gradients():
    module, x = Cosine(2, 1, rng=0), np.zeros((1, 2))
    np.testing.assert_array_equal(module.forward(x), [[0]])
    assert np.isfinite(module.backward(x, np.ones((1, 1)))).all()
    module.weight[...] = 0
    module.forward(np.ones((1, 2)))
    module.acc_grad_params(np.ones((1, 2)), np.ones((1, 1)))
    assert np.isfinite(module.grad_weight).all()


@pytest.mark.parametrize("cls", TEMPLATES)
@pytest.mark.parametrize("single", [True, False])
def test_every_gradient_heeds_scale(cls, single):
    """In Torch7 some did not."""
    module, x = cls(4, 3, rng=0), np.random.default_rng(0).standard_normal((5, 4))
    x = x[0] if single else x
    dC_dy = np.ones(module.forward(x).shape)
    module.acc_grad_params(x, dC_dy)
    once = [grad.copy() for grad in module.parameters()[1]]
    module.acc_grad_params(x, dC_dy, 0.5)
    for grad, first in zip(module.parameters()[1], once, strict=True):
        np.testing.assert_allclose(grad, 1.5 * first, 1e-12)


@pytest.mark.parametrize("cls", TEMPLATES)
def test_what_templates_refuse(cls):
    module = cls(4, 3)
    with pytest.raises(ValueError, match=r"x has shape \(5, 3\), expected \(\*, 4\)"):
        module.forward(np.ones((5, 3)))
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 5, 4\), expected \(\*, 4\)"
    ):
        module.forward(np.ones((1, 5, 4)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(5,\), expected \(5, 3\)"):
        module.backward(np.ones((5, 4)), np.ones(5))
    assert repr(module) == f"{cls.__name__}(4 -> 3)"


@pytest.mark.parametrize("p", [1, 2, 3, 1.5])
def test_distances_as_pytorch(p):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x = [rng.standard_normal((5, 4)), 9 + rng.standard_normal((5, 4))]
    inputs = [torch.from_numpy(a).requires_grad_() for a in x]
    (inputs[0] - inputs[1]).norm(p, dim=1).sum().backward()
    for mine, theirs in zip(
        PairwiseDistance(p).backward(x, np.ones(5)), inputs, strict=True
    ):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), 1e-6)


def test_cosines_as_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, dC_dy = [rng.standard_normal((5, 4)) for _ in "ab"], rng.standard_normal(5)
    inputs = [torch.from_numpy(a).requires_grad_() for a in x]
    y = torch.nn.functional.cosine_similarity(*inputs)
    y.backward(torch.from_numpy(dC_dy))
    module = CosineDistance()
    np.testing.assert_allclose(module.forward(x), y.detach().numpy(), 1e-10)
    for mine, theirs in zip(module.backward(x, dC_dy), inputs, strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), 1e-9)
