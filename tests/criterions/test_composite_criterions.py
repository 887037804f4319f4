"""MultiCriterion, ParallelCriterion and ModuleCriterion."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.tables import copied, map_table

Y, TARGET = np.array([1.0, 4.0]), np.array([1.0, 2.0])


def both():
    return nn.MultiCriterion().add(nn.MSECriterion(), 0.5).add(nn.AbsCriterion())


def test_multi():
    cost = both()
    assert cost(Y, TARGET) == 0.5 * 2 + 1 and cost.weights == [0.5, 1.0]
    np.testing.assert_array_equal(cost.backward(Y, TARGET), [0 + 0.5, 1 + 0.5])


def test_multi_of_tables():
    cost = nn.MultiCriterion().add(nn.MarginRankingCriterion(), 2)
    cost.add(nn.CosineEmbeddingCriterion(), 3)
    y = [Y, TARGET]
    with pytest.raises(
        ValueError, match=r"MarginRankingCriterion\(\): target has shap"
    ):
        cost(y, 1)
    cost = nn.MultiCriterion().add(nn.L1HingeEmbeddingCriterion(), 2)
    cost.add(nn.CosineEmbeddingCriterion(), 3)
    parts = [criterion.backward(y, 1) for criterion in cost.criterions]
    wanted = map_table(lambda a, b: 2 * a + 3 * b, *parts)
    np.testing.assert_allclose(cost.backward(y, 1), wanted, 1e-15)


def test_multi_of_none_costs_nothing():
    assert nn.MultiCriterion()(Y, TARGET) == 0
    got = nn.MultiCriterion().backward([Y, [Y]], TARGET)
    np.testing.assert_array_equal(got[0], [0, 0])
    np.testing.assert_array_equal(got[1][0], [0, 0])


def test_one_criterion_may_be_added_twice():
    mse = nn.MSECriterion()
    cost = nn.MultiCriterion().add(mse).add(mse, 2)
    assert cost(Y, TARGET) == 6
    np.testing.assert_array_equal(cost.backward(Y, TARGET), [0, 6])
    cost = nn.ParallelCriterion(True).add(mse).add(mse, 2)
    np.testing.assert_array_equal(cost.backward([Y, 2 * Y], TARGET), [[0, 2], [2, 12]])


def test_parallel():
    cost = nn.ParallelCriterion().add(nn.MSECriterion(), 0.5)
    cost.add(nn.ClassNLLCriterion(), 2)
    y = [Y, np.log([[0.5, 0.5], [0.25, 0.75]])]
    for target in ([TARGET, np.array([0, 1])], (TARGET, np.array([0.0, 1.0]))):
        C = 0.5 * 2 + np.log(2 * 4 / 3)
        assert cost(y, target) == pytest.approx(C, rel=1e-14)
        dC_dy = cost.backward(y, target)
        np.testing.assert_array_equal(dC_dy[0], [0, 1])
        np.testing.assert_array_equal(dC_dy[1], [[-1, 0], [0, -1]])


def test_parallel_within_parallel():
    inner = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.AbsCriterion(), 0.1)
    cost = nn.ParallelCriterion().add(nn.MSECriterion()).add(inner, 3)
    y, target = [Y, [Y, Y]], [TARGET, [TARGET, TARGET]]
    assert cost(y, target) == pytest.approx(2 + 3 * (2 + 0.1), rel=1e-15)
    dC_dy = cost.backward(y, target)
    np.testing.assert_array_equal(dC_dy[0], [0, 2])
    np.testing.assert_allclose(dC_dy[1], [[0, 6], [0.15, 0.15]], rtol=1e-15)


def test_parallel_takes_arrays_apart():
    cost = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.MSECriterion(), 2)
    y, target = np.array([Y, TARGET]), np.array([TARGET, Y])
    assert cost(y, target) == 6
    np.testing.assert_array_equal(cost.backward(y, target), [[0, 2], [0, -4]])
    labels = nn.ParallelCriterion().add(nn.CrossEntropyCriterion())
    assert labels(y, np.array([1])) == pytest.approx(np.log(1 + np.exp(-3)), rel=1e-14)


def test_entries_without_a_criterion_cost_nothing():
    cost, y = nn.ParallelCriterion().add(nn.MSECriterion()), [Y, [Y, Y]]
    cost.backward(y, [TARGET])
    cost.dC_dy[1][0][...] = 7
    got = cost.backward(y, [TARGET, TARGET])
    assert cost(y, [TARGET]) == 2
    np.testing.assert_array_equal(got[1], np.zeros((2, 2)))


def test_a_target_for_all():
    cost = nn.ParallelCriterion(repeat_target=True).add(nn.MSECriterion())
    cost.add(nn.AbsCriterion())
    assert cost([Y, Y], TARGET) == 3
    np.testing.assert_array_equal(cost.backward([Y, Y], TARGET), [[0, 2], [0.5, 0.5]])
    no_target = nn.ParallelCriterion().add(nn.L1Cost(), 2)
    assert no_target([Y]) == 10
    np.testing.assert_array_equal(no_target.backward([Y]), [[2, 2]])


def test_errors_of_parallel():
    cost = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.MSECriterion())
    for verb in (cost.forward, cost.backward):
        text = "ParallelCriterion: y has 1 entries, expected 2, one for each criterion"
        with pytest.raises(ValueError, match=text):
            verb([Y], [TARGET, TARGET])
        with pytest.raises(
            ValueError, match="target has 1 entries, expected 2, one fo"
        ):
            verb([Y, Y], [TARGET])
        with pytest.raises(TypeError, match="target has type int, expected an array"):
            verb([Y, Y], 1)
        with pytest.raises(ValueError, match=r"y has shape \(2,\), expected"):
            verb(Y, TARGET)
    for cls in (nn.ParallelCriterion, nn.MultiCriterion):
        with pytest.raises(TypeError, match="criterion has type Tanh, expected a Crit"):
            cls().add(nn.Tanh())
        cost = cls()
        with pytest.raises(TypeError, match=f"^{cls.__name__}: weight has type str"):
            cost.add(nn.MSECriterion(), "x")
        assert cost.criterions == [] == cost.weights


@pytest.mark.parametrize("cls", [nn.MultiCriterion, nn.ParallelCriterion])
def test_conversion_and_clearing_reach_the_criterions(cls):
    cost = cls().add(nn.ClassNLLCriterion([1, 2]))
    part, y, target = cost.criterions[0], np.zeros((1, 2)), np.array([0])
    if cls is nn.ParallelCriterion:
        y, target = [y], [target]
    cost(y, target)
    assert cost.float() is cost and part.weights.dtype == np.float32
    cost(y, target)
    cost.backward(y, target)
    for other in (copy.deepcopy(cost), pickle.loads(pickle.dumps(cost))):
        assert other.dC_dy is None and other.criterions[0].C is None
        assert other(y, target) == cost.C
    assert part.dC_dy is not None
    assert cost.clear_state() is cost and part.dC_dy is None and cost.dC_dy is None


def test_repr_of_composites():
    inner = nn.ParallelCriterion(True).add(nn.L1Cost())
    assert repr(nn.MultiCriterion()) == "MultiCriterion()"
    assert repr(nn.MultiCriterion().add(nn.MSECriterion(), 0.5).add(inner)) == (
        "MultiCriterion(\n  (0): 0.5 * MSECriterion()\n"
        "  (1): 1 * ParallelCriterion(repeat_target=True,\n"
        "    (0): 1 * L1Cost()\n  )\n)"
    )


def test_module_criterion():
    cost = nn.ModuleCriterion(nn.MSECriterion(), nn.Tanh(), nn.Sigmoid())
    y, t = np.tanh(Y), 1 / (1 + np.exp(-TARGET))
    assert cost(Y, TARGET) == pytest.approx(((y - t) ** 2).mean(), rel=1e-14)
    wanted = (y - t) * (1 - y * y)
    np.testing.assert_allclose(cost.backward(Y, TARGET), wanted, 1e-12)
    plain = nn.ModuleCriterion(nn.MSECriterion())
    assert plain(Y, TARGET) == 2
    np.testing.assert_array_equal(plain.backward(Y, TARGET), [0, 2])


def net():
    return nn.Sequential(nn.Tanh(), nn.Sigmoid())


def test_module_criterion_needs_no_forward_and_sees_what_changed():
    cost, y, target = nn.ModuleCriterion(nn.MSECriterion(), net(), net()), Y * 1, TARGET
    wanted = cost.backward(y, target).copy()
    cost.forward(y[::-1], target)
    np.testing.assert_array_equal(cost.backward(y, target), wanted)
    cost.forward(y, target)
    y *= 2  # in the same memory
    other = nn.ModuleCriterion(nn.MSECriterion(), net(), net()).backward(y, target)
    np.testing.assert_array_equal(cost.backward(y, target), other)
    target = TARGET[::-1]
    other = nn.ModuleCriterion(nn.MSECriterion(), net(), net()).backward(y, target)
    np.testing.assert_array_equal(cost.backward(y, target), other)


def test_module_criterion_without_a_module_takes_what_it_is_given():
    cost, y = nn.ModuleCriterion(nn.MSECriterion(), None, net()), Y * 1
    cost.forward(y, TARGET)
    before = y.copy()
    y[...] = 100
    wanted = nn.ModuleCriterion(nn.MSECriterion(), None, net()).backward(before, TARGET)
    np.testing.assert_array_equal(cost.backward(before, TARGET), wanted)


def test_a_random_module_does_not_draw_anew_for_backward():
    cost, y = nn.ModuleCriterion(nn.L1Cost(), nn.Dropout(0.5, rng=0)), np.ones(100)
    assert cost.forward(y) == np.count_nonzero(cost.backward(y)) * 2
    assert cost.backward(y.copy()).sum() == cost.C


def test_module_criterion_of_tables():
    cost = nn.ModuleCriterion(nn.MSECriterion(), nn.CAddTable())
    y = [Y, Y]
    assert cost(y, TARGET) == (1 + 36) / 2
    np.testing.assert_array_equal(cost.backward(y, TARGET), [[1, 6], [1, 6]])


def test_conversion_and_clearing_reach_the_modules():
    for cast in (True, False):
        f, g = nn.Tanh(), nn.Tanh()
        cost = nn.ModuleCriterion(nn.ClassNLLCriterion([1, 2]), f, g, cast_target=cast)
        assert cost.float() is cost and f.dtype == np.float32
        assert cost.criterion.weights.dtype == np.float32
        assert g.dtype == (np.float32 if cast else np.float64)
    cost = nn.ModuleCriterion(nn.MSECriterion(), nn.Tanh())
    cost(Y, TARGET)
    kept = copied(cost.backward(Y, TARGET))
    assert cost.clear_state() is cost
    assert cost.input_module.y is None and cost.criterion.C is None
    np.testing.assert_array_equal(cost.backward(Y, TARGET), kept)


def test_errors_of_module_criterion():
    for arguments, text in (
        ((None,), "criterion has type NoneType, expected a Criterion"),
        ((nn.Tanh(),), "criterion has type Tanh, expected a Criterion"),
        ((nn.MSECriterion(), 1), "input_module has type int, expected a Module"),
        ((nn.MSECriterion(), None, "x"), "target_module has type str, expected a Mod"),
    ):
        with pytest.raises(TypeError, match=f"^ModuleCriterion: {text}"):
            nn.ModuleCriterion(*arguments)
    with pytest.warns(UserWarning, match="input_module has parameters, expected none"):
        nn.ModuleCriterion(nn.MSECriterion(), nn.Linear(2, 2))
    assert repr(nn.ModuleCriterion(nn.MSECriterion(), None, nn.Tanh(), False)) == (
        "ModuleCriterion(MSECriterion(), target_module=Tanh(), cast_target=False)"
    )


@pytest.mark.parametrize("cls", [nn.MultiCriterion, nn.ParallelCriterion])
def test_what_a_criterion_refuses_changes_nothing(cls):
    cost = cls().add(nn.MSECriterion()).add(nn.ClassNLLCriterion())
    y, target = np.array([Y, Y]), np.array([Y, Y])
    if cls is nn.ParallelCriterion:
        y, target = [y, y], [target, np.array([0, 9])]
    for verb in (cost.forward, cost.backward):
        with pytest.raises(ValueError, match="ClassNLLCriterion"):
            verb(y, target)
        assert cost.C is None and cost.dC_dy is None


def test_one_module_for_y_and_target():
    shared = net()
    for f, g in ((shared, shared), (shared, nn.Sequential(nn.Identity(), shared))):
        cost = nn.ModuleCriterion(nn.MSECriterion(), f, g)
        apart = nn.ModuleCriterion(nn.MSECriterion(), net(), net())
        for target in (TARGET, TARGET[::-1]):
            for _ in range(2):  # from nothing, and after a forward
                wanted = apart.backward(Y, target)
                np.testing.assert_array_equal(cost.backward(Y, target), wanted)
                assert cost(Y, target) == apart(Y, target) > 0


def test_modules_of_a_criterion_may_be_at_work_elsewhere():
    f, g = nn.Tanh(), nn.Sigmoid()
    cost = nn.ModuleCriterion(nn.MSECriterion(), f, g)
    cost(Y, TARGET)
    f(Y * 3), g(Y * 3)
    wanted = nn.ModuleCriterion(nn.MSECriterion(), nn.Tanh(), nn.Sigmoid())
    got = cost.backward(Y, TARGET)
    np.testing.assert_array_equal(got, wanted.backward(Y, TARGET))


def test_results_of_modules_may_be_tables():
    split = nn.ConcatTable().add(nn.Tanh()).add(nn.Identity())
    inner = nn.ParallelCriterion().add(nn.MSECriterion()).add(nn.AbsCriterion())
    cost = nn.ModuleCriterion(inner, split, split)
    wanted = nn.MSECriterion()(np.tanh(Y), np.tanh(TARGET)) + 1
    for _ in range(2):
        assert cost(Y, TARGET) == pytest.approx(wanted, rel=1e-15)
