"""split: disjoint, complete, of the size asked for, and fair to the classes."""

import numpy as np
import pytest

from nnmods.data import Dataset, split


def dataset(*class_sizes, seed=0):
    """Return a data set whose samples are their own numbers."""
    target = np.repeat(np.arange(len(class_sizes)), class_sizes)
    np.random.default_rng(seed).shuffle(target)
    classes = tuple(f"kind {k}" for k in range(len(class_sizes)))
    return Dataset(np.arange(len(target)), target, classes, "numbers")


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("fraction", [0, 0.1, 0.25, 1 / 3, 0.5, 0.999, 1])
@pytest.mark.parametrize("sizes", [(10,), (5, 5), (50, 7, 1), (3, 0, 4), (1, 1, 1)])
def test_disjoint_complete_and_of_the_right_size(sizes, fraction, stratified):
    whole = dataset(*sizes)
    train, test = split(whole, fraction, stratified=stratified)
    assert len(test) == round(fraction * len(whole))
    np.testing.assert_array_equal(np.sort(np.r_[train.x, test.x]), whole.x)
    for part in (train, test):
        np.testing.assert_array_equal(part.target, whole.target[part.x])
        assert (np.diff(part.x) > 0).all()  # in their order
        assert part.classes == whole.classes
        assert not np.shares_memory(part.x, whole.x)
    assert (train.name, test.name) == ("numbers (train)", "numbers (test)")


@pytest.mark.parametrize(
    ("sizes", "fraction", "counts"),
    [
        ((10, 20, 30), 0.2, [2, 4, 6]),
        # 5 of 17 samples: shares 2.06, 1.47, 1.47; the tie goes to the smaller label.
        ((7, 5, 5), 0.3, [2, 2, 1]),
        # 2 of 10: shares 1.6, 0.2, 0.2.
        ((8, 1, 1), 0.2, [2, 0, 0]),
        # 3 of 12: shares 0.5, 1.25, 1.25.
        ((2, 5, 5), 0.25, [1, 1, 1]),
        ((3, 0, 3), 0.34, [1, 0, 1]),
    ],
)
def test_classes_get_their_shares(sizes, fraction, counts):
    for seed in range(5):
        _, test = split(dataset(*sizes), fraction, rng=seed)
        assert np.bincount(test.target, minlength=3).tolist() == counts


def test_generators():
    whole = dataset(30, 20)
    for stratified in (True, False):

        def chosen(rng, stratified=stratified):
            return split(whole, 0.5, rng, stratified)[1].x.tolist()

        assert chosen(0) == chosen(0) == chosen(np.random.default_rng(0))
        assert chosen(0) != chosen(1)
    assert split(whole)[1].x.tolist() == split(whole, 0.2, 0)[1].x.tolist()


def test_without_strata_shares_vary():
    whole = dataset(50, 50)
    counts = {
        int(split(whole, 0.2, rng, stratified=False)[1].target.sum())
        for rng in range(10)
    }
    assert len(counts) > 1


def test_every_sample_can_be_chosen():
    whole = dataset(3, 3)
    chosen = {k for rng in range(50) for k in split(whole, 0.34, rng)[1].x.tolist()}
    assert chosen == set(range(6))


@pytest.mark.parametrize("stratified", [True, False])
def test_no_samples(stratified):
    empty = Dataset(np.zeros((0, 2)), np.zeros(0, int), ("a",))
    train, test = split(empty, 0.5, stratified=stratified)
    assert train.x.shape == test.x.shape == (0, 2)


@pytest.mark.parametrize("fraction", [-0.1, 1.1, np.nan, 5])
def test_fraction_out_of_range(fraction):
    with pytest.raises(ValueError) as caught:
        split(dataset(5), fraction)
    assert str(caught.value) == f"test_fraction is {fraction}, expected 0 to 1"
