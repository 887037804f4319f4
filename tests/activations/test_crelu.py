import numpy as np
import pytest

import nnmods as nn


def test_both_parts_side_by_side_and_no_gradient_at_zero():
    module, x = nn.CReLU(1), np.array([-2.0, 0.0, 3.0])
    y = module.forward(x)
    np.testing.assert_array_equal(y, [0, 0, 3, 2, 0, 0])
    assert not np.signbit(y).any()
    dC_dx = module.backward(x, np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]))
    np.testing.assert_array_equal(dC_dx, [-8, 0, 4])


@pytest.mark.parametrize(
    "n, shape, axis",
    [(1, (4,), 0), (1, (3, 4), 1), (3, (2, 3, 4), 0), (3, (5, 2, 3, 4), 1)]
    + [(3, (2, 3), 0)],
)
def test_the_first_axis_of_a_sample_is_doubled(n, shape, axis, rng):
    x = rng.standard_normal(shape)
    wanted = np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis)
    module = nn.CReLU(n, True)
    np.testing.assert_array_equal(module.forward(x), wanted)
    dC_dy = rng.standard_normal(wanted.shape)
    first, second = np.split(dC_dy, 2, axis)
    wanted = np.where(x > 0, first, -second)
    np.testing.assert_array_equal(module.backward(x, dC_dy), wanted)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.bool_])
def test_integers(kind):
    x = np.array([0, 1, 1]).astype(kind)
    module = nn.CReLU(1)
    np.testing.assert_array_equal(module.forward(x), [0, 1, 1, 0, 0, 0])
    np.testing.assert_array_equal(module.backward(x, np.ones(6)), [0, 1, 1])


def test_extremes_and_nan():
    x = np.array([-np.inf, 1e30, np.nan])
    module = nn.CReLU(1)
    wanted = [0, 1e30, np.nan, np.inf, 0, np.nan]
    np.testing.assert_array_equal(module.forward(x), wanted)
    np.testing.assert_array_equal(module.backward(x, np.ones(6)), [-1, 1, np.nan])


def test_arguments_are_checked():
    with pytest.raises(
        ValueError, match=r"CReLU\(1\): x has 0 axes, expected at least"
    ):
        nn.CReLU(1).forward(np.zeros(()))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(6,\)"):
        nn.CReLU(1).backward(np.zeros(3), np.zeros(3))
    with pytest.raises(
        TypeError, match="CReLU: n_input_dims is 1.5, expected an integer"
    ):
        nn.CReLU(1.5)
