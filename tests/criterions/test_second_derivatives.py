"""Hessian products and diagonals by hand, and what holds for all criterions."""

import pickle

import numpy as np
import pytest
from cases import CRITERIONS
from memory import taken_again
from numpy.testing import assert_allclose

import nnmods as nn
from criterions.test_all_criterions import BATCHES, EACH, LARGE, arguments_of, arrays
from nnmods.core.tables import copied, map_table
from nnmods.criterions.steps import StepsCriterion
from nnmods.testing.compare import EXACT, require_close, structure


def direction_of(y):
    rng = np.random.default_rng(1)
    return map_table(lambda a: rng.standard_normal(np.shape(a)), y)


def both(criterion, y, target, dy):
    """Return copies of the Hessian product and of the diagonal."""
    product = copied(criterion.hvp(y, target, dy))
    return [product, copied(criterion.diag_hessian(y, target))]


def test_cross_entropy_by_hand():
    cost, y, target = nn.CrossEntropyCriterion(), np.log([[1.0, 3.0]]), np.array([1])
    product, diagonal = both(cost, y, target, np.array([[1.0, 0.0]]))
    assert_allclose(product, [[3 / 16, -3 / 16]], EXACT)  # p * (dy - 1/4)
    assert_allclose(diagonal, [[3 / 16, 3 / 16]], EXACT)


def test_binary_cross_entropy_by_hand():
    y, target = np.log([1.0, 3.0]), np.array([1.0, 0.0])
    cost = nn.BCEWithLogitsCriterion(pos_weight=3.0)
    assert_allclose(cost.diag_hessian(y, target), [3 / 8, 3 / 32], EXACT)
    cost = nn.BCECriterion(size_average=False)
    p = np.array([0.5, 0.75])
    assert_allclose(cost.diag_hessian(p, target), [4, 16], 1e-10)
    certain = np.array([1.0, 0.0])
    assert_allclose(cost.diag_hessian(certain, target), [1, 1], 1e-10)


def test_huber_by_hand():
    cost, y = nn.HuberCriterion(2.0, False), np.array([1.0, -2.0, 5.0])
    assert_allclose(cost.hvp(y, np.zeros(3), np.array([3.0, 4.0, 5.0])), [3, 0, 0])


def test_gaussian_by_hand():
    cost = nn.GaussianNLLCriterion()
    y, target = [np.array([3.0]), np.array([4.0])], np.array([1.0])
    one, none = np.ones(1), np.zeros(1)
    assert_allclose(cost.hvp(y, target, [one, none]), [[1 / 4], [-1 / 8]], EXACT)
    assert_allclose(cost.hvp(y, target, [none, one]), [[-1 / 8], [1 / 32]], EXACT)
    assert_allclose(cost.diag_hessian(y, target), [[1 / 4], [1 / 32]], EXACT)


def test_gaussian_below_the_smallest_variance():
    cost = nn.GaussianNLLCriterion(eps=0.5)
    y, target = [np.array([3.0]), np.array([0.1])], np.array([1.0])
    product, diagonal = both(cost, y, target, [np.ones(1), np.ones(1)])
    assert_allclose(product, [[2], [0]])
    assert_allclose(diagonal, [[2], [0]])


def test_cosine_by_hand():
    y = [np.array([3.0, 4.0]), np.array([5.0, 0.0])]
    diagonal = nn.CosineEmbeddingCriterion().diag_hessian(y, 1)
    assert_allclose(diagonal[0], [0.04608, -0.02208], EXACT)


def test_triplet_by_hand():
    cost = nn.TripletMarginCriterion(eps=0)
    y = [np.array([a]) for a in ([0.0, 0.0], [3.0, 4.0], [0.0, 2.0])]
    dy = [np.zeros((1, 2)), np.array([[1.0, 0.0]]), np.zeros((1, 2))]
    (by_a, by_b, by_c), diagonal = both(cost, y, None, dy)
    assert_allclose(by_b, [[0.128, -0.096]], EXACT)  # (u - s (s . u)) / 5
    assert_allclose(by_a, -by_b, EXACT)
    assert_allclose(by_c, [[0, 0]])
    assert_allclose(diagonal[0], [[0.128 - 0.5, 0.072]], EXACT)


@pytest.mark.parametrize("p", [0.5, 1.5, 2, 3])
def test_triplet_without_a_distance_has_no_curvature(p):
    y = [np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3))]
    cost = nn.TripletMarginCriterion(p=p, eps=0)
    for result in both(cost, y, None, direction_of(y)):
        assert not np.any(result)


