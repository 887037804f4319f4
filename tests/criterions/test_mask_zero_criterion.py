"""MaskZeroCriterion: samples of zeros have no part in cost and gradient."""

import copy
import pickle

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn
from nnmods.core.tables import copied, map_table

Y = np.array([[0.0, 0.0], [1.0, 4.0], [0.0, -0.0], [0.0, 2.0]])
TARGET = np.ones((4, 2))
KEPT = np.array([1, 3])


def masked(criterion=None, n_input_dim=1):
    return nn.MaskZeroCriterion(criterion or nn.MSECriterion(), n_input_dim)


def test_by_hand():
    cost = masked()
    assert cost(Y, TARGET) == (0 + 9 + 1 + 1) / 4
    dC_dy = cost.backward(Y, TARGET)
    wanted = [[0, 0], [0, 1.5], [0, 0], [-0.5, 0.5]]
    np.testing.assert_array_equal(dC_dy, wanted)
    assert cost.dC_dy is dC_dy and cost.C == 11 / 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_rows", [1, 2, 5, 9001])
def test_it_is_the_criterion_of_the_rows_that_are_left(dtype, n_rows):
    rng = np.random.default_rng(n_rows)
    y = rng.standard_normal((n_rows, 3)).astype(dtype)
    target = rng.integers(0, 3, n_rows)
    cost, plain = masked(nn.CrossEntropyCriterion()), nn.CrossEntropyCriterion()
    for share in (0, 0.5, 1):
        kept = rng.uniform(size=n_rows) >= share
        x = np.where(kept[:, None], y, 0)
        assert cost(x, target) == plain(x[kept], target[kept])
        wanted = np.zeros_like(x)
        wanted[kept] = plain.backward(x[kept], target[kept])
        got = cost.backward(x, target)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, wanted)


def test_all_zeros_cost_nothing():
    cost = masked(nn.ClassNLLCriterion())
    cost.backward(Y, np.array([0, 1, 0, 1]))
    for n in (4, 0):
        y, target = np.zeros((n, 2)), np.zeros(n, int)
        assert cost(y, target) == 0.0 and type(cost.C) is float
        np.testing.assert_array_equal(cost.backward(y, target), y)
        got = cost.float().backward(y.astype(int), target)
        assert got.dtype == np.float32 and not got.any()


def test_any_number_of_axes_per_sample():
    y = np.zeros((3, 2, 2))
    y[1, 0, 1] = 3
    assert masked(n_input_dim=2)(y, y - 1) == 1
    vector = np.array([0.0, 2.0, 0.0, 3.0])
    cost = masked(nn.MSECriterion(size_average=False), 0)
    assert cost(vector, np.ones(4)) == 1 + 4
    np.testing.assert_array_equal(cost.backward(vector, np.ones(4)), [0, 2, 0, 4])


def test_of_a_table_the_first_array_tells():
    cost, plain = masked(nn.CosineEmbeddingCriterion()), nn.CosineEmbeddingCriterion()
    y, target = [Y, Y + 1], np.array([1.0, 1.0, -1.0, 1.0])
    rows = [a[KEPT] for a in y]
    assert cost(y, target) == plain(rows, target[KEPT])
    got, wanted = cost.backward(y, target), plain.backward(rows, target[KEPT])
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(a[KEPT], b)
        np.testing.assert_array_equal(a[[0, 2]], np.zeros((2, 2)))
    inner = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.ClassNLLCriterion())
    nested = masked(nn.ParallelCriterion().add(inner))
    target = [[TARGET, np.array([0, 1, 0, 1])]]
    assert nested([[Y, Y]], target) == 11 / 4 - (4 + 2) / 2


def test_without_a_target():
    assert masked(nn.L1Cost())(Y) == 7
    np.testing.assert_array_equal(masked(nn.L1Cost()).backward(Y), np.sign(Y))


def test_nan_is_not_0():
    y = Y.copy()
    y[0, 1] = np.nan
    assert np.isnan(masked()(y, TARGET))
    np.testing.assert_array_equal(np.isnan(masked().backward(y, TARGET)), np.isnan(y))


@pytest.mark.parametrize("order", ["C", "F"])
def test_nothing_large_is_allocated_for_rows_that_are_left_out(order):
    rng = np.random.default_rng(0)
    y = np.array(rng.standard_normal((40000, 4)), order=order)
    y[rng.uniform(size=len(y)) < 0.5] = 0
    target = np.ones_like(y)
    cost = masked()
    for verb in (cost.forward, cost.backward):
        assert taken_again(lambda verb=verb: verb(y, target)) < y.nbytes // 8
    with_labels = masked(nn.CrossEntropyCriterion())
    labels = np.zeros(len(y), int)
    for verb in (with_labels.forward, with_labels.backward):
        assert taken_again(lambda verb=verb: verb(y, labels)) < y.nbytes // 8


