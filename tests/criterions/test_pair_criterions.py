"""Criterions of a table of two arrays."""

import numpy as np
import pytest

from nnmods.criterions import (
    CosineEmbeddingCriterion,
    DistanceRatioCriterion,
    L1HingeEmbeddingCriterion,
    MarginRankingCriterion,
)

RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((2, 5, 3))
SIGNS = np.array([1.0, -1.0, -1.0, 1.0, -1.0])
#: Of each class a target of five samples, or what else it takes.
TARGETS = {
    MarginRankingCriterion: RNG.choice([-1.0, 1.0], (5, 3)),
    CosineEmbeddingCriterion: SIGNS,
    L1HingeEmbeddingCriterion: 1,
    DistanceRatioCriterion: None,
}
EACH = pytest.mark.parametrize(("cls", "target"), TARGETS.items())


def slopes(cost, y, target, step=1e-6):
    """Return the gradient by central differences."""
    grads = [np.zeros(a.shape) for a in y]
    for i, grad in enumerate(grads):
        for at in np.ndindex(grad.shape):
            ahead, behind = [a.copy() for a in y], [a.copy() for a in y]
            ahead[i][at] += step
            behind[i][at] -= step
            grad[at] = (cost(ahead, target) - cost(behind, target)) / (2 * step)
    return grads


@EACH
def test_gradient_by_central_differences(cls, target):
    check_gradient(cls(), target)


@pytest.mark.parametrize("margin", [1, 100])
def test_gradient_of_a_pair_that_is_not_alike(margin):
    check_gradient(L1HingeEmbeddingCriterion(margin), -1)


def check_gradient(cost, target):
    wanted = slopes(cost, [A, B], target)
    got = cost.backward([A, B], target)
    assert type(got) is list and got is cost.dC_dy
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, 1e-5, 1e-8)


def test_margin_ranking():
    cost, y = MarginRankingCriterion(), [np.array([2.0, 2.0, 3.0]), np.zeros(3) + 1.5]
    target = np.array([1, -1, 1])
    assert cost(y, target) == (0.5 + 1.5 + 0) / 3
    da, db = cost.backward(y, target)
    np.testing.assert_allclose(da, np.array([-1, 1, 0]) / 3)
    np.testing.assert_allclose(db, np.array([1, -1, 0]) / 3)


def test_margin_ranking_divides_by_the_length_of_the_target():
    cost, y, target = MarginRankingCriterion(9), [A, B], TARGETS[MarginRankingCriterion]
    total = (9 - target * (A - B)).sum()
    assert cost(y, target) == pytest.approx(total / 5, rel=1e-14)
    np.testing.assert_allclose(cost.backward(y, target)[1], target / 5)
    one = [A[:, :1], B[:, :1]]
    for shape in ((5, 1), (5,)):
        C = cost(one, target[:, 0].reshape(shape))
        assert C == pytest.approx((9 - target * (A - B))[:, 0].mean(), rel=1e-14)
    cost.size_average = False
    assert cost(y, target) == pytest.approx(total, rel=1e-14)


@pytest.mark.parametrize("size_average", [True, False])
def test_margin_ranking_of_two_numbers(size_average):
    cost = MarginRankingCriterion(0.5, size_average=size_average)
    y = [np.array([1.0]), np.array([1.25])]
    for target in (1, 1.0, np.float64(1), np.array(1), np.array([1])):
        assert cost(y, target) == 0.75
        np.testing.assert_array_equal(cost.backward(y, target), [[-1], [1]])
    assert cost(y, -1) == 0.25
    with pytest.raises(ValueError, match=r"target has shape \(\), expected \(2,\)"):
        cost([np.zeros(2), np.zeros(2)], 1)


def test_margin_ranking_has_a_gradient_at_the_margin():
    cost, y = MarginRankingCriterion(), [np.array([1.0]), np.array([0.0])]
    assert cost(y, 1) == 0
    np.testing.assert_array_equal(cost.backward(y, 1), [[-1], [1]])
    level = MarginRankingCriterion(0)
    np.testing.assert_array_equal(level.backward([y[0], y[0]], -1), [[1], [-1]])


