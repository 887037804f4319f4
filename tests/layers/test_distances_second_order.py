"""Second derivatives of distances, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from nnmods.layers import (
    Cosine,
    CosineDistance,
    DotProduct,
    Euclidean,
    PairwiseDistance,
    WeightedEuclidean,
)


def test_an_inner_product_by_hand():
    x, g = [np.array([1.0, 2.0]), np.array([3.0, 4.0])], np.array([2.0])
    dx = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]
    assert_array_equal(DotProduct().hvp(x, g, dx), [[0, 2], [2, 0]])
    found = DotProduct().backward_diag_hessian(x, np.array([3.0]), g)
    assert_array_equal(found, [[27, 48], [3, 12]])


def test_a_distance_bends_across_only():
    """Of |x| the Hessian is (1 - u u^T) / |x|: here u = (0.6, 0.8) and |x| = 5."""
    wanted = [0.64, -0.48]
    x, g, dx = np.array([3.0, 4.0]), np.array([5.0]), np.array([1.0, 0.0])
    for make in (Euclidean, WeightedEuclidean):
        module = make(2, 1, rng=0)
        module.weight.fill(0)
        module.forward(x)
        assert_allclose(module.hvp(x, g, dx), wanted, 1e-6)
        assert_allclose(module.grad_weight[:, 0], np.negative(wanted), 1e-6)
    zero = np.zeros(2)
    a, b = PairwiseDistance().hvp([x, zero], g, [dx, zero])
    assert_allclose([a, b], [wanted, np.negative(wanted)], 1e-6)


def test_a_cosine_at_a_right_angle():
    """y = cos t: across, the slope by x[0] is 1 / |x|, and falls as |x| grows."""
    module = Cosine(2, 1, rng=0)
    module.weight[...] = [[1, 0]]
    x, g, dx = np.array([0.0, 2.0]), np.array([1.0]), np.array([0.0, 1.0])
    module.forward(x)
    assert_allclose(module.hvp(x, g, dx), [-0.25, 0], atol=1e-12)
    a, _ = CosineDistance().hvp([x, np.array([1.0, 0.0])], g, [dx, np.zeros(2)])
    assert_allclose(a, [-0.25, 0], atol=1e-11)
    assert_allclose(module.backward_diag_hessian(x, g), [0.25, 0], 1e-11)


@pytest.mark.parametrize("p", [1, 1.5, 2, 3])
def test_equal_entries_and_rows_are_finite(p):
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    x, g = [a, np.array([[1.0, 5.0], [3.0, 4.0]])], np.ones(2)
    module, dx = PairwiseDistance(p, rng=0), [np.ones((2, 2)), np.zeros((2, 2))]
    first, second = module.hvp(x, g, dx)
    assert np.isfinite(first).all()
    assert_array_equal(second, -first)
    assert p == 2 or first[0, 0] == 0
    for module in (Euclidean(2, 1, rng=0), Cosine(2, 1, rng=0)):
        same, v = np.zeros((1, 2)), np.ones((1, 2))
        module.weight.fill(0)
        module.forward(same)
        assert np.isfinite(module.hvp(same, np.ones((1, 1)), v)).all()


def test_examples_on_a_template_have_no_gradient():
    module = Cosine(2, 1, rng=0)
    module.weight[...] = [[1, 2]]
    x = np.array([[3.0, 6.0], [1.0, 0.0]])
    module.forward(x)
    norms = module.per_example_sq_norms(x, np.ones((2, 1)))
    (grads,) = module.per_example_grads(x, np.ones((2, 1)))
    assert (norms >= 0).all()
    assert_allclose(norms, np.square(grads).sum(axis=(1, 2)), atol=1e-15)
