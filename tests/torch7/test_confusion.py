"""The confusion matrix counts as Torch7's does."""

from numpy.testing import assert_allclose, assert_array_equal

from nnmods.training import ConfusionMatrix
from torch7.golden import cases

(CASE,) = (case for case in cases() if case.kind == "confusion")


def test_counts_and_accuracies():
    confusion = ConfusionMatrix(["a", "b", "c"])
    confusion.add(CASE.array("target").astype(int) - 1, CASE.array("pred"))
    assert_array_equal(confusion.counts, CASE.array("mat"))
    assert confusion.accuracy == CASE.array("totalValid")
    recorded_in_float32 = 1e-7
    assert_allclose(confusion.class_accuracy, CASE.array("valids"), recorded_in_float32)