def test_cosine():
    y = [np.array([3.0, 4.0]), np.array([5.0, 0.0])]
    cost = CosineEmbeddingCriterion()
    assert cost(y, 1) == pytest.approx(0.4, rel=1e-11)
    assert cost(y, -1) == pytest.approx(0.6, rel=1e-11)
    da, db = cost.backward(y, -1)
    np.testing.assert_allclose(da, np.array([16, -12]) / 125, rtol=1e-10)
    np.testing.assert_allclose(db, [0, 0.16], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(cost.backward(y, 1)[0], np.array([-16, 12]) / 125)
    assert CosineEmbeddingCriterion(0.5)(y, -1) == pytest.approx(0.1, rel=1e-10)
    far = CosineEmbeddingCriterion(0.75)
    assert far(y, -1) == 0 and not np.any(far.backward(y, -1))


@pytest.mark.parametrize("margin", [0, -0.3, 0.2])
def test_cosine_of_a_batch(margin):
    cost, y = CosineEmbeddingCriterion(margin), [A, B]
    cos = (A * B).sum(1) / np.sqrt((A * A).sum(1) * (B * B).sum(1))
    losses = np.where(SIGNS == 1, 1 - cos, np.maximum(0, cos - margin))
    for target in (SIGNS, SIGNS[:, None], SIGNS.astype("int8")):
        assert cost(y, target) == pytest.approx(losses.mean(), rel=1e-11)
    mean = [g.copy() for g in cost.backward(y, SIGNS)]
    cost.size_average = False
    assert cost(y, SIGNS) == pytest.approx(losses.sum(), rel=1e-11)
    np.testing.assert_allclose(cost.backward(y, SIGNS), 5 * np.array(mean), 1e-14)


def test_cosine_of_nothing_is_finite():
    cost, y = CosineEmbeddingCriterion(), [np.zeros(2), np.array([1.0, 0.0])]
    assert cost(y, 1) == 1 and cost(y, -1) == 0
    np.testing.assert_allclose(cost.backward(y, 1), [[-1e6, 0], [0, 0]], rtol=1e-9)


def test_cosine_at_the_margin_has_no_gradient():
    y = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]  # cos is 0 exactly
    assert not np.any(CosineEmbeddingCriterion().backward(y, -1))


def test_l1_hinge():
    cost, y = L1HingeEmbeddingCriterion(4), [np.array([1.0, -1.0]), np.zeros(2) + 0.5]
    assert cost(y, 1) == 2 and cost(y, -1) == 2
    np.testing.assert_array_equal(cost.backward(y, 1), [[1, -1], [-1, 1]])
    np.testing.assert_array_equal(cost.backward(y, -1), [[-1, 1], [1, -1]])
    near = L1HingeEmbeddingCriterion()
    assert near(y, -1) == 0
    np.testing.assert_array_equal(np.abs(near.backward(y, -1)), np.zeros((2, 2)))
    assert L1HingeEmbeddingCriterion(2).backward(y, -1)[0][0] == -1  # at the margin


def test_l1_hinge_of_equal_entries_has_no_gradient_there():
    """Torch7 draws a sign by lot."""
    cost, y = L1HingeEmbeddingCriterion(), [np.array([1.0, 2.0]), np.array([1.0, 0.0])]
    np.testing.assert_array_equal(cost.backward(y, 1), [[0, 1], [0, -1]])


def test_l1_hinge_takes_one_label_in_any_form():
    cost = L1HingeEmbeddingCriterion(50)
    C = cost([A, B], -1)
    for target in (-1.0, np.int8(-1), np.array(-1), np.array([-1.0]), np.array([[-1]])):
        assert cost([A, B], target) == C  # Torch7 took a tensor of -1 for a 1
    assert C == pytest.approx(50 - np.abs(A - B).sum(), rel=1e-13)


def test_distance_ratio():
    cost, y = DistanceRatioCriterion(), [np.log([3.0, 1.0]), np.log([1.0, 1.0])]
    assert cost(y) == pytest.approx((np.log(4) + np.log(2)) / 2, rel=1e-14)
    np.testing.assert_allclose(cost.backward(y), [[0.375, 0.25], [-0.375, -0.25]])
    assert DistanceRatioCriterion(False)(y, "whatever") == pytest.approx(2 * cost(y))
    wide = [a.reshape(1, 2) for a in y]
    assert cost(wide) == pytest.approx(np.log(8))  # divided by the length of axis 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_distance_ratio_at_extremes(dtype):
    """Torch7 takes the logarithm of 0 here."""
    cost = DistanceRatioCriterion(False)
    y = [np.array([1e30, 0], dtype), np.array([0, 1e30], dtype)]
    assert cost(y) == float(dtype(1e30))
    np.testing.assert_array_equal(cost.backward(y), [[1, 0], [-1, 0]])