def test_squared_margins_by_hand():
    cost, y = nn.MultiMarginCriterion(2), np.array([1.0, 1.5, -3.0])
    product, diagonal = both(cost, y, 0, np.array([1.0, 4.0, 7.0]))
    assert_allclose(product, [-2, 2, 0], EXACT)  # 2 / 3 * (4 - 1)
    assert_allclose(diagonal, [2 / 3, 2 / 3, 0], EXACT)


def test_alignments_by_hand():
    y = np.log([[0.5, 0.5], [0.25, 0.75]])
    target = [np.array([1]), 2, 1]  # as (1, 1), (0, 1), (1, 0): 3, 3 and 1 sevenths
    product, diagonal = both(nn.CTCCriterion(), y, target, np.array([[1, 0], [0, 0]]))
    assert_allclose(49 * product, [[-12, 12], [3, -3]], EXACT)
    assert_allclose(49 * diagonal, [[-12, -12], [-6, -6]], EXACT)


def test_no_alignment():
    y, target = np.zeros((1, 3)), [np.array([1, 2]), 1, 2]
    dy = np.ones((1, 3))
    assert np.isnan(nn.CTCCriterion().hvp(y, target, dy)).any()
    for result in both(nn.CTCCriterion(zero_infinity=True), y, target, dy):
        assert not result.any()


def test_through_a_module():
    y, target = np.array([2.0]), np.array([1.0])
    cost = nn.ModuleCriterion(nn.MSECriterion(), nn.Square())
    product, diagonal = both(cost, y, target, np.array([3.0]))
    assert_allclose(product, [3 * 44], EXACT)  # (y^2 - t)^2: 12 y^2 - 4 t
    assert_allclose(diagonal, [44], EXACT)


def test_gradients_of_a_module_stay():
    with pytest.warns(UserWarning, match="has parameters"):
        cost = nn.ModuleCriterion(nn.MSECriterion(), nn.Linear(3, 2))
    y, target = np.ones((4, 3)), np.zeros((4, 2))
    (weight, _), (grad, _) = cost.input_module.parameters()
    grad[...] = 7
    product = cost.hvp(y, target, 2 * np.ones((4, 3)))
    assert_allclose(product, 2 / 8 * 2 * np.ones((4, 3)) @ weight.T @ weight, EXACT)
    assert (grad == 7).all()


@pytest.mark.parametrize("cls", [nn.CrossEntropyCriterion, nn.FocalCriterion])
@pytest.mark.parametrize("options", [{}, {"weights": [1.0, 2.0, 3.0]}])
def test_ignored_labels_have_no_curvature(cls, options):
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((4, 3)), np.array([0, 1, 2, 1])
    results = both(cls(ignore_index=1, **options), y, target, direction_of(y))
    for result in results:
        assert not result[1::2].any() and result[::2].all()
    for result in both(cls(ignore_index=1), y, np.ones(4, int), direction_of(y)):
        assert not result.any()


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2])
@pytest.mark.parametrize("label", [0, 1])
def test_large_scores_do_not_overflow(gamma, label):
    target = np.array([label])
    for dtype in (np.float32, np.float64):
        y = np.array([[1e30, -1e30]], dtype)
        for cost in (nn.CrossEntropyCriterion(), nn.FocalCriterion(gamma)):
            for result in both(cost, y, target, np.ones((1, 2), dtype)):
                assert (result == 0).all()
        for cost in (nn.BCEWithLogitsCriterion(), nn.SoftMarginCriterion()):
            for result in both(cost, y, np.ones((1, 2)), np.ones((1, 2), dtype)):
                assert (result == 0).all()


@pytest.mark.parametrize("cls", [nn.CrossEntropyCriterion, nn.FocalCriterion])
def test_blocks_of_rows_change_nothing(cls, monkeypatch):
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((50, 7)), rng.integers(0, 7, 50)
    dy = direction_of(y)
    wanted = both(cls(), y, target, dy)
    size = "nnmods.criterions.labelled_rows.BLOCK_BYTES"
    monkeypatch.setattr(size, 7 * y[0].nbytes)
    for order in "CF":
        got = both(cls(), np.array(y, order=order), target, dy)
        require_close(cls(), "in blocks", got, wanted, EXACT)


