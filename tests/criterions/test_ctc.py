"""CTCCriterion against sums over alignments, written out."""

import itertools

import numpy as np
import pytest
from memory import taken_again

from nnmods.criterions import CTCCriterion

RNG = np.random.default_rng(0)


def said(alignment, blank):
    """Return what an alignment says: repetitions are one, and blanks nothing."""
    return [c for c, _ in itertools.groupby(alignment) if c != blank]


def by_hand(y, labels, blank):
    """Return log P and the share of each class at each time, from all alignments."""
    n_times, n_classes = y.shape
    total, share = 0.0, np.zeros(y.shape)
    for alignment in itertools.product(range(n_classes), repeat=n_times):
        if said(alignment, blank) == list(labels):
            p = np.exp(sum(y[t, c] for t, c in enumerate(alignment)))
            total += p
            share[np.arange(n_times), alignment] += p
    return np.log(total), share / total


@pytest.mark.parametrize("labels", [[], [1], [1, 1], [2, 1], [1, 2, 1], [2, 2, 1]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_alignments_of_one_sequence(labels, dtype):
    y = (RNG.standard_normal((5, 3)) - 1).astype(dtype)  # need not be normalised
    target = [np.array(labels, int), 5, len(labels)]
    log_p, share = by_hand(y.astype(float), labels, 0)
    cost, rtol = CTCCriterion(size_average=False), np.sqrt(np.finfo(dtype).eps) / 100
    assert cost(y, target) == pytest.approx(-log_p, rel=1e-6)
    dC_dy = cost.backward(y, target)
    assert dC_dy.dtype == dtype and dC_dy.shape == y.shape
    np.testing.assert_allclose(dC_dy, -share, rtol, 1e-12)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.float64])
def test_a_batch_is_its_sequences_each_for_itself(dtype):
    y = RNG.standard_normal((6, 4, 3))
    times, numbers = np.array([6, 4, 5, 3]), np.array([2, 1, 0, 2])
    labels = np.array([[0, 2], [2, -7], [99, 1], [0, 0]], dtype)
    cost, C, dC_dy = CTCCriterion(blank=1), 0.0, np.zeros(y.shape)
    for n, (t, s) in enumerate(zip(times, numbers, strict=True)):
        log_p, share = by_hand(y[:t, n], labels[n, :s].astype(int), 1)
        scale = 1 / (4 * max(s, 1))
        C -= scale * log_p
        dC_dy[:t, n] = -scale * share
    one_row = labels[np.arange(2) < numbers[:, None]]
    for given in (labels, one_row):
        for lengths in ([times, numbers], [times.tolist(), tuple(numbers.tolist())]):
            assert cost(y, [given, *lengths]) == pytest.approx(C, rel=1e-13)
            got = cost.backward(y, [given, *lengths])
            np.testing.assert_allclose(got, dC_dy, 1e-11, 1e-15)


def test_what_comes_after_the_end_of_a_sequence_does_not_matter():
    y, target = RNG.standard_normal((6, 2, 3)), [[3, 6], [2, 1]]
    target = [np.array([[1, 2], [2, 5]]), *target]
    cost = CTCCriterion()
    C, dC_dy = cost(y, target), cost.backward(y, target).copy()
    for rubbish in (np.nan, np.inf, -np.inf, 1e300):
        y[3:, 0] = rubbish
        assert cost(y, target) == C
        np.testing.assert_array_equal(cost.backward(y, target), dC_dy)
    assert not dC_dy[3:, 0].any()


@pytest.mark.parametrize(("times", "number"), [(2, 3), (2, 2), (0, 1)])
def test_too_short_for_its_labels(times, number):
    y = RNG.standard_normal((4, 2, 3))
    target = [np.array([[1, 1, 2], [2, 1, 1]]), [times, 4], [number, 2]]
    assert CTCCriterion()(y, target) == np.inf
    dC_dy = CTCCriterion().backward(y, target)
    assert np.isnan(dC_dy[:times, 0]).any(axis=1).all()
    assert np.isfinite(dC_dy[:, 1]).all()
    cost = CTCCriterion(zero_infinity=True)
    alone = CTCCriterion()(y[:, 1], [np.array([2, 1]), 4, 2])
    assert cost(y, target) == pytest.approx(alone / 2, rel=1e-14)
    got = cost.backward(y, target)
    assert not got[:, 0].any()
    np.testing.assert_array_equal(got[:, 1], dC_dy[:, 1])


