"""What holds for every criterion, on the cases of the contract."""

import numpy as np
import pytest
from cases.params import COSTS
from memory import taken_again

import nnmods as nn
from nnmods.core.tables import copied, is_table, map_table
from nnmods.testing.compare import leaves, require_close, structure

BATCHES = [case for case in COSTS if case.values[0].batch]
EACH = pytest.mark.parametrize("case", COSTS)
#: Bytes of y in the test of memory; a ufunc's own buffers have 8192 entries.
LARGE = 1024 * 1024


def arguments_of(case):
    return case.arguments(np.random.default_rng(0))


def arrays(x):
    return [leaf for leaf in leaves(x) if isinstance(leaf, np.ndarray)]


@EACH
def test_arguments_are_not_written_to_and_need_no_order(case):
    y, target = arguments_of(case)
    for array in arrays([y, target]):
        array.flags.writeable = False
    criterion = case.make()
    dC_dy = criterion.backward(y, target)
    before = copied(dC_dy)
    other = map_table(np.zeros_like, y)
    criterion.forward(map_table(lambda a: a * 0.5, y), target)
    require_close(criterion, "dC_dy after forward", dC_dy, before, 0)
    criterion.backward(map_table(lambda a: a * 0.5, y), target)
    require_close(criterion, "dC_dy", criterion.backward(y, target), before, 0)
    assert structure(dC_dy) == structure(other)
    assert not any(
        np.shares_memory(a, b) for a in arrays(dC_dy) for b in arrays([y, target])
    )


@EACH
def test_entries_apart_in_memory(case):
    y, target = arguments_of(case)
    criterion = case.make()
    C, dC_dy = criterion(y, target), copied(criterion.backward(y, target))

    def apart(a):
        if not isinstance(a, np.ndarray) or not a.ndim:
            return a
        wide = np.zeros([2 * n for n in a.shape], a.dtype)
        view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
        view[...] = a
        return view

    y, target = map_table(apart, y), map_table(apart, target)
    assert criterion(y, target) == pytest.approx(C, rel=1e-13)
    got = criterion.backward(y, target)
    require_close(criterion, "dC_dy", got, dC_dy, 1e-13)


@pytest.mark.parametrize("case", BATCHES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(case, dtype):
    y, target = arguments_of(case)
    criterion = case.make().astype(dtype)
    times = -(-LARGE // sum(a.nbytes for a in arrays(y)))
    axis = 0
    if isinstance(criterion, nn.SequencerCriterion) and not is_table(y):
        axis = 1  # the first counts steps, each of which takes its time

    def enlarged(a):
        if not isinstance(a, np.ndarray) or not a.ndim:
            return a
        a = np.concatenate([a] * times, axis)
        return a.astype(dtype) if a.dtype.kind == "f" else a

    y, target = map_table(enlarged, y), map_table(enlarged, target)
    for verb in (criterion.forward, criterion.backward):
        assert taken_again(lambda verb=verb: verb(y, target)) < LARGE // 4


@EACH
def test_samples_may_change_in_number(case):
    y, target = arguments_of(case)
    criterion = case.make()
    C, dC_dy = criterion(y, target), copied(criterion.backward(y, target))
    if case.batch:
        less, labels = map_table(lambda a: a[:1] if np.ndim(a) else a, [y, target])
        criterion(less, labels)
        assert structure(criterion.backward(less, labels)) == structure(less)
    assert criterion(y, target) == C
    require_close(criterion, "dC_dy", criterion.backward(y, target), dC_dy, 0)


@EACH
def test_a_y_that_is_no_array_is_refused(case):
    _, target = arguments_of(case)
    criterion = case.make()
    for y in ("nonsense", None, np.array(["a", "b"]), 1j * np.ones((5, 3)), [None] * 3):
        for verb in (criterion.forward, criterion.backward):
            with pytest.raises((ValueError, TypeError)):
                verb(y, target)


@EACH
def test_a_target_that_is_no_array_is_refused(case):
    y, target = arguments_of(case)
    criterion = case.make()
    if target is None:
        return  # whatever it is, it is not looked at
    for wrong in ("nonsense", None, np.array(["a", "b"]), {}):
        for verb in (criterion.forward, criterion.backward):
            with pytest.raises((ValueError, TypeError)):
                verb(y, wrong)
