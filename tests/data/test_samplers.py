"""Samplers: what each promises of an epoch and of its batches."""

import numpy as np
import pytest

from nnmods.data import (
    Balanced,
    Emphasising,
    Minibatches,
    Sampler,
    Stratified,
    Weighted,
)
from nnmods.testing.compare import EXACT

UNEQUAL = np.repeat([4, 0, 7], [3, 20, 8])  # sorted by class, labels with gaps


def batches_of(order, batch_size):
    return [order[k : k + batch_size] for k in range(0, len(order), batch_size)]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 7, 31, 40])
def test_balanced_batches(rng, batch_size):
    sampler = Balanced(UNEQUAL)
    for _ in range(20):
        for batch in batches_of(sampler.order(rng, batch_size), batch_size):
            counts = [np.sum(UNEQUAL[batch] == k) for k in (0, 4, 7)]
            assert max(counts) - min(counts) <= 1


def test_balanced_uses_up_a_class_before_it_repeats(rng):
    sampler = Balanced(UNEQUAL, 60)
    times = np.bincount(sampler.order(rng, 4), minlength=31)
    np.testing.assert_array_equal(times[UNEQUAL == 0], 1)
    assert set(times[UNEQUAL == 4]) == {6, 7}  # 20 draws of 3 samples
    assert set(times[UNEQUAL == 7]) == {2, 3}
    few = Balanced(UNEQUAL, 2).order(rng, 2)
    assert len(set(UNEQUAL[few])) == 2


def test_balanced_presents_every_sample_in_time(rng):
    sampler = Balanced(UNEQUAL, 7)
    seen = np.concatenate([sampler.order(rng, 4) for _ in range(300)])
    assert set(seen.tolist()) == set(range(31))


@pytest.mark.parametrize("n", [1, 2, 30, 31])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 7, 10, 15, 31, 40])
def test_stratified_batches(rng, n, batch_size):
    target = rng.permutation(UNEQUAL)[:n]
    sampler = Stratified(target)
    for _ in range(5):
        order = sampler.order(rng, batch_size)
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
        for batch in batches_of(order, batch_size):
            for k in set(target.tolist()):
                share = len(batch) * int(np.sum(target == k)) / n
                count = np.sum(target[batch] == k)
                assert np.floor(share) <= count <= np.ceil(share)


def test_stratified_batches_of_sorted_data_hold_every_class():
    """Where batches in the order given hold one class each."""
    target = np.repeat(np.arange(10), 50)
    plain = Minibatches(target, target, 20, "never")
    assert max(len(set(tb.tolist())) for _, tb in plain) <= 2
    for seed in range(5):
        sampler = Stratified(target)
        batches = Minibatches(target, target, 20, rng=seed, sampler=sampler)
        assert all(len(set(tb.tolist())) == 10 for _, tb in batches)


def test_stratified_orders_differ(rng):
    sampler = Stratified(UNEQUAL)
    assert (sampler.order(rng, 5) != sampler.order(rng, 5)).any()


def test_weighted_draws_in_proportion(rng):
    weights = np.array([0.0, 1.0, 3.0, 0.0, 4.0, 0.0])
    counts = np.bincount(Weighted(weights, 80_000).order(rng, 8), minlength=6)
    # The standard deviations of the counts are below 142.
    np.testing.assert_array_less(np.abs(counts - 10_000 * weights), 700)
    assert (counts[weights == 0] == 0).all()


def test_weighted_of_extreme_weights(rng):
    for large in (1e308, 5e-324):
        order = Weighted([large, large, 0.0], 50).order(rng, 8)
        assert set(order.tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        (
            [1.0, -2.0],
            "weights has value -2.0 at 1, expected finite numbers >= 0",
        ),
        ([np.nan], "weights has value nan at 0, expected finite numbers >= 0"),
        ([1, np.inf], "weights has value inf at 1, expected finite numbers >= 0"),
        (
            [0.0, 0.0],
            "weights has shape (2,) and maximum 0.0, expected (N,) and more than 0",
        ),
        ([], "weights has shape (0,) and maximum 0.0, expected (N,) and more than 0"),
        (
            [[1.0]],
            "weights has shape (1, 1) and maximum 1.0, expected (N,) and more than 0",
        ),
    ],
)
def test_weights_that_are_none(weights, text):
    with pytest.raises(ValueError) as caught:
        Weighted(weights)
    assert str(caught.value) == f"Weighted: {text}"


