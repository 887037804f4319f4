import numpy as np
import pytest

from nnmods import Torch7Generator
from nnmods.layers import Kmeans

X = np.array([[1.0, 0.0], [9.0, 0.0], [-1.0, 2.0], [5.0, 0.0]])


def by_hand(scale=None):
    module = Kmeans(3, 2, scale, rng=0)
    module.weight[...] = [[0, 0], [10, 0], [99, 99]]
    return module


def test_values_by_hand():
    """The last sample is as near to the second centre: the first one wins."""
    module = by_hand()
    np.testing.assert_array_equal(module.forward(X), [0, 1, 0, 0])
    assert module.loss == 1 + 1 + 5 + 25
    np.testing.assert_array_equal(module.backward(X, np.ones(4)), np.zeros((4, 2)))
    module.acc_grad_params(X, np.full(4, 7.0))
    wanted = [[-5 / 3, -2 / 3], [1, 0], [0, 0]]
    np.testing.assert_allclose(module.grad_weight, wanted, 1e-6)


def test_a_full_step_moves_centres_to_means():
    module = by_hand()
    module.forward(X)
    module.acc_grad_params(X, np.ones(4))
    module.update_params(1.0)
    np.testing.assert_allclose(module.weight, [[5 / 3, 2 / 3], [9, 0], [99, 99]], 1e-6)


def test_its_own_scale_multiplies_that_of_the_call():
    """In Torch7 it took its place."""
    once, both = by_hand(), by_hand(0.5)
    once.acc_grad_params(X, np.ones(4))
    both.acc_grad_params(X, np.ones(4), 0.5)
    np.testing.assert_allclose(both.grad_weight, 0.25 * once.grad_weight)


def test_gradients_of_another_x_than_the_last():
    module, other = by_hand(), by_hand()
    module.forward(X[::-1] + 50)
    module.acc_grad_params(X, np.ones(4))
    other.forward(X)
    other.acc_grad_params(X, np.ones(4))
    np.testing.assert_array_equal(module.grad_weight, other.grad_weight)


def test_random_start_draws_what_torch7_draws():
    raw = np.random.MT19937()
    raw._legacy_seeding(5)
    drawn = raw.random_raw(3) % 4
    module = by_hand().init_random(X, Torch7Generator(5))
    np.testing.assert_array_equal(module.weight, X[drawn])


def test_start_far_apart():
    """With p = 1 each next centre is the sample farthest from all centres so far."""
    x = np.array([[0.0, 0.0], [1.0, 0.0], [10.0, 0.0], [0.0, 6.0]])
    rest = [[(10, 0), (0, 6)], [(10, 0), (0, 6)], [(0, 6), (1, 0)], [(10, 0), (1, 0)]]
    for seed in range(8):
        module = Kmeans(3, 2, rng=0).init_kmeans_plus(x, 1.0, rng=seed)
        first = np.flatnonzero((x == module.weight[0]).all(axis=1))[0]
        np.testing.assert_array_equal(module.weight[1:], rest[first])
    assert module.p == 1


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"x has shape \(2,\), expected \(\*, 2\)"):
        by_hand().forward(np.ones(2))
    with pytest.raises(ValueError, match="x has 2 samples, expected 3 or more"):
        by_hand().init_random(X[:2])
    with pytest.raises(ValueError, match="p is 2, expected 0 to 1"):
        by_hand().init_kmeans_plus(X, 2)
    with pytest.raises(ValueError, match="Kmeans: k is 0, expected 1 or more"):
        Kmeans(0, 2)
    with pytest.raises(ValueError, match="scale is 0, expected more than 0"):
        Kmeans(1, 2, 0)
    assert repr(by_hand(0.5)) == "Kmeans(3, 2, scale=0.5)"
