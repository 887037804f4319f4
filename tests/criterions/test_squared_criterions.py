"""Squared differences from a target that is weighted, cropped, or a vertex."""

import numpy as np
import pytest

from nnmods.criterions import (
    ClassSimplexCriterion,
    MSECriterion,
    SpatialAutoCropMSECriterion,
    WeightedMSECriterion,
)

RNG = np.random.default_rng(0)
Y, TARGET = np.array([[1.0, 4.0], [0.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])


def test_the_weight_multiplies_the_target():
    cost = WeightedMSECriterion([2.0, 0.5])  # from [[2, 1], [6, 2]]
    assert cost(Y, TARGET) == (1 + 9 + 36 + 0) / 4
    wanted = np.array([[-1, 3], [-6, 0]]) / 2
    np.testing.assert_array_equal(cost.backward(Y, TARGET), wanted)
    assert cost(Y[0], TARGET[0]) == (1 + 9) / 2  # one sample
    cost.size_average = False
    assert cost(Y, TARGET) == 46


def test_the_weight_may_be_of_the_whole_batch():
    cost = WeightedMSECriterion([[1, 0], [0, 1]])  # from [[1, 0], [0, 4]]
    assert cost(Y, TARGET) == (0 + 16 + 0 + 4) / 4
    text = r"y has shape \(3, 2\), expected \(2, 2\), that of the weight, or \(\*, 2, 2"
    with pytest.raises(ValueError, match=text):
        cost(np.ones((3, 2)), np.ones((3, 2)))


def test_the_weight_is_its_own():
    w = np.array([1.0, 2.0])
    cost = WeightedMSECriterion(w)
    w[0] = 9
    assert repr(cost) == "WeightedMSECriterion([1.0, 2.0])"
    assert cost.float().weight.dtype == np.float32
    with pytest.raises(TypeError, match="weight is None, expected an array"):
        WeightedMSECriterion(None)
    with pytest.raises(TypeError, match="^WeightedMSECriterion: weight has dtype <U1"):
        WeightedMSECriterion(["a"])


@pytest.mark.parametrize("size_average", [True, False])
@pytest.mark.parametrize("shape", [(2, 3, 3, 4), (3, 3, 4)])
@pytest.mark.parametrize("size", [(3, 4), (4, 5), (5, 8), (6, 7), (3, 9)])
def test_the_middle_of_the_target_counts(shape, size, size_average):
    y, target = RNG.standard_normal(shape), RNG.standard_normal((*shape[:-2], *size))
    top, left = (size[0] - 3) // 2, (size[1] - 4) // 2
    middle = target[..., top : top + 3, left : left + 4]
    cost, plain = SpatialAutoCropMSECriterion(size_average), MSECriterion(size_average)
    assert cost(y, target) == plain(y, middle)
    np.testing.assert_array_equal(  # Torch7's backward refused to crop
        cost.backward(y, target), plain.backward(y, middle)
    )


def test_what_cannot_be_cropped():
    cost, y = SpatialAutoCropMSECriterion(), np.zeros((2, 3, 4, 5))
    for shape, text in (
        ((2, 3, 3, 9), r"target has shape \(2, 3, 3, 9\), expected \(2, 3, \*, \*\) w"),
        ((2, 3, 9, 4), "with 4 x 5 or more, the size of y"),
        ((2, 1, 9, 9), r"target has shape \(2, 1, 9, 9\), expected \(2, 3, \*, \*\)"),
        ((3, 9, 9), r"target has shape \(3, 9, 9\), expected \(2, 3, \*, \*\)"),
    ):
        for verb in (cost.forward, cost.backward):
            with pytest.raises(ValueError, match=text):
                verb(y, np.zeros(shape))
    with pytest.raises(ValueError, match=r"y has shape \(4, 5\), expected \(N, C, H"):
        cost(y[0, 0], y[0, 0])
    with pytest.raises(TypeError, match="y is a list of 1, expected an array"):
        cost([1.0], y)


@pytest.mark.parametrize("n", [2, 3, 4, 7, 30])
def test_the_simplex_is_regular(n):
    simplex = ClassSimplexCriterion(n).simplex
    assert simplex.shape == (n, n) and not simplex[:, -1].any()
    wanted = np.full((n, n), -1 / (n - 1))
    np.fill_diagonal(wanted, 1)
    np.testing.assert_allclose(simplex @ simplex.T, wanted, 1e-12, 1e-14)
    np.testing.assert_allclose(simplex.sum(axis=0), 0, atol=1e-14)
    assert not np.triu(simplex, 1).any()  # the first vertex is (1, 0, ..., 0)


def test_the_simplex_of_three():
    half, height = -0.5, np.sqrt(3) / 2
    wanted = [[1, 0, 0], [half, height, 0], [half, -height, 0]]
    np.testing.assert_allclose(ClassSimplexCriterion(3).simplex, wanted, rtol=1e-15)


@pytest.mark.parametrize("kind", [int, float])
def test_distance_from_the_vertex_of_the_class(kind):
    cost, y = ClassSimplexCriterion(3), RNG.standard_normal((4, 3))
    target = np.array([2, 0, 1, 2]).astype(kind)
    d = y - cost.simplex[target.astype(int)]
    assert cost(y, target) == pytest.approx((d * d).sum() / 12, rel=1e-14)
    np.testing.assert_allclose(cost.backward(y, target), d / 6, rtol=1e-14)
    for label in (2, 2.0, np.array([2]), np.array(2)):
        assert cost(y[0], label) == pytest.approx((d[0] ** 2).mean(), rel=1e-14)
        np.testing.assert_allclose(cost.backward(y[0], label), d[0] * 2 / 3, 1e-14)
    image = y.reshape(4, 3, 1, 1)
    assert cost.backward(image, target).shape == image.shape
    assert cost(image, target) == cost(y, target)


def test_predictions_are_labels_from_0():
    cost = ClassSimplexCriterion(4)
    y = 3 * cost.simplex[[2, 0, 3]] + 0.1
    np.testing.assert_allclose(cost.get_predictions(y), y @ cost.simplex.T)
    np.testing.assert_array_equal(cost.get_top_prediction(y), [2, 0, 3])
    np.testing.assert_array_equal(cost.get_top_prediction(y[2]), [3])


def test_errors_of_the_simplex():
    cost = ClassSimplexCriterion(4)
    assert repr(cost) == "ClassSimplexCriterion(4)"
    for n, kind, text in (
        (1, ValueError, "n_classes is 1, expected 2 or more"),
        (-1, ValueError, "n_classes is -1, expected 0 or more"),
        (2.5, TypeError, "n_classes is 2.5, expected an integer"),
        (None, TypeError, "n_classes is None, expected an integer"),
    ):
        with pytest.raises(kind, match=f"^ClassSimplexCriterion: {text}"):
            ClassSimplexCriterion(n)
    for y, target, text in (
        (np.ones((3, 3)), np.zeros(3, int), "y has 3 classes, expected 4"),
        (
            np.ones((3, 4)),
            np.array([0, 4, 1]),
            "target has label 4 at 1, expected 0 to",
        ),
        (np.ones((3, 4)), np.array([0, -1, 1]), "target has label -1 at 1, expected 0"),
        (np.ones((3, 4)), np.array([0, 0.5, 1]), "target has label 0.5 at 1, expected"),
        (
            np.ones((3, 4)),
            np.zeros(2, int),
            r"target has shape \(2,\), expected \(3,\)",
        ),
    ):
        for verb in (cost.forward, cost.backward):
            with pytest.raises(ValueError, match=text):
                verb(y, target)
