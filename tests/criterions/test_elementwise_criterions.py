"""Criterions that sum over entries and compare like with like: their common ground."""

import copy

import numpy as np
import pytest
from memory import taken_again

from nnmods.core import Criterion
from nnmods.criterions import (
    AbsCriterion,
    BCECriterion,
    MSECriterion,
    MultiLabelSoftMarginCriterion,
    SmoothL1Criterion,
)

MAKERS = {
    "MSE": MSECriterion,
    "MSE sum": lambda: MSECriterion(size_average=False),
    "Abs": AbsCriterion,
    "Abs sum": lambda: AbsCriterion(size_average=False),
    "BCE": BCECriterion,
    "BCE sum": lambda: BCECriterion(size_average=False),
    "BCE weights": lambda: BCECriterion([0.5, 2.0, 1.0]),
    "SmoothL1": SmoothL1Criterion,
    "SmoothL1 sum": lambda: SmoothL1Criterion(size_average=False),
    "SoftMargin": MultiLabelSoftMarginCriterion,
    "SoftMargin weights": lambda: MultiLabelSoftMarginCriterion([0.5, 2.0, 1.0], False),
}
EACH = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def pair(*shape):
    """Return y and target in (0.1, 0.9), nowhere equal."""
    rng = np.random.default_rng(0)
    y = rng.uniform(0.1, 0.9, shape)
    return y, np.where(y < 0.5, y + 0.1, y - 0.1)


@EACH
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 5, 3)])
def test_gradient_by_central_differences(make, shape):
    criterion, (y, target) = make(), pair(*shape)
    dC_dy = criterion.backward(y, target)
    assert dC_dy is criterion.dC_dy and dC_dy.shape == shape
    for at in np.ndindex(shape):
        step = np.zeros(shape)
        step[at] = 1e-6
        slope = (criterion(y + step, target) - criterion(y - step, target)) / 2e-6
        # Rounding of a cost of 10, over a step of 1e-6.
        assert dC_dy[at] == pytest.approx(slope, rel=1e-6, abs=2e-9)


@EACH
def test_arguments_stay_and_so_does_the_gradient_through_forward(make):
    criterion, (y, target) = make(), pair(4, 3)
    y.flags.writeable = target.flags.writeable = False
    dC_dy = criterion.backward(y, target)
    before = dC_dy.copy()
    C = criterion.forward(y[::-1], target)
    assert type(C) is float and criterion.C == C
    np.testing.assert_array_equal(dC_dy, before)


@EACH
def test_memory_order_of_y_is_kept_and_strides_do_not_matter(make):
    criterion, (y, target) = make(), pair(4, 3)
    C, dC_dy = criterion.forward(y, target), criterion.backward(y, target).copy()
    fortran = np.asfortranarray(y)
    fresh = make()
    assert fresh.backward(fortran, target).flags.f_contiguous
    np.testing.assert_array_equal(fresh.dC_dy, dC_dy)
    assert fresh.forward(fortran, target) == pytest.approx(C, rel=1e-14)
    wide = np.zeros((8, 6))
    wide[::2, ::2] = y
    assert criterion.forward(wide[::2, ::2], target) == C


@EACH
def test_float32_stays_float32(make):
    criterion, (y, target) = make(), pair(4, 3)
    C, dC_dy = criterion.forward(y, target), criterion.backward(y, target).copy()
    single = y.astype(np.float32)
    for t in (target, target.astype(np.float32)):
        assert criterion.forward(single, t) == pytest.approx(C, rel=1e-6)
        assert criterion.backward(single, t).dtype == np.float32
        np.testing.assert_allclose(criterion.dC_dy, dC_dy, rtol=1e-5)


@EACH
def test_integers_are_computed_in_the_dtype_of_the_criterion(make):
    y, target = np.array([[0, 1, 1]]), np.array([[1, 0, 1]])
    C, dC_dy = make().forward(y * 1.0, target * 1.0), make().backward(y * 1.0, target)
    for kind in ("uint8", "int64", "bool"):
        criterion = make()
        a, b = y.astype(kind), target.astype(kind)
        assert criterion.forward(a, b) == pytest.approx(C, rel=1e-12)
        np.testing.assert_allclose(criterion.backward(a, b), dC_dy, rtol=1e-12)
        assert criterion.dC_dy.dtype == np.float64
        assert criterion.float().backward(a, b).dtype == np.float32


@EACH
def test_empty_batch(make):
    criterion, nothing = make(), np.zeros((0, 3))
    assert criterion.forward(nothing, nothing) == 0.0
    assert criterion.backward(nothing, nothing).shape == (0, 3)


@EACH
def test_nan_passes(make):
    criterion, (y, target) = make(), pair(2, 3)
    y[0, 1] = np.nan
    assert np.isnan(criterion.forward(y, target))
    np.testing.assert_array_equal(np.isnan(criterion.backward(y, target)), np.isnan(y))


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(make, dtype):
    criterion, (y, target) = make(), pair(50_000, 3)
    criterion.astype(dtype)
    y, target = y.astype(dtype), target.astype(dtype)
    # NumPy broadcasts weights through a buffer of its own, of 8192 entries.
    buffer = 8192 * 8 if getattr(criterion, "weights", None) is not None else 0
    assert taken_again(lambda: criterion.forward(y, target)) < buffer + 4096
    assert taken_again(lambda: criterion.backward(y, target)) < buffer + 4096


@EACH
def test_errors(make):
    criterion, y = make(), np.full((4, 1), 0.5)
    if getattr(criterion, "weights", None) is not None:
        criterion.weights = None
    name = type(criterion).__name__
    text = rf"^{name}\(.*\): target has shape \(4,\), expected \(4, 1\)$"
    for verb in (criterion.forward, criterion.backward):
        with pytest.raises(ValueError, match=text):
            verb(y, np.full(4, 0.5))
        with pytest.raises(TypeError, match=r"y is a list of 2, expected an array"):
            verb([0.5, 0.5], np.ones(2))


@EACH
def test_size_average_may_be_set_later(make):
    criterion, (y, target) = make(), pair(4, 3)
    C, dC_dy = {}, {}
    for criterion.size_average in (True, False):
        C[criterion.size_average] = criterion(y, target)
        dC_dy[criterion.size_average] = criterion.backward(y, target).copy()
    assert C[False] == pytest.approx(12 * C[True], rel=1e-14)
    np.testing.assert_allclose(dC_dy[False], 12 * dC_dy[True], 1e-14)


def test_none_stands_for_the_default():
    for cls in (AbsCriterion, MSECriterion, SmoothL1Criterion):
        assert repr(cls(None)) == f"{cls.__name__}()"
    for cls in (BCECriterion, MultiLabelSoftMarginCriterion):
        assert repr(cls(None, None)) == f"{cls.__name__}()"


@EACH
def test_copies_leave_results_behind(make):
    criterion, (y, target) = make(), pair(4, 3)
    C = criterion.forward(y, target)
    criterion.backward(y, target)
    other = copy.deepcopy(criterion)
    assert other.C is None and other.dC_dy is None and other._terms is None
    assert other.forward(y, target) == C
    assert isinstance(other, Criterion) and repr(other) == repr(criterion)