@pytest.mark.parametrize("n", [1, 7, 49, 1000])
def test_emphasising_nothing_known_presents_each_once(rng, n):
    sampler = Emphasising(n)
    for _ in range(3):
        order = sampler.order(rng, 8)
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
        sampler.report(order, np.zeros(n))  # all alike


def test_emphasising_by_hand(rng):
    sampler = Emphasising(4, emphasis=0.5, cap=1.0)
    sampler.report(np.array([0, 1, 3]), np.array([0.0, 2.0, 4.0]))
    # The mean of what is known is 2: relative costs 0, 1, (1), 2.
    assert sampler.expected_counts().tolist() == [0.5, 1.0, 1.0, 1.5]
    counts = sum(np.bincount(sampler.order(rng, 2), minlength=4) for _ in range(4000))
    assert counts[1] + counts[2] + counts[0] + counts[3] == 16_000
    # The deviations of the sums of 4000 roundings are below 32.
    np.testing.assert_array_less(np.abs(counts / 4000 - [0.5, 1, 1, 1.5]), 0.04)
    sampler.report([3], [1.0])
    assert sampler.expected_counts().tolist() == [0.5, 1.5, 1.0, 1.0]


def test_emphasising_rounds_down_or_up(rng):
    sampler = Emphasising(50, emphasis=1.0)
    sampler.report(np.arange(50), rng.random(50) ** 4)
    expected = sampler.expected_counts()
    for _ in range(20):
        order = sampler.order(rng, 8)
        assert len(order) == 50
        counts = np.bincount(order, minlength=50)
        assert (np.abs(counts - expected) < 1 + EXACT).all()


def test_emphasising_presents_hard_samples_more_often(rng):
    sampler = Emphasising(100, emphasis=0.8)
    costs = np.where(np.arange(100) < 20, 4.0, 0.5)
    batches = Minibatches(np.arange(100), np.arange(100), 7, rng=0, sampler=sampler)
    for _ in batches:
        sampler.report(batches.indices, costs[batches.indices])
    counts = np.zeros(100)
    for _ in range(50):
        for _ in batches:
            np.add.at(counts, batches.indices, 1)
    # 0.2 + 0.8 * 4 / 1.2 and 0.2 + 0.8 * 0.5 / 1.2
    assert abs(counts[:20].mean() / 50 - 2.867) < 0.1
    assert abs(counts[20:].mean() / 50 - 0.533) < 0.1


def test_outliers_do_not_take_over():
    """A cost without bound counts as the quantile; without a cap it is all there is."""
    costs = np.ones(100)
    costs[:5] = 1e12  # exactly the share 1 - cap
    capped, free = Emphasising(100), Emphasising(100, cap=1.0)
    for sampler in (capped, free):
        sampler.report(np.arange(100), costs)
    assert capped.expected_counts().max() == 1
    assert free.expected_counts()[:5].sum() > 50


def test_emphasising_huge_costs():
    sampler = Emphasising(2, emphasis=1.0, cap=1.0)
    sampler.report([0, 1], [1.7e308, 1.7e308])
    assert sampler.expected_counts().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("indices", "costs", "text"),
    [
        ([0], [np.nan], "costs has value nan at 0, expected finite numbers >= 0"),
        ([0, 1], [1, -1], "costs has value -1.0 at 1, expected finite numbers >= 0"),
        (
            [0, 1],
            [1.0],
            "costs has shape (1,) for indices of shape (2,), expected (B,) for both",
        ),
        ([5], [1.0], "indices has entries 5 to 5, expected integers from 0 to 4"),
        ([0, -1], [1, 1], "indices has entries -1 to 0, expected integers from 0 to 4"),
        ([0.5], [1], "indices has entries 0.5 to 0.5, expected integers from 0 to 4"),
    ],
)
def test_reports_that_are_none(indices, costs, text):
    sampler = Emphasising(5)
    with pytest.raises(ValueError) as caught:
        sampler.report(indices, costs)
    assert str(caught.value) == f"Emphasising: {text}"
    assert np.isnan(sampler.state_dict()["costs"]).all()


