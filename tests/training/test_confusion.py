import re

import numpy as np
import pytest

from nnmods.training import ConfusionMatrix


@pytest.fixture
def confusion():
    """3 of class 0 (1 right), 2 of class 1 (both right), none of class 2."""
    confusion = ConfusionMatrix(["ant", "bee", "cow"])
    confusion.add(np.array([0, 0, 1]), np.array([0, 1, 1]))
    scores = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0]])
    confusion.add(np.array([0, 1]), scores)
    return confusion


def test_counts(confusion):
    assert confusion.counts.tolist() == [[1, 1, 1], [0, 2, 0], [0, 0, 0]]


def test_accuracies(confusion):
    assert confusion.accuracy == 3 / 5
    np.testing.assert_array_equal(confusion.class_accuracy, [1 / 3, 1.0, np.nan])


def test_mistakes(confusion):
    confusion.add(np.array([0]), np.array([2]))
    assert confusion.mistakes() == [("ant", "cow", 2), ("ant", "bee", 1)]


def test_text(confusion):
    assert str(confusion).splitlines() == [
        "     ant  bee  cow  correct",
        "ant    1    1    1   33.3 %",
        "bee    0    2    0  100.0 %",
        "cow    0    0    0        -",
        "rows: the true class; columns: the predicted one",
    ]


def test_long_names_are_cut():
    lines = str(ConfusionMatrix(["a" * 13, "b" * 12])).splitlines()
    assert lines[1].startswith("a" * 11 + "~ ")
    assert lines[2].startswith("b" * 12 + " ")


def test_many_classes_list_mistakes():
    confusion = ConfusionMatrix(21)
    assert str(confusion) == "most frequent mistakes\nnone"
    confusion.add(np.array([3, 3, 20, 0]), np.array([4, 4, 0, 0]))
    assert str(confusion).splitlines() == [
        "most frequent mistakes",
        "3 taken for 4: 2",
        "20 taken for 0: 1",
    ]


def test_nothing_counted():
    confusion = ConfusionMatrix(2)
    confusion.add(np.array([], int), np.array([], int))
    assert np.isnan(confusion.accuracy)
    assert np.isnan(confusion.class_accuracy).all()
    assert confusion.mistakes() == []


def test_first_of_equal_scores_counts():
    confusion = ConfusionMatrix(2)
    confusion.add(np.array([1]), np.array([[0.5, 0.5]]))
    assert confusion.counts[1, 0] == 1


@pytest.mark.parametrize(
    "target, predicted, error, text",
    [
        ([0, 1], [0], ValueError, "predicted has shape (1,)"),
        ([[0]], [0], ValueError, "target has shape (1, 1)"),
        ([0], [[1.0, 2.0, 3.0]], ValueError, "predicted has 3 scores, expected 2"),
        ([0, 2], [0, 1], ValueError, "target has classes 0 to 2, expected 0 to 1"),
        ([0, 1], [-1, 1], ValueError, "predicted has classes -1 to 1"),
        ([0.0], [0], TypeError, "target has dtype float64, expected integers"),
    ],
)
def test_errors_count_nothing(target, predicted, error, text):
    confusion = ConfusionMatrix(2)
    with pytest.raises(error, match=re.escape("ConfusionMatrix(2 classes): " + text)):
        confusion.add(np.array(target), np.array(predicted))
    assert not confusion.counts.any()


def test_needs_classes():
    with pytest.raises(ValueError, match="classes has 0 names"):
        ConfusionMatrix([])