def test_entries_apart_in_memory_and_arguments_that_cannot_be_written_to():
    wide, target = np.zeros((8, 4)), np.zeros((8, 4))
    y, t = wide[::2, ::2], target[::2, ::2]
    y[...], t[...] = Y, TARGET
    y.flags.writeable = t.flags.writeable = False
    cost = masked()
    assert cost(y, t) == 11 / 4
    np.testing.assert_array_equal(cost.backward(y, t), masked().backward(Y, TARGET))


def test_what_the_criterion_refuses_changes_nothing():
    cost = masked(nn.ClassNLLCriterion())
    C, dC_dy = cost(Y, np.zeros(4, int)), cost.backward(Y, np.zeros(4, int))
    before = dC_dy.copy()
    for verb in (cost.forward, cost.backward):
        with pytest.raises(ValueError, match=r"^ClassNLLCriterion\(\): target"):
            verb(Y, np.array([0, 1, 0, 7]))
        assert cost.C == C and cost.dC_dy is dC_dy
        np.testing.assert_array_equal(dC_dy, before)
    assert cost(Y, np.array([9, 0, 9, 0])) == C  # labels of zeros are not looked at


def test_padded_sequences():
    cost = nn.SequencerCriterion(masked(nn.ClassNLLCriterion()))
    y, target = np.array([Y, Y[::-1]]), np.array([[0, 1, 0, 1], [1, 0, 0, 0]])
    assert cost(y, target) == -(4 + 2) / 2 - (2 + 1) / 2
    dC_dy = cost.backward(y, target)
    np.testing.assert_array_equal(dC_dy[0], [[0, 0], [0, -0.5], [0, 0], [0, -0.5]])
    np.testing.assert_array_equal(dC_dy[1], [[0, -0.5], [0, 0], [-0.5, 0], [0, 0]])


def test_copies_and_files(tmp_path):
    cost = masked(nn.ClassNLLCriterion([1, 2]))
    target = np.array([0, 1, 0, 0])
    C, dC_dy = cost(Y, target), copied(cost.backward(Y, target))
    nn.save(cost, tmp_path / "cost.npz")
    for other in (
        cost.clone(),
        copy.deepcopy(cost),
        pickle.loads(pickle.dumps(cost)),
        nn.load(tmp_path / "cost.npz"),
    ):
        assert repr(other) == repr(cost)
        assert other.C is other.dC_dy is other.criterion.dC_dy is None
        assert other(Y, target) == C
        np.testing.assert_array_equal(other.backward(Y, target), dC_dy)
    assert cost.float() is cost and cost.criterion.weights.dtype == np.float32
    cost.backward(Y, target)
    assert cost.clear_state() is cost and cost.criterion.dC_dy is cost.dC_dy is None


@pytest.mark.parametrize(
    "y, target, error, text",
    [
        (Y[0], TARGET, ValueError, r"y has shape \(2,\), expected 2 axes, those of a"),
        (Y[None], TARGET, ValueError, r"y has shape \(1, 4, 2\), expected 2 axes"),
        (
            Y,
            TARGET[:3],
            ValueError,
            r"target has shape \(3, 2\), expected 4 rows, one for each sample of y",
        ),
        ([Y, Y[:3]], TARGET, ValueError, r"y\[1\] has shape \(3, 2\), expected 4 rows"),
        (Y, np.ones(()), ValueError, r"target has shape \(\), expected"),
        (Y, [TARGET, 1], TypeError, r"target\[1\] has type int, expected an array"),
        ([], TARGET, TypeError, "y is a list of 0, expected an array"),
        ("x", TARGET, TypeError, "y has type str, expected an array"),
    ],
)
def test_errors(y, target, error, text):
    cost = masked()
    for verb in (cost.forward, cost.backward):
        with pytest.raises(
            error, match=rf"^MaskZeroCriterion\(MSECriterion\(\), 1\): {text}"
        ):
            verb(y, target)
        assert cost.C is cost.dC_dy is cost.criterion.C is None


def test_errors_of_the_constructor():
    for arguments, error, text in (
        ((nn.Tanh(), 1), TypeError, "criterion has type Tanh, expected a Criterion"),
        ((nn.L1Cost(), "1"), TypeError, "n_input_dim is '1', expected an integer"),
        ((nn.L1Cost(), -1), ValueError, "n_input_dim is -1, expected 0 or more"),
    ):
        with pytest.raises(error, match=f"^MaskZeroCriterion: {text}"):
            nn.MaskZeroCriterion(*arguments)


def test_a_table_may_hold_arrays_of_any_kind():
    cost = masked(nn.ParallelCriterion().add(nn.MSECriterion()))
    flags = np.array([0, 1, 0, 1], bool)
    dC_dy = cost.backward([Y, flags], [TARGET])
    assert map_table(np.shape, dC_dy) == [(4, 2), (4,)]
    assert not dC_dy[1].any() and dC_dy[1].dtype == np.float64
