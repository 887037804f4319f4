"""Criterions whose target is a sign for each entry."""

import numpy as np
import pytest

from nnmods.criterions import (
    BinaryLogisticRegression,
    HingeEmbeddingCriterion,
    MarginCriterion,
    SoftMarginCriterion,
    SpatialBinaryLogisticRegression,
)

FLAT = [
    MarginCriterion,
    SoftMarginCriterion,
    HingeEmbeddingCriterion,
    BinaryLogisticRegression,
]
EACH = pytest.mark.parametrize("cls", FLAT)
SIGNS = np.array([1.0, -1.0, 1.0, -1.0])


def test_margin():
    cost, y = MarginCriterion(), np.array([0.5, 0.5, 3.0, -2.0])
    assert cost(y, SIGNS) == (0.5 + 1.5) / 4
    np.testing.assert_array_equal(cost.backward(y, SIGNS), [-0.25, 0.25, 0, 0])
    wide = MarginCriterion(4, size_average=False)
    assert wide(y, SIGNS) == 3.5 + 4.5 + 1 + 2
    np.testing.assert_array_equal(wide.backward(y, SIGNS), [-1, 1, -1, 1])


def test_margin_has_no_gradient_at_the_margin():
    cost, y = MarginCriterion(), np.array([1.0, -1.0, 1.0, -1.0])
    assert cost(y, SIGNS) == 0
    np.testing.assert_array_equal(np.abs(cost.backward(y, SIGNS)), 0)


def test_margin_takes_targets_of_any_size():
    cost = MarginCriterion(size_average=False)
    y, target = np.array([0.25, 0.25]), np.array([3.0, 5.0])
    assert cost(y, target) == 0.25
    np.testing.assert_array_equal(cost.backward(y, target), [-3, 0])


