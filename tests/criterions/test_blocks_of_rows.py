"""Scores in many blocks of rows: the same as sample by sample, in any lane."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.criterions import CrossEntropyCriterion, FocalCriterion, labelled_rows

OPTIONS = [{}, {"weights": True}, {"ignore_index": 1}, {"size_average": False}]


def make(cls, n_classes, options):
    options = dict(options)
    if "weights" in options:
        options["weights"] = np.linspace(0.5, 2, n_classes)
    return cls(**options)


@pytest.mark.parametrize("cls", [CrossEntropyCriterion, FocalCriterion])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("n_classes", [3, 70])
@pytest.mark.parametrize("size", [1, 100])
def test_blocks_change_nothing_but_rounding(cls, options, n_classes, size, monkeypatch):
    rng = np.random.default_rng(0)
    y = size * rng.standard_normal((50, n_classes))
    target = rng.integers(0, n_classes, 50)
    whole = make(cls, n_classes, options)
    C, dC_dy = whole(y, target), whole.backward(y, target)
    monkeypatch.setattr(labelled_rows, "BLOCK_BYTES", 7 * y[0].nbytes)
    for order in "CF":
        blocks = make(cls, n_classes, options)
        scores = np.array(y, order=order)
        assert blocks(scores, target) == pytest.approx(C, rel=1e-13)
        got = blocks.backward(scores, target)
        np.testing.assert_allclose(got, dC_dy, rtol=1e-11, atol=1e-15)
        blocks.clear_state()
        np.testing.assert_array_equal(blocks.backward(scores, target), got)


def test_label_smoothing_in_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((50, 4)), rng.integers(0, 4, 50)
    options = {"weights": [1, 2, 3, 4], "ignore_index": 2, "label_smoothing": 0.2}
    whole, blocks = (CrossEntropyCriterion(**options) for _ in range(2))
    C, dC_dy = whole(y, target), whole.backward(y, target)
    monkeypatch.setattr(labelled_rows, "BLOCK_BYTES", 7 * y[0].nbytes)
    assert blocks(y, target) == pytest.approx(C, rel=1e-14)
    np.testing.assert_allclose(blocks.backward(y, target), dC_dy, 1e-12, 1e-16)


def test_threads_change_no_bit():
    rng = np.random.default_rng(0)
    y = rng.standard_normal((600, 1000), np.float32)
    target = rng.integers(0, 1000, 600)
    results = []
    try:
        for threads in (1, 2, 3):
            nn.set_num_threads(threads)
            cost = CrossEntropyCriterion()
            results.append((cost(y, target), cost.backward(y, target)))
    finally:
        nn.set_num_threads()
    for C, dC_dy in results[1:]:
        assert C == results[0][0]
        np.testing.assert_array_equal(dC_dy, results[0][1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_classes", [5, 100])
def test_moderate_scores_and_others_agree(dtype, n_classes):
    """A shift changes nothing: one of 20 takes the way by the largest of each row."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal((6, n_classes)).astype(dtype)
    target = rng.integers(0, n_classes, 6)
    cost, tol = CrossEntropyCriterion(), 40 * float(np.finfo(dtype).eps)
    shifted = y + dtype(20)
    y = shifted - dtype(20)  # what is left of it by rounding
    C, dC_dy = cost(y, target), cost.backward(y, target).copy()
    assert cost(shifted, target) == pytest.approx(C, rel=tol)
    np.testing.assert_allclose(cost.backward(shifted, target), dC_dy, tol, tol)


def test_no_sum_of_half_precision_overflows():
    y, target = np.ones((1, 60_000), np.float16), np.array([0])
    assert CrossEntropyCriterion()(y, target) == pytest.approx(11, rel=0.01)
