"""Labels as files give them, numbered."""

import numpy as np
import pytest

from nnmods.data.labels import number_labels

PLACES = [f"line {k}" for k in range(1, 5)]


@pytest.mark.parametrize(
    ("labels", "given", "numbers", "classes"),
    [
        (["0", "2", "1.0", "2e0"], None, [0, 2, 1, 2], ("0", "1", "2")),
        (["dog", "cat", "dog"], None, [1, 0, 1], ("cat", "dog")),
        (["1", "2", "3+"], None, [0, 1, 2], ("1", "2", "3+")),
        (["b", "a"], ["b", "c", "a"], [0, 2], ("b", "c", "a")),
        (["-1", "1"], ["-1", "1"], [0, 1], ("-1", "1")),
        ([], None, [], ()),
    ],
)
def test_numbers_and_names(labels, given, numbers, classes):
    target, names = number_labels("f", labels, PLACES, given)
    assert target.dtype == np.int64 and target.tolist() == numbers
    assert names == classes


@pytest.mark.parametrize(
    ("labels", "given", "text"),
    [
        (["a", ""], None, "f: line 2: target is '', expected a class"),
        (
            ["1", "0.5"],
            None,
            "f: line 2: target is '0.5', "
            "expected a whole number, or classes given by name",
        ),
        (
            ["nan"],
            None,
            "f: line 1: target is 'nan', "
            "expected a whole number, or classes given by name",
        ),
        (
            ["1", "-1"],
            None,
            "f: line 2: target is '-1', expected 0 to 999999, or classes given by name",
        ),
        (
            ["1000000"],
            None,
            "f: line 1: target is '1000000', "
            "expected 0 to 999999, or classes given by name",
        ),
        (["b", "x"], ["a", "b"], "f: line 2: target is 'x', expected one of a, b"),
        (["a"], ["a", "a"], "classes has ('a', 'a'), expected names that differ"),
    ],
)
def test_refuses_nonsense(labels, given, text):
    with pytest.raises(ValueError) as caught:
        number_labels("f", labels, PLACES, given)
    assert str(caught.value) == text
