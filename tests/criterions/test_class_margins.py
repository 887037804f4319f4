"""MultiMarginCriterion and MultiLabelMarginCriterion."""

import numpy as np
import pytest

from nnmods.criterions import MultiLabelMarginCriterion, MultiMarginCriterion

RNG = np.random.default_rng(0)
Y, TARGET = RNG.standard_normal((6, 4)), np.array([2, 0, 1, 1, 3, 0])
LISTS = np.array(
    [
        [2, 0, -1, 1],  # what follows the end does not count
        [-1, 0, 1, 2],  # none
        [3, 1, 2, 0],  # all: none left to be below
        [1, 1, -1, -1],  # twice
        [0, -1, -1, -1],
        [3, 0, 1, -1],
    ]
)
WEIGHTS = np.array([0.5, 2.0, 1.0, 3.0])


def multi_margin(y, target, p=1, weights=(1, 1, 1, 1), margin=1.0):
    """Return the costs and their derivatives by y, divided by nothing."""
    C, dC_dy = 0.0, np.zeros(y.shape)
    for n, t in enumerate(target):
        for c in range(y.shape[1]):
            z = margin - y[n, t] + y[n, c]
            if c != t and z > 0:
                C += weights[t] * z**p
                dC_dy[n, c] += weights[t] * p * z ** (p - 1)
                dC_dy[n, t] -= weights[t] * p * z ** (p - 1)
    return C, dC_dy


def multi_label_margin(y, lists):
    """Return the costs and their derivatives by y, divided by nothing."""
    C, dC_dy = 0.0, np.zeros(y.shape)
    for n, row in enumerate(lists.tolist()):
        listed = [*row, -1][: [*row, -1].index(-1)]
        for t in listed:
            for c in set(range(y.shape[1])) - set(listed):
                if 1 - y[n, t] + y[n, c] > 0:
                    C += 1 - y[n, t] + y[n, c]
                    dC_dy[n, c] += 1
                    dC_dy[n, t] -= 1
    return C, dC_dy


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("margin", [1.0, 0.25, -0.5])
def test_multi_margin(p, weights, margin):
    w = np.ones(4) if weights is None else weights
    C, dC_dy = multi_margin(Y, TARGET, p, w, margin)
    cost = MultiMarginCriterion(p, weights, margin)
    np.testing.assert_allclose(cost.backward(Y, TARGET), dC_dy / 24, 1e-13, 1e-16)
    assert cost(Y, TARGET) == pytest.approx(C / 24, rel=1e-13)
    cost.size_average = False
    assert cost(Y, TARGET) == pytest.approx(C / 4, rel=1e-13)
    np.testing.assert_allclose(cost.backward(Y, TARGET), dC_dy / 4, 1e-13, 1e-16)


def test_multi_label_margin():
    C, dC_dy = multi_label_margin(Y, LISTS)
    cost = MultiLabelMarginCriterion()
    np.testing.assert_allclose(cost.backward(Y, LISTS), dC_dy / 24, 1e-13, 1e-16)
    assert cost(Y, LISTS) == pytest.approx(C / 24, rel=1e-13)
    cost.size_average = False
    assert cost(Y, LISTS) == pytest.approx(C / 4, rel=1e-13)
    np.testing.assert_allclose(cost.backward(Y, LISTS), dC_dy / 4, 1e-13, 1e-16)
    assert repr(cost) == "MultiLabelMarginCriterion(size_average=False)"


def test_values_by_hand():
    y = np.array([0.5, 0.25, 2.0])
    single = MultiMarginCriterion()
    assert single(y, 0) == (0.75 + 2.5) / 3
    np.testing.assert_allclose(single.backward(y, 0), np.array([-2, 1, 1]) / 3)
    squared = MultiMarginCriterion(2)
    assert squared(y, 0) == pytest.approx((0.75**2 + 2.5**2) / 3, rel=1e-15)
    np.testing.assert_allclose(squared.backward(y, 0), np.array([-6.5, 1.5, 5]) / 3)
    several = MultiLabelMarginCriterion()
    assert several(y, np.array([0, 2, -1])) == 0.75 / 3
    wanted = np.array([-1, 1, 0]) / 3
    np.testing.assert_allclose(several.backward(y, np.array([0, 2, -1])), wanted)


@pytest.mark.parametrize("p", [1, 2])
def test_no_gradient_at_the_margin(p):
    y = np.array([1.0, 0.0, 0.0, -1.0])
    cost = MultiMarginCriterion(p)
    assert cost(y, 0) == 0 and not cost.backward(y, 0).any()
    cost = MultiLabelMarginCriterion()
    target = np.array([0, -1, -1, -1])
    assert cost(y, target) == 0 and not cost.backward(y, target).any()