def test_soft_margin():
    cost, y = SoftMarginCriterion(), np.log([3.0, 3.0, 1.0, 1.0])
    C = np.log([4 / 3, 4, 2, 2]).sum() / 4
    assert cost(y, SIGNS) == pytest.approx(C, rel=1e-14)
    wanted = np.array([-0.25, 0.75, -0.5, 0.5]) / 4
    np.testing.assert_allclose(cost.backward(y, SIGNS), wanted, rtol=1e-14)
    regression = BinaryLogisticRegression()
    assert regression(y, SIGNS) == cost(y, SIGNS)
    np.testing.assert_array_equal(regression.backward(y, SIGNS), cost.dC_dy)
    regression.size_average = False
    assert regression(y, SIGNS) == pytest.approx(4 * C, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cls", [SoftMarginCriterion, BinaryLogisticRegression])
def test_extreme_scores(cls, dtype):
    """Torch7's exponentials overflow: its gradient is NaN here."""
    cost, y = cls(size_average=False), np.array([1e30, -1e30], dtype)
    assert cost(y, np.array([1, -1])) == 0
    assert cost(y, np.array([-1, 1])) == float(2 * dtype(1e30))
    np.testing.assert_array_equal(cost.backward(y, np.array([1, -1])), [0, 0])
    np.testing.assert_array_equal(cost.backward(y, np.array([-1, 1])), [1, -1])
    small = cost(dtype([50]), np.array([1]))
    assert small == pytest.approx(np.exp(-50.0), rel=1e-6)  # and not 0


def test_hinge_embedding():
    cost, y = HingeEmbeddingCriterion(), np.array([0.5, 0.25, 3.0, 2.0])
    assert cost(y, SIGNS) == (0.5 + 0.75 + 3 + 0) / 4
    np.testing.assert_array_equal(cost.backward(y, SIGNS), [0.25, -0.25, 0.25, 0])
    cost = HingeEmbeddingCriterion(3, size_average=False)
    assert cost(y, SIGNS) == 0.5 + 2.75 + 3 + 1
    np.testing.assert_array_equal(cost.backward(y, SIGNS), [1, -1, 1, -1])


def test_hinge_embedding_has_a_gradient_at_the_margin():
    cost = HingeEmbeddingCriterion()
    one = np.array([1.0])
    assert cost(one, -1) == 0 and cost.backward(one, -1) == -1
    assert cost(one, 1) == 1 and cost.backward(one, 1) == 1


@pytest.mark.parametrize("label", [0, 2, np.nan, 0.5])
def test_hinge_embedding_knows_two_labels(label):
    cost, target = HingeEmbeddingCriterion(), np.array([[1, -1.0], [label, 1]])
    text = rf"target has label {label:g} at \(1, 0\), expected 1 or -1"
    for verb in (cost.forward, cost.backward):
        with pytest.raises(ValueError, match=text):
            verb(np.ones((2, 2)), target)
        with pytest.raises(ValueError, match=f"label {label:g} at 0, expected 1 or -1"):
            verb(np.ones(1), label)


@EACH
def test_a_number_is_a_label_of_one_entry(cls):
    cost = cls()
    wanted = cost(np.array([0.5]), np.array([-1.0]))
    for target in (-1, -1.0, np.float32(-1), np.array(-1), np.array([[-1]])):
        assert cost(np.array([0.5]), target) == wanted
        assert cost.backward(np.array([[0.5]]), target).shape == (1, 1)
    with pytest.raises(ValueError, match=r"target has shape \(\), expected \(2,\)"):
        cost(np.ones(2), 1)


@EACH
def test_axes_of_length_1_do_not_matter_and_others_do(cls):
    cost, y = cls(), np.array([0.5, -0.25, 0.75])
    target = np.array([1.0, -1.0, -1.0])
    C, dC_dy = cost(y, target), cost.backward(y, target).copy()
    for shape, other in (((3, 1), (3,)), ((3,), (3, 1)), ((1, 3), (3, 1))):
        assert cost(y.reshape(shape), target.reshape(other)) == C
        got = cost.backward(y.reshape(shape), target.reshape(other))
        np.testing.assert_array_equal(got, dC_dy.reshape(shape))
    for wrong in (target[:2], np.ones((1, 3, 3))):
        text = rf"^{cls.__name__}\(\): target has shape .*, expected \(3,\)"
        with pytest.raises(ValueError, match=text):
            cost(y, wrong)
    with pytest.raises(TypeError, match="target has type NoneType, expected an array"):
        cost(y, None)


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_passes_quietly(cls, dtype):
    cost, y = cls(), np.array([np.nan, 0.5, np.nan, 0.5], dtype)
    target = -np.abs(SIGNS).astype(dtype)
    assert np.isnan(cost(y, target))
    np.testing.assert_array_equal(np.isnan(cost.backward(y, target)), np.isnan(y))
    assert cost.dC_dy.dtype == dtype


@EACH
@pytest.mark.parametrize("kind", ["int64", "uint8", "bool"])
def test_integer_scores(cls, kind):
    cost, y = cls(dtype="float32"), np.array([0, 1, 1, 0])
    wanted = cls()(y * 1.0, SIGNS)
    assert cost(y.astype(kind), SIGNS.astype(int)) == pytest.approx(wanted, rel=1e-6)
    assert cost.backward(y.astype(kind), SIGNS.astype(int)).dtype == np.float32


def test_shapes_of_logistic_regression():
    cost = BinaryLogisticRegression()
    for shape in ((2, 3), (2, 1, 1), (0, 3)):
        with pytest.raises(ValueError, match=r"expected \(N,\), \(N, 1\) or \(1, N\)"):
            cost(np.zeros(shape), np.zeros(shape))
    assert cost(np.zeros((0, 1)), np.zeros(0)) == 0
    assert repr(BinaryLogisticRegression(False)) == (
        "BinaryLogisticRegression(size_average=False)"
    )


@pytest.mark.parametrize("shape", [(3, 1, 2, 5), (1, 2, 5)])
def test_divisors_of_the_spatial_one(shape):
    cost, zero = SpatialBinaryLogisticRegression(), np.zeros(shape)
    one = np.ones(shape)
    assert cost(zero, one) == pytest.approx(np.log(2) / 2, rel=1e-14)
    np.testing.assert_allclose(cost.backward(zero, one), -0.5 / (2 * zero.size), 1e-14)
    cost.size_average = False
    n = 3 if len(shape) == 4 else 1
    assert cost(zero, one) == pytest.approx(n * np.log(2) / 2, rel=1e-14)
    np.testing.assert_allclose(cost.backward(zero, one), -0.5 / (2 * 10), 1e-14)


def test_shapes_of_the_spatial_one():
    cost = SpatialBinaryLogisticRegression()
    for shape in ((2, 2, 3, 3), (3, 3), (2, 3, 3)):
        with pytest.raises(ValueError, match=r"expected \(N, 1, H, W\) or \(1, H, W\)"):
            cost(np.zeros(shape), np.zeros(shape))
    with pytest.raises(ValueError, match=r"target has shape \(1, 3, 3\), expected"):
        cost(np.zeros((1, 1, 3, 3)), np.zeros((1, 3, 3)))
    assert cost(np.zeros((0, 1, 3, 3)), np.zeros((0, 1, 3, 3))) == 0


@pytest.mark.parametrize("cls", [MarginCriterion, HingeEmbeddingCriterion])
def test_the_margin(cls):
    assert repr(cls(None)) == f"{cls.__name__}()"
    assert repr(cls(0.5)) == f"{cls.__name__}(margin=0.5)"
    with pytest.raises(TypeError, match=f"^{cls.__name__}: margin has type str, expec"):
        cls("wide")
