"""Penalties: their gradients against the formula, and the soft threshold."""

import numpy as np
import pytest

from nnmods.optim.penalties import penalised, soft_threshold


def scratch():
    return np.empty(3), np.empty(3)


@pytest.mark.parametrize(
    "weight_decay, l1, expected",
    [
        (0.5, 0.0, [2.0, 1.0, -1.0]),
        (0.0, 0.25, [1.25, 1.0, 0.75]),
        (0.5, 0.25, [2.25, 1.0, -1.25]),
    ],
)
def test_gradient_by_hand(weight_decay, l1, expected):
    w, dC_dw = np.array([2.0, 0.0, -4.0]), np.array([1.0, 1.0, 1.0])
    out, spare = scratch()
    result = penalised(w, dC_dw, weight_decay, l1, out, spare)
    assert result is out
    assert result.tolist() == expected
    assert w.tolist() == [2.0, 0.0, -4.0]
    assert dC_dw.tolist() == [1.0, 1.0, 1.0]


def test_without_penalties_the_gradient_itself_is_returned():
    dC_dw = np.ones(3)
    assert penalised(np.ones(3), dC_dw, 0.0, 0.0, *scratch()) is dC_dw


def test_soft_threshold_is_its_formula():
    w = np.random.default_rng(0).standard_normal(1000)
    expected = np.sign(w) * np.maximum(np.abs(w) - 0.5, 0)
    soft_threshold(w, 0.5, np.empty(1000))
    assert np.array_equal(w, expected)
    assert 300 < np.count_nonzero(w == 0) < 450  # P(|w| < 0.5) = 0.383


def test_soft_threshold_of_zero_changes_nothing():
    w = np.array([1.5, 0.0, -2.0])
    soft_threshold(w, 0.0, np.empty(3))
    assert w.tolist() == [1.5, 0.0, -2.0]
