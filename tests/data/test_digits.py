"""The embedded digits: what is known of them, and that they are untouched."""

import numpy as np
import pytest

from nnmods.data import load_digits


def test_shapes_and_names():
    digits = load_digits()
    assert digits.x.shape == (1797, 1, 8, 8) and digits.x.dtype == np.uint8
    assert digits.target.shape == (1797,) and digits.target.dtype == np.int64
    assert digits.classes == tuple("0123456789")
    assert digits.name == "digits"


def test_contents():
    digits = load_digits()
    assert digits.x.min() == 0 and digits.x.max() == 16
    # The class distribution of optdigits.tes, from the description of the data.
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    np.testing.assert_array_equal(np.bincount(digits.target), counts)
    # The first two rows of the first image, a zero.
    assert digits.target[0] == 0
    np.testing.assert_array_equal(
        digits.x[0, 0, :2], [[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0]]
    )


def test_equals_what_scikit_learn_ships():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs, ours = datasets.load_digits(), load_digits()
    np.testing.assert_array_equal(ours.x[:, 0], theirs.images)
    np.testing.assert_array_equal(ours.target, theirs.target)


def test_each_call_gives_arrays_of_its_own():
    load_digits().x[...] = 0
    assert load_digits().x.any()
