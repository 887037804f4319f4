"""SequencerCriterion and RepeaterCriterion."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.tables import copied

Y = np.array([[1.0, 4.0], [2.0, 2.0], [0.0, 1.0]])
TARGET = np.array([[1.0, 2.0], [0.0, 2.0], [1.0, 1.0]])
BOTH = pytest.mark.parametrize("cls", [nn.SequencerCriterion, nn.RepeaterCriterion])


def squares(average=None):
    return nn.SequencerCriterion(nn.MSECriterion(size_average=False), average)


def target_of(cls, target):
    return target if cls is nn.SequencerCriterion else target[0]


def test_each_step_has_its_own_target():
    cost = squares()
    assert cost(Y, TARGET) == 4 + 4 + 1
    dC_dy = cost.backward(Y, TARGET)
    np.testing.assert_array_equal(dC_dy, [[0, 4], [4, 0], [-2, 0]])
    assert cost.C == 9 and cost.dC_dy is dC_dy


def test_the_mean_over_the_steps():
    cost = squares(True)
    assert cost(Y, TARGET) == 3
    wanted = np.array([[0, 4], [4, 0], [-2, 0]]) / 3
    np.testing.assert_array_equal(cost.backward(Y, TARGET), wanted)


@pytest.mark.parametrize("average", [False, True])
def test_one_target_for_all_steps(average):
    cost = nn.RepeaterCriterion(nn.MSECriterion(size_average=False), average)
    T = 3 if average else 1
    assert cost(Y, TARGET[0]) == (4 + 1 + 2) / T
    wanted = np.array([[0, 4], [2, 0], [-2, -2]]) / T
    np.testing.assert_array_equal(cost.backward(Y, TARGET[0]), wanted)


@BOTH
def test_a_table_costs_what_an_array_does(cls):
    cost, target = cls(nn.MSECriterion(), True), target_of(cls, TARGET)
    C, dC_dy = cost(Y, target), cost.backward(Y, target).copy()
    for make in (list, tuple):
        y, t = make(Y), target if target.ndim == 1 else make(target)
        assert cost(y, t) == C
        got = cost.backward(y, t)
        assert type(got) is list
        np.testing.assert_array_equal(got, dC_dy)


@BOTH
def test_the_number_of_steps_may_change(cls):
    cost = cls(nn.MSECriterion(), True)
    alone = [cls(nn.MSECriterion(), True) for _ in range(4)]
    for n in (3, 1, 2, 3):
        for form in (np.array, list):
            y, target = form(Y[:n]), target_of(cls, form(TARGET[:n]))
            assert cost(y, target) == alone[n](y, target)
            got, wanted = cost.backward(y, target), alone[n].backward(y, target)
            np.testing.assert_array_equal(got, wanted)


@BOTH
def test_no_steps_cost_nothing(cls):
    cost = cls(nn.MSECriterion(), True)
    target = np.zeros((0, 2))
    assert cost(np.zeros((0, 2)), target) == 0 == cost([], [])
    assert cost.backward(np.zeros((0, 2)), target).shape == (0, 2)
    assert cost.backward([], []) == []


def test_steps_may_differ_in_shape():
    cost = squares()
    y, target = [np.ones(3), np.ones((2, 1)), np.ones(())], [np.zeros(3)]
    target += [np.full((2, 1), 3.0), np.zeros(())]
    assert cost(y, target) == 3 + 8 + 1
    for got, wanted in zip(
        cost.backward(y, target), [[2, 2, 2], [[-4], [-4]], 2], strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


def test_steps_may_be_tables():
    cost = nn.SequencerCriterion(nn.MarginRankingCriterion(1), True)
    one, two = np.array([1.0]), np.array([2.5])
    y = [[one, two], [one, two]]
    target = [np.array([1.0]), np.array([-1.0])]
    assert cost(y, target) == (1.5 + 1) / 2
    np.testing.assert_array_equal(
        cost.backward(y, target), [[[-0.5], [0.5]], [[0], [0]]]
    )


def test_steps_of_one_number_or_with_one_label():
    cost = squares()
    assert cost(Y[:, 0], TARGET[:, 0]) == 0 + 4 + 1
    np.testing.assert_array_equal(cost.backward(Y[:, 0], TARGET[:, 0]), [0, 4, -2])
    cost = nn.SequencerCriterion(nn.ClassNLLCriterion())
    for target in (np.array([1, 0, 1]), np.array([1.0, 0.0, 1.0])):
        assert cost(Y, target) == -(4 + 2 + 1)
        wanted = [[0, -1], [-1, 0], [0, -1]]
        np.testing.assert_array_equal(cost.backward(Y, target), wanted)
    assert cost(list(Y), [1, 0, 1]) == -(4 + 2 + 1)


@BOTH
def test_a_criterion_without_a_target(cls):
    cost = cls(nn.L1Cost())
    assert cost(Y) == 10 == cost(list(-Y))
    np.testing.assert_array_equal(cost.backward(Y), np.sign(Y))


@BOTH
def test_sequences_of_sequences(cls):
    cost = cls(nn.SequencerCriterion(nn.MSECriterion()))
    y, target = np.array([Y, Y]), np.array([TARGET, TARGET])
    assert cost(y, target_of(cls, target)) == 9
    np.testing.assert_array_equal(
        cost.backward(y, target_of(cls, target))[1], [[0, 2], [2, 0], [-1, 0]]
    )


@BOTH
def test_dtypes(cls):
    cost, target = cls(nn.MSECriterion(), True), target_of(cls, TARGET)
    assert cost.backward(Y.astype(np.float32), target).dtype == np.float32
    assert cost.backward(Y.astype(int), target).dtype == np.float64
    assert cost.float() is cost and cost.dtype == np.float32
    assert cost.criterion.dtype == np.float32
    assert cost.backward(Y.astype(int), target).dtype == np.float32
    assert cost.backward(np.zeros((0, 2), int), target[:0]).dtype == np.float32


@BOTH
def test_nan_passes(cls):
    y, target = Y.copy(), target_of(cls, TARGET)
    y[1, 0] = np.nan
    cost = cls(nn.MSECriterion())
    assert np.isnan(cost(y, target))
    got = np.isnan(cost.backward(y, target))
    np.testing.assert_array_equal(got, np.isnan(y))


@BOTH
def test_settings_of_the_criterion_are_those_in_force(cls):
    cost, target = cls(nn.MSECriterion()), target_of(cls, TARGET)
    C = cost(Y, target)
    cost.criterion.size_average = False
    assert cost(Y, target) == 2 * C


@BOTH
def test_copies_and_files(cls, tmp_path):
    cost = cls(nn.ClassNLLCriterion([1, 2]), True)
    y, target = np.array([Y, Y]), target_of(cls, np.array([[0, 1, 1], [1, 1, 0]]))
    C, dC_dy = cost(y, target), cost.backward(y, target)
    nn.save(cost, tmp_path / "cost.npz")
    for other in (
        cost.clone(),
        copy.deepcopy(cost),
        pickle.loads(pickle.dumps(cost)),
        nn.load(tmp_path / "cost.npz"),
    ):
        assert type(other) is cls and repr(other) == repr(cost)
        assert other.C is other.dC_dy is other.criterion.dC_dy is None
        assert other(y, target) == C
        np.testing.assert_array_equal(other.backward(y, target), dC_dy)
    assert cost.clear_state() is cost
    assert cost.dC_dy is cost.criterion.dC_dy is cost.criterion.C is None


def test_a_repeated_criterion_may_have_modules():
    cost = nn.RepeaterCriterion(
        nn.ModuleCriterion(nn.MSECriterion(size_average=False), nn.Square())
    )
    assert cost(Y, TARGET[0]) == 14**2 + 3**2 + 2**2 + 1 + 1
    wanted = 4 * Y * (Y**2 - TARGET[0])
    np.testing.assert_array_equal(cost.backward(Y, TARGET[0]), wanted)


def test_modules_go_around_a_sequence():
    with pytest.raises(TypeError) as caught:
        nn.SequencerCriterion(nn.ModuleCriterion(nn.MSECriterion()))
    assert str(caught.value) == (
        "SequencerCriterion: criterion has type ModuleCriterion, expected one without "
        "modules; put it around the SequencerCriterion"
    )
    cost = nn.ModuleCriterion(squares(), nn.Sequencer(nn.Square()))
    assert cost(Y, TARGET) == 14**2 + 4**2 + 2**2 + 1


@BOTH
def test_what_is_no_criterion_is_refused(cls):
    with pytest.raises(
        TypeError, match=f"^{cls.__name__}: criterion has type Tanh, expected a Crit"
    ):
        cls(nn.Tanh())


def test_errors_of_sequencer():
    cost = nn.SequencerCriterion(nn.MSECriterion())
    for verb in (cost.forward, cost.backward):
        for y, target, error, text in (
            (Y, TARGET[:2], ValueError, "target has 2 steps, expected 3, as y has"),
            (list(Y), list(TARGET[:2]), ValueError, "target has 2 entries, expected 3"),
            (Y, list(TARGET), TypeError, "target is a table of 3, expected an array"),
            (list(Y), TARGET, TypeError, r"target has shape \(3, 2\), expected a tabl"),
            (np.ones(()), TARGET, ValueError, r"y has shape \(\), expected"),
            (Y, np.ones(()), ValueError, r"target has shape \(\), expected"),
            ([Y, "x"], [Y, Y], TypeError, "y has type str, expected an array"),
        ):
            with pytest.raises(
                error, match=rf"^SequencerCriterion\(MSECriterion\(\)\): {text}"
            ):
                verb(y, target)
            assert cost.C is cost.dC_dy is cost.criterion.C is None


@BOTH
def test_what_the_criterion_refuses_names_the_step(cls):
    cost = cls(nn.ClassNLLCriterion())
    y, target = list(Y), [1, 0, 5]
    y[2] = Y if cls is nn.RepeaterCriterion else y[2]
    target = target_of(cls, target)
    for verb in (cost.forward, cost.backward):
        with pytest.raises(ValueError, match=r"^ClassNLLCriterion\(\): ") as caught:
            verb(y, target)
        assert caught.value.__notes__ == [f"in step 2 of {cls.__name__}"]
        assert cost.C is None and cost.dC_dy is None
    right = [1, 0, 1] if cls is nn.SequencerCriterion else 1
    assert cost(list(Y), right) < 0


@BOTH
def test_repr(cls):
    name = cls.__name__
    assert repr(cls(nn.L1Cost())) == f"{name}(L1Cost())"
    cost = cls(nn.MSECriterion(False), size_average=True)
    wanted = f"{name}(MSECriterion(size_average=False), size_average=True)"
    assert repr(cost) == wanted


@BOTH
def test_gradients_of_an_error_free_call_are_the_callers_until_the_next(cls):
    cost, target = cls(nn.MSECriterion()), target_of(cls, TARGET)
    got = cost.backward(list(Y), target if target.ndim == 1 else list(target))
    kept = copied(got)
    cost.forward(Y * 2, target)
    cost.criterion.backward(Y, TARGET)
    np.testing.assert_array_equal(got, kept)
