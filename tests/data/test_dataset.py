"""Dataset: what it holds, and what it refuses."""

import dataclasses

import numpy as np
import pytest

from nnmods.data import Dataset


def test_holds_what_it_was_given():
    x, target = np.zeros((3, 1, 2, 2), np.uint8), np.array([0, 2, 1], np.uint8)
    dataset = Dataset(x, target, ["a", "b", 3], "letters")
    assert dataset.x is x and dataset.target is target
    assert dataset.classes == ("a", "b", "3")
    assert len(dataset) == 3
    assert repr(dataset) == "Dataset('letters': x (3, 1, 2, 2) uint8, 3 classes)"


def test_may_be_empty():
    dataset = Dataset(np.zeros((0, 2)), np.zeros(0, int), ())
    assert len(dataset) == 0 and dataset.name == ""


def test_is_frozen():
    dataset = Dataset(np.zeros((1, 2)), np.zeros(1, int), ("a",))
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.name = "other"


@pytest.mark.parametrize(
    ("x", "target", "classes", "error", "text"),
    [
        (
            [[1.0]],
            np.array([0]),
            "a",
            TypeError,
            "Dataset 'd': x has type list, expected an array",
        ),
        (
            np.ones((1, 1)),
            [0],
            "a",
            TypeError,
            "Dataset 'd': target has type list, expected an array",
        ),
        (
            np.ones((1, 1)),
            np.array([0.0]),
            "a",
            TypeError,
            "Dataset 'd': target has dtype float64, expected integers",
        ),
        (
            np.ones((2, 1)),
            np.array([0]),
            "a",
            ValueError,
            "Dataset 'd': target has shape (1,) for x of shape (2, 1), "
            "expected one label per sample",
        ),
        (
            np.ones(()),
            np.array(0),
            "a",
            ValueError,
            "Dataset 'd': target has shape () for x of shape (), "
            "expected one label per sample",
        ),
        (
            np.ones((3, 1)),
            np.array([0, 2, 1]),
            "ab",
            ValueError,
            "Dataset 'd': sample 1 has label 2, expected 0 to 1",
        ),
        (
            np.ones((2, 1)),
            np.array([0, -1]),
            "ab",
            ValueError,
            "Dataset 'd': sample 1 has label -1, expected 0 to 1",
        ),
        (
            np.ones((2, 1)),
            np.array([0, 0]),
            "",
            ValueError,
            "Dataset 'd': has 2 labels but no class names",
        ),
    ],
)
def test_refuses_nonsense(x, target, classes, error, text):
    with pytest.raises(error) as caught:
        Dataset(x, target, tuple(classes), "d")
    assert str(caught.value) == text
