"""Weights of classes, and targets at +-1."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.data import class_weights, plus_minus_one


def test_class_weights_by_hand():
    target = np.array([2, 0, 0, 0, 2, 5])
    # 6 labels of 3 classes that occur.
    expected = [6 / 9, 0, 6 / 6, 0, 0, 6 / 3]
    assert class_weights(target).tolist() == expected
    assert class_weights(target, 8).tolist() == [*expected, 0, 0]
    assert class_weights(target)[target].sum() == 6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("labels", [np.uint8, np.int16, np.int64, np.uint64])
def test_dtypes(dtype, labels):
    target = np.array([1, 0, 1], labels)
    weights = class_weights(target, dtype=dtype)
    assert weights.dtype == dtype
    np.testing.assert_array_equal(weights, np.array([1.5, 0.75], dtype))
    rows = plus_minus_one(target, 2, dtype=dtype)
    assert rows.dtype == dtype and rows.tolist() == [[-1, 1], [1, -1], [-1, 1]]


def test_the_default_dtype_is_followed():
    nn.set_default_dtype("float32")
    assert class_weights(np.array([0, 1])).dtype == np.float32
    assert plus_minus_one(np.array([0, 1]), 2).dtype == np.float32


def test_class_weights_are_scikit_learns():
    utils = pytest.importorskip("sklearn.utils.class_weight")
    target = np.random.default_rng(0).integers(0, 5, 101) ** 2
    theirs = utils.compute_class_weight("balanced", classes=np.unique(target), y=target)
    ours = class_weights(target)
    np.testing.assert_array_equal(ours[np.unique(target)], theirs)
    assert np.count_nonzero(ours) == len(theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_criterions_take_class_weights(dtype):
    """Two classes of unequal size then pull equally hard."""
    target = np.array([0, 0, 0, 1])
    criterion = nn.ClassNLLCriterion(class_weights(target, dtype=dtype))
    y = np.full((4, 2), np.log(0.5), dtype)
    criterion.forward(y, target)
    pull = criterion.backward(y, target).sum(axis=0)
    np.testing.assert_allclose(pull[0], pull[1], rtol=4 * np.finfo(dtype).eps)


def test_values_and_no_samples():
    assert plus_minus_one(np.array([1]), 3, 0.5).tolist() == [[-0.5, 0.5, -0.5]]
    assert plus_minus_one(np.zeros(0, int), 3).shape == (0, 3)


@pytest.mark.parametrize("function", [class_weights, plus_minus_one])
@pytest.mark.parametrize(
    ("target", "n_classes", "error", "text"),
    [
        ([0], 2, TypeError, "target has type list, expected integer labels"),
        (np.ones(2), 2, TypeError, "target has type float64, expected integer labels"),
        (
            np.zeros((2, 2), int),
            2,
            ValueError,
            "target has shape (2, 2), expected (N,)",
        ),
        (np.array([0, 3]), 3, ValueError, "sample 1 has label 3, expected 0 to 2"),
        (np.array([0, -1]), 3, ValueError, "sample 1 has label -1, expected 0 to 2"),
    ],
)
def test_labels_that_are_none(function, target, n_classes, error, text):
    with pytest.raises(error) as caught:
        function(target, n_classes)
    assert str(caught.value) == f"{function.__name__}: {text}"


def test_negative_labels_and_no_labels():
    with pytest.raises(ValueError, match="sample 0 has label -2, expected 0 to 1"):
        class_weights(np.array([-2, 1]))
    with pytest.raises(ValueError) as caught:
        class_weights(np.zeros(0, int), 3)
    assert str(caught.value) == (
        "class_weights: target has 0 labels, expected 1 or more"
    )
    with pytest.raises(TypeError):
        plus_minus_one(np.array([0]), 2.0)
