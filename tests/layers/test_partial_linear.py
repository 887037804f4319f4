import numpy as np
import pytest

from nnmods.layers import PartialLinear


def by_hand(bias=True):
    module = PartialLinear(2, 3, bias, rng=0)
    module.weight[...] = [[1, 0], [0, 1], [1, 1]]
    if bias:
        module.bias[...] = [100, 200, 300]
    return module


def test_only_the_chosen_outputs_are_computed():
    module, x, dC_dy = by_hand(), np.array([[10.0, 1.0]]), np.array([[1.0, 2.0]])
    module.set_partition([2, 0])
    np.testing.assert_array_equal(module.forward(x), [[311, 110]])
    np.testing.assert_array_equal(module.backward(x, dC_dy), [[3, 1]])
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_array_equal(module.grad_weight, [[10, 1], [0, 0], [5, 0.5]])
    np.testing.assert_array_equal(module.grad_bias, [1, 0, 0.5])


def test_an_output_chosen_twice_adds_up():
    module, x = by_hand().set_partition([1, 1]), np.array([[10.0, 1.0]])
    module.acc_grad_params(x, np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(module.grad_weight, [[0, 0], [30, 3], [0, 0]])
    np.testing.assert_array_equal(module.grad_bias, [0, 3, 0])


def test_all_outputs_again():
    module, x = by_hand().set_partition([1]), np.array([[10.0, 1.0]])
    module.forward(x)
    np.testing.assert_array_equal(module.reset_partition()(x), [[110, 201, 311]])


def test_trains_without_a_bias():
    """In Torch7 zeroGradParameters and updateParameters broke."""
    module, x = by_hand(False).set_partition([0]), np.array([[10.0, 1.0]])
    module.zero_grad_params().acc_grad_params(x, np.ones((1, 1)))
    module.update_params(0.1)
    np.testing.assert_allclose(module.weight, [[0, -0.1], [0, 1], [1, 1]])


def test_the_partition_is_checked_and_copied():
    module, chosen = by_hand(), np.array([0, 1])
    module.set_partition(chosen)
    chosen[0] = 2
    np.testing.assert_array_equal(module.partition, [0, 1])
    with pytest.raises(ValueError, match="indices has index 3 at 1, expected 0 to 2"):
        module.set_partition([0, 3])
    np.testing.assert_array_equal(module.partition, [0, 1])


def test_x_is_a_batch():
    with pytest.raises(ValueError, match=r"x has shape \(2,\), expected \(\*, 2\)"):
        by_hand().forward(np.ones(2))
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(1, 3\), expected \(1, 1\)"
    ):
        by_hand().set_partition([1]).backward(np.ones((1, 2)), np.ones((1, 3)))


def test_reset_of_a_standard_deviation_changes_nothing():
    module = by_hand()
    module.reset(0, 0.1)
    np.testing.assert_array_equal(module.weight, by_hand().weight)
    module.reset(0)
    np.testing.assert_array_equal(module.bias, 0)