def test_reports_of_nothing():
    sampler = Emphasising(5)
    sampler.report([], [])
    sampler.report(np.zeros(0, int), np.zeros(0))
    assert (sampler.expected_counts() == 1).all()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({}, "state has names none, expected costs"),
        ({"costs": np.ones(4)}, "costs has shape (4,) of float64, expected (5,) of"),
        ({"costs": np.ones(5, int)}, "costs has shape (5,) of int64, expected (5,) of"),
        ({"costs": -np.ones(5)}, "costs has value -1.0 at 0, expected finite numbers"),
    ],
)
def test_states_of_another_sampler(state, text):
    sampler = Emphasising(5)
    sampler.report([1], [2.0])
    with pytest.raises(ValueError) as caught:
        sampler.load_state_dict(state)
    assert str(caught.value).startswith(f"Emphasising: {text}")
    assert sampler.state_dict()["costs"][1] == 2
    with pytest.raises(ValueError, match="Balanced: state has names costs, expected"):
        Balanced(UNEQUAL).load_state_dict({"costs": np.ones(5)})


def test_a_state_is_a_copy():
    sampler, other = Emphasising(2), Emphasising(2)
    sampler.report([0], [1.0])
    state = sampler.state_dict()
    other.load_state_dict(state)
    state["costs"][:] = 9
    sampler.report([1], [2.0])
    assert other.state_dict()["costs"][0] == 1
    assert np.isnan(other.state_dict()["costs"][1])


@pytest.mark.parametrize("make", [Balanced, Stratified])
@pytest.mark.parametrize(
    ("target", "error", "text"),
    [
        ([0, 1], TypeError, "target has type list, expected integer labels"),
        (np.ones(3), TypeError, "target has type float64, expected integer labels"),
        (
            np.zeros(0, int),
            ValueError,
            "target has shape (0,), expected (N,) with N > 0",
        ),
        (
            np.zeros((2, 1), int),
            ValueError,
            "target has shape (2, 1), expected (N,) with N > 0",
        ),
    ],
)
def test_labels_that_are_none(make, target, error, text):
    with pytest.raises(error) as caught:
        make(target)
    assert str(caught.value) == f"{make.__name__}: {text}"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: Balanced(UNEQUAL, 0),
            "Balanced: n_draws is 0, expected 1 or more",
        ),
        (
            lambda: Weighted([1.0], -1),
            "Weighted: n_draws is -1, expected 1 or more",
        ),
        (
            lambda: Emphasising(0),
            "Emphasising: n_samples is 0, expected 1 or more",
        ),
        (
            lambda: Emphasising(3, emphasis=1.5),
            "Emphasising: emphasis is 1.5, expected 0 to 1",
        ),
        (
            lambda: Emphasising(3, cap=np.nan),
            "Emphasising: cap is nan, expected 0 to 1",
        ),
    ],
)
def test_wrong_options(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == text


def test_a_sampler_of_ones_own(rng):
    class Backwards(Sampler):
        def order(self, rng, batch_size):
            return np.arange(self.n_samples)[::-1].copy()

    batches = Minibatches(np.arange(5), np.arange(5), 2, sampler=Backwards(5))
    assert [xb.tolist() for xb, _ in batches] == [[4, 3], [2, 1], [0]]
    assert repr(Backwards(5, 7)) == "Backwards(5 samples, 7 an epoch)"
    assert Backwards(5).state_dict() == {}