@EACH
def test_arguments_stay_and_need_no_order(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    wanted = both(criterion, y, target, dy)

    def apart(a):
        if not isinstance(a, np.ndarray) or not a.ndim:
            return a
        wide = np.zeros([2 * n for n in a.shape], a.dtype)
        view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
        view[...] = a
        view.flags.writeable = False
        return view

    got = both(case.make(), *(map_table(apart, t) for t in (y, target, dy)))
    require_close(criterion, "of entries apart", got, wanted, 1e-13)
    turned = [map_table(np.asfortranarray, t) for t in (y, dy)]
    got = both(criterion, turned[0], target, turned[1])
    require_close(criterion, "in Fortran order", got, wanted, 1e-13)


@EACH
def test_results_lie_in_memory_of_their_own(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    dC_dy = criterion.backward(y, target)
    slope = copied(dC_dy)
    first = criterion.hvp(y, target, dy)
    product = copied(first)
    diagonal = criterion.diag_hessian(y, target)
    places = [arrays(t) for t in (y, dy, dC_dy, first, diagonal)]
    for i, mine in enumerate(places):
        for others in places[i + 1 :]:
            assert not any(np.shares_memory(a, b) for a in mine for b in others)
    require_close(criterion, "dC_dy", dC_dy, slope, 0)
    twice = copied(criterion.hvp(y, target, copied(product)))
    again = criterion.hvp(y, target, dy)
    require_close(criterion, "again", again, product, EXACT)
    require_close(criterion, "twice", criterion.hvp(y, target, again), twice, EXACT)


@EACH
def test_of_no_samples(case):
    y, target = arguments_of(case)
    if case.batch:
        y, target = map_table(lambda a: a[:0] if np.ndim(a) else a, [y, target])
        for result in both(case.make(), y, target, direction_of(y)):
            assert structure(result) == structure(y)


@EACH
def test_a_direction_unlike_y_is_refused(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    longer = map_table(lambda a: np.zeros((*a.shape, 2)), dy)
    for wrong in (longer, None, "nonsense", [dy], 1j * np.ones(3)):
        with pytest.raises((ValueError, TypeError), match="dy") as info:
            criterion.hvp(y, target, wrong)
        assert "\n" not in str(info.value)
    criterion.hvp(y, target, dy)


@EACH
def test_wrong_arguments_are_refused(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    wrong = [("nonsense", target), (None, target), ([None] * 3, target)]
    wrong += [] if target is None else [(y, "nonsense"), (y, {}), (y, None)]
    for pair in wrong:
        for verb, more in ((criterion.hvp, (dy,)), (criterion.diag_hessian, ())):
            with pytest.raises((ValueError, TypeError)):
                verb(*pair, *more)
    both(criterion, y, target, dy)


@EACH
def test_nan_passes_quietly(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    y = map_table(np.array, y)
    next(iter(arrays(y))).flat[0] = np.nan
    both(criterion, y, target, dy)


@pytest.mark.parametrize("case", BATCHES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(case, dtype):
    y, target = arguments_of(case)
    criterion = case.make().astype(dtype)
    if hasattr(criterion, "input_module") or isinstance(criterion, StepsCriterion):
        return  # each entry of y takes its time, or each step
    times = -(-LARGE // sum(a.nbytes for a in arrays(y)))

    def enlarged(a):
        if not isinstance(a, np.ndarray) or not a.ndim:
            return a
        a = np.concatenate([a] * times)
        return a.astype(dtype) if a.dtype.kind == "f" else a

    y, target = map_table(enlarged, y), map_table(enlarged, target)
    dy = map_table(lambda a: np.ones(a.shape, dtype), y)
    nn.set_num_threads(1)  # or what NumPy takes for a moment counts once for each
    try:
        assert taken_again(lambda: criterion.hvp(y, target, dy)) < LARGE // 4
        assert taken_again(lambda: criterion.diag_hessian(y, target)) < LARGE // 4
    finally:
        nn.set_num_threads()


@EACH
def test_copies_leave_results_behind(case):
    y, target = arguments_of(case)
    criterion, dy = case.make(), direction_of(y)
    wanted = both(criterion, y, target, dy)
    for other in (criterion.clone(), pickle.loads(pickle.dumps(criterion))):
        assert other._ddC_dy is other._d2C_dy2 is None
        require_close(criterion, "of a copy", both(other, y, target, dy), wanted, 0)


def test_a_criterion_without_curvature_needs_no_formula():
    class Sum(nn.Criterion):
        curved = False

        def forward(self, y, target):
            return float(y.sum())

        def backward(self, y, target):
            return np.ones_like(y)

    y = np.ones((2, 3), np.float32)
    for result in both(Sum(), y, None, y):
        assert result.dtype == np.float32 and structure(result) == (2, 3)
        assert not result.any()


def test_a_criterion_without_a_formula_says_so():
    class Cubes(nn.Criterion):
        def backward(self, y, target):
            return 3 * y**2

    with pytest.raises(NotImplementedError, match="hvp.* is not written; second"):
        Cubes().hvp(np.ones(2), None, np.ones(2))


def test_all_but_the_general_case_have_a_diagonal_of_their_own():
    general = nn.Criterion.diag_hessian
    for name in CRITERIONS:
        assert (
            getattr(nn, name).diag_hessian is not general
            or not getattr(nn, name).curved
        ), name