def test_one_sample():
    cost = MultiMarginCriterion()
    wanted = cost(Y[:1], TARGET[:1])
    for target in (2, 2.0, np.int32(2), np.array(2), np.array([2]), np.array([2.0])):
        assert cost(Y[0], target) == cost(Y[:1], target) == wanted
        assert cost.backward(Y[0], target).shape == (4,)
    cost = MultiLabelMarginCriterion()
    assert cost(Y[3], LISTS[3]) == cost(Y[3:4], LISTS[3:4])
    assert cost.backward(Y[3], LISTS[3]).shape == (4,)


@pytest.mark.parametrize("kind", ["int8", "int32", "float32", "float64"])
def test_labels_of_any_dtype(kind):
    for cls, target in (
        (MultiMarginCriterion, TARGET),
        (MultiLabelMarginCriterion, LISTS),
    ):
        C, dC_dy = cls()(Y, target), cls().backward(Y, target)
        other = np.repeat(target.astype(kind), 2, 0)[::2]
        assert cls()(np.asfortranarray(Y), other) == pytest.approx(C, rel=1e-14)
        np.testing.assert_allclose(cls().backward(Y, other), dC_dy, 1e-14)


@pytest.mark.parametrize("kind", ["uint8", "bool", "int64"])
def test_integer_scores_do_not_wrap(kind):
    y = np.array([[0, 200, 3, 1]]).astype(kind)
    for cost, target in (
        (MultiMarginCriterion(dtype="float32"), np.array([0])),
        (MultiLabelMarginCriterion(dtype="float32"), np.array([[0, 2, -1, -1]])),
    ):
        assert cost(y, target) == pytest.approx(cost(y * 1.0, target), rel=1e-6)
        assert cost.backward(y, target).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_passes_and_stays_in_its_sample(dtype):
    y = Y.astype(dtype)
    y[0, 1] = np.nan
    for cost, target in (
        (MultiMarginCriterion(), TARGET),
        (MultiMarginCriterion(2), TARGET),
        (MultiLabelMarginCriterion(), LISTS),
    ):
        assert np.isnan(cost(y, target))
        dC_dy = cost.backward(y, target)
        assert np.isnan(dC_dy[0, 1]) and not np.isnan(dC_dy[1:]).any()


def test_labels_are_checked():
    for label in (-1, 4, 2**40):
        wrong = TARGET.copy()
        wrong[2] = label
        cost = MultiMarginCriterion()
        for verb in (cost.forward, cost.backward):
            with pytest.raises(
                ValueError, match=f"label {label} at 2, expected 0 to 3;"
            ):
                verb(Y, wrong)
    for label in (-2, 4):
        wrong = LISTS.copy()
        wrong[0, 3] = label  # behind the end, all the same
        cost = MultiLabelMarginCriterion()
        text = rf"label {label} at \(0, 3\), expected 0 to 3, or -1 at the end; labels"
        for verb in (cost.forward, cost.backward):
            with pytest.raises(ValueError, match=text):
                verb(Y, wrong)
    with pytest.raises(ValueError, match=r"label 2.5 at \(0, 0\), expected whole"):
        MultiLabelMarginCriterion()(Y, LISTS + 0.5)


def test_errors():
    for p in (3, 0, 1.5):
        with pytest.raises(ValueError, match=f"^MultiMarginCriterion: p is {p!r}, exp"):
            MultiMarginCriterion(p)
    for p in ("1", np.array([1, 2])):
        with pytest.raises(TypeError, match="^MultiMarginCriterion: p has type "):
            MultiMarginCriterion(p)
    with pytest.raises(ValueError, match="weights has 2 axes, expected 1"):
        MultiMarginCriterion(weights=np.ones((2, 2)))
    with pytest.raises(ValueError, match="y has 4 classes, expected 3, one for each w"):
        MultiMarginCriterion(weights=np.ones(3))(Y, TARGET)
    for y, target, text in (
        (Y, TARGET[:2], r"target has shape \(2,\), expected \(6,\)"),
        (Y[0], TARGET, r"target has shape \(6,\), expected \(1,\)"),
        (Y[None], TARGET, r"y has shape \(1, 6, 4\), expected \(\*, \*\)"),
        (Y, 1, r"target has shape \(1,\), expected \(6,\)"),
    ):
        with pytest.raises(ValueError, match=text):
            MultiMarginCriterion()(y, target)
    for y, target, text in (
        (Y, LISTS[:, :3], r"target has shape \(6, 3\), expected \(6, 4\)"),
        (Y[0], LISTS, r"target has shape \(6, 4\), expected \(4,\)"),
        (Y[None], LISTS[None], r"y has shape \(1, 6, 4\), expected \(\*, \*\)"),
    ):
        with pytest.raises(ValueError, match=text):
            MultiLabelMarginCriterion()(y, target)


def test_repr():
    assert repr(MultiMarginCriterion(None, None, None)) == "MultiMarginCriterion()"
    assert repr(MultiMarginCriterion(2, [1, 2], 0.5, size_average=False)) == (
        "MultiMarginCriterion(p=2, weights=[1.0, 2.0], margin=0.5, size_average=False)"
    )