@EACH
def test_strides_orders_and_dtypes(cls, target):
    cost = cls()
    C, dC_dy = cost([A, B], target), [g.copy() for g in cost.backward([A, B], target)]
    wide = np.repeat(B, 2, 1)[:, ::2]
    for y in ([np.asfortranarray(A), wide], (A, wide)):
        assert cls()(y, target) == pytest.approx(C, rel=1e-14)
        np.testing.assert_allclose(cls().backward(y, target), dC_dy, 1e-12, 1e-14)
    single = [A.astype("f4"), B.astype("f4")]
    assert cost(single, target) == pytest.approx(C, rel=1e-5)
    assert {g.dtype.char for g in cost.backward(single, target)} == {"f"}
    whole = [np.arange(15).reshape(5, 3), np.ones((5, 3), "uint8")]
    wanted = cost([a * 1.0 for a in whole], target)
    assert cls(dtype="float32")(whole, target) == pytest.approx(wanted, rel=1e-5)
    dtypes = {g.dtype.char for g in cls(dtype="float32").backward(whole, target)}
    assert dtypes == {"f"}


@EACH
def test_nan_passes_quietly(cls, target):
    y = [A.copy(), B]
    y[0][1, 1] = np.nan
    assert np.isnan(cls()(y, target))
    got = cls().backward(y, target)
    assert np.isnan(got[0][1, 1]) and np.isnan(got[1][1, 1])


def test_nan_of_a_pair_that_is_not_alike():
    cost, y = L1HingeEmbeddingCriterion(), [np.array([np.nan, 1.0]), np.zeros(2)]
    assert np.isnan(cost(y, -1)) and np.isnan(cost.backward(y, -1)[0][0])


@EACH
def test_errors(cls, target):
    cost, name = cls(), cls.__name__
    for y, kind, text in (
        (A, TypeError, r"y has shape \(5, 3\), expected a table"),
        ([A], ValueError, "y has 1 entries, expected 2"),
        ([A, B, A], ValueError, "y has 3 entries, expected 2"),
        ([A, B[:4]], ValueError, r"y\[1\] has shape \(4, 3\), expected \(5, 3\)"),
        ([A, [B]], TypeError, r"y\[1\] is a table of 1, expected an array"),
        ([A, None], TypeError, r"y\[1\] has type NoneType, expected an array"),
    ):
        for verb in (cost.forward, cost.backward):
            with pytest.raises(kind, match=rf"^{name}\(\): {text}"):
                verb(y, target)


def test_errors_of_their_own():
    for cls in (CosineEmbeddingCriterion, L1HingeEmbeddingCriterion):
        y = [A[0], B[0]]
        with pytest.raises(
            ValueError, match=r"target has label 0( at 0)?, expected 1 o"
        ):
            cls()(y, 0)
        with pytest.raises(ValueError, match=r"target has shape \(2,\), expected"):
            cls()(y, np.ones(2))
        with pytest.raises(
            TypeError, match="margin has type str, expected a real number"
        ):
            cls("wide")
    with pytest.raises(
        ValueError, match=r"y\[0\] has shape \(1, 5, 3\), expected \(N, "
    ):
        CosineEmbeddingCriterion()([A[None], B[None]], SIGNS)
    with pytest.raises(ValueError, match=r"target has shape \(4,\), expected \(5,\)"):
        CosineEmbeddingCriterion()([A, B], SIGNS[:4])
    with pytest.raises(
        ValueError, match=r"target has label 0.5 at 4, expected 1 or -1"
    ):
        CosineEmbeddingCriterion()([A, B], np.array([1, 1, -1, 1, 0.5]))
    with pytest.raises(ValueError, match=r"target has shape \(5,\), expected \(5, 3\)"):
        MarginRankingCriterion()([A, B], SIGNS)
    with pytest.raises(
        ValueError, match=r"y\[0\] has shape \(\), expected at least one"
    ):
        DistanceRatioCriterion()([np.array(1.0), np.array(2.0)])


def test_repr():
    for cls, default in (
        (MarginRankingCriterion, 1),
        (CosineEmbeddingCriterion, 0),
        (L1HingeEmbeddingCriterion, 1),
    ):
        assert repr(cls(None)) == repr(cls(default)) == f"{cls.__name__}()"
        assert repr(cls(0.25)) == f"{cls.__name__}(margin=0.25)"
    cost = DistanceRatioCriterion(False)
    assert repr(cost) == "DistanceRatioCriterion(size_average=False)"
