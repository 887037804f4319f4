"""Several tangents or gradients in one sweep, where only some copies would differ."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import jacobian


@pytest.mark.parametrize("n", [4, 70])
@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_random_nets_where_y_is_0_under_every_mask(seed, n):
    """The masks of the first and of the last copy may be right by luck."""
    J = jacobian(nn.Dropout(0.5, rng=seed), np.zeros((1, n)))
    units = np.eye(n)
    one_by_one = np.stack([J.rmatvec(unit) for unit in units])
    np.testing.assert_array_equal(J.dense(), one_by_one)
    np.testing.assert_array_equal(J @ units, one_by_one)


def test_nan_goes_through():
    J = jacobian(nn.Square(), np.array([[np.nan, 1.0], [2.0, 3.0]]))
    one_by_one = np.stack([J.matvec(unit) for unit in np.eye(4)], axis=1)
    assert np.isnan(one_by_one[0, 0]) and one_by_one[3, 3] == 6
    np.testing.assert_array_equal(J @ np.eye(4), one_by_one)