def test_nothing_said_in_no_time():
    target = [np.zeros((1, 0), int), [0], [0]]
    for n_times in (0, 3):
        y = np.zeros((n_times, 1, 2))
        assert CTCCriterion()(y, target) == 0
        np.testing.assert_array_equal(CTCCriterion().backward(y, target), y)
    y = np.zeros((3, 0, 2))
    for labels in (np.zeros((0, 4)), np.zeros(0)):
        target = [labels, np.zeros(0, int), np.zeros(0, int)]
        assert CTCCriterion()(y, target) == 0
        assert CTCCriterion().backward(y, target).shape == y.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    y = np.full((4, 3), -1e30, dtype)
    y[[0, 1, 2, 3], [1, 0, 0, 2]] = 0
    target = [np.array([1, 2]), 4, 2]
    cost = CTCCriterion(size_average=False)
    assert cost(y, target) == 0
    np.testing.assert_array_equal(cost.backward(y, target), -(y == 0).astype(dtype))
    y[y < 0] = -np.inf
    assert cost(y, target) == 0
    np.testing.assert_array_equal(cost.backward(y, target), -(y == 0).astype(dtype))
    y[1, 1] = np.nan
    assert np.isnan(cost(y, target))
    assert np.isnan(cost.backward(y, target)).any()


def test_a_thousand_times_do_not_underflow():
    y = np.full((1000, 2), np.log(0.5))
    cost = CTCCriterion()
    # One block of label 1 anywhere: 1000 * 1001 / 2 alignments.
    C = 1000 * np.log(2) - np.log(500500)
    target = [np.array([1]), 1000, 1]
    assert cost(y, target) == pytest.approx(C, rel=1e-13)
    np.testing.assert_allclose(cost.backward(y, target).sum(axis=1), -1, 1e-10)


def test_backward_follows_its_arguments_whatever_forward_had():
    y, other = RNG.standard_normal((2, 5, 2, 3))
    target = [np.array([[1, 2], [2, 2]]), [5, 4], [2, 2]]
    fewer = [target[0][::-1].copy(), [4, 4], [1, 2]]
    for y_1, t_1 in ((y, target), (other, target), (y, fewer)):
        wanted = CTCCriterion().backward(y_1, t_1)
        for y_2, t_2 in ((y, fewer), (other, target), (y[:4], fewer)):
            cost = CTCCriterion()
            cost(y_2, t_2)
            np.testing.assert_array_equal(cost.backward(y_1, t_1), wanted)
    cost = CTCCriterion()
    cost(y, target)
    y *= 2  # in place
    wanted = CTCCriterion().backward(y, target)
    np.testing.assert_array_equal(cost.backward(y, target), wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(dtype):
    y = RNG.standard_normal((200, 8, 100)).astype(dtype)
    labels = RNG.integers(1, 100, (8, 40))
    target = [labels, np.full(8, 200), np.full(8, 40)]
    cost = CTCCriterion()
    for verb in (cost.forward, cost.backward):
        assert taken_again(lambda verb=verb: verb(y, target)) < y.nbytes // 8


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({0: np.array([[1, 0], [2, 2]])}, r"target\[0\] has label 0 in sequence 0"),
        ({0: np.array([[1, 2], [3, 2]])}, r"target\[0\] has label 3 in sequence 1"),
        (
            {0: np.array([[1, -1], [2, 2]])},
            r"has label -1 in sequence 0, expected 0 to",
        ),
        ({0: np.array([[1, 1.5], [2, 2]])}, r"target\[0\] has label 1.5 at \(0, 1\)"),
        ({0: np.ones((3, 2))}, r"target\[0\] has shape \(3, 2\), expected \(2, 2\)"),
        ({0: np.ones(3)}, r"target\[0\] has shape \(3,\), expected \(4,\)"),
        ({1: [6, 2]}, r"target\[1\] has length 6 at 0, expected 0 to 5"),
        ({1: [5, -1]}, r"target\[1\] has length -1 at 1, expected 0 to 5"),
        ({1: [5]}, r"target\[1\] has shape \(1,\), expected \(2,\)"),
        ({2: [2, 3]}, r"target\[2\] has length 3 at 1, expected 0 to 2"),
        ({2: [2, 1.5]}, r"target\[2\] has label 1.5 at 1"),
    ],
)
def test_targets_that_do_not_fit(change, text):
    y, target = np.zeros((5, 2, 3)), [np.array([[1, 1], [2, 2]]), [5, 5], [2, 2]]
    for i, entry in change.items():
        target[i] = entry
    for verb in (CTCCriterion().forward, CTCCriterion().backward):
        with pytest.raises(ValueError, match=rf"^CTCCriterion\(\): .*{text}"):
            verb(y, target)


def test_other_errors_and_repr():
    target = [np.array([[1]]), [2], [1]]
    with pytest.raises(
        ValueError, match=r"y has shape \(2,\), expected \(\*, \*, \*\)"
    ):
        CTCCriterion()(np.zeros(2), target)
    with pytest.raises(ValueError, match=r"y has 3 classes, expected more than 3, the"):
        CTCCriterion(3)(np.zeros((2, 1, 3)), target)
    with pytest.raises(ValueError, match=r"target has 2 entries, expected 3"):
        CTCCriterion()(np.zeros((2, 1, 3)), target[:2])
    with pytest.raises(TypeError, match=r"target has shape \(1, 1\), expected a table"):
        CTCCriterion()(np.zeros((2, 1, 3)), target[0])
    assert repr(CTCCriterion(None)) == "CTCCriterion()"
    text = "CTCCriterion(blank=2, size_average=False, zero_infinity=True)"
    assert repr(CTCCriterion(2, False, True)) == text
