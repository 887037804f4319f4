"""Every exported class keeps the contract; a class without a case is a failure."""

import inspect
import pickle

import numpy as np
import pytest
from cases import CRITERIONS, MODULES
from cases.params import CASES, COSTS

import nnmods as nn
from nnmods.core.tables import copied, map_table
from nnmods.testing import check_module
from nnmods.testing.compare import (
    DIFFERENCES,
    EXACT,
    ROUNDING,
    SINGLE,
    STEP,
    dot,
    leaves,
    require_close,
    require_equal_dots,
    structure,
)

#: Bases that a user derives from: there is nothing to run.
ABSTRACT = {"Container", "Criterion", "Elementwise", "LinearMap", "Module"}
ABSTRACT |= {"StochasticGradient", "T7Error", "Torch7Generator"}  # no modules


def test_every_exported_class_has_a_case():
    exported = {name for name in nn.__all__ if inspect.isclass(getattr(nn, name))}
    assert exported - ABSTRACT == set(MODULES) | set(CRITERIONS)


@pytest.mark.parametrize("case", CASES)
def test_contract(case):
    nn.manual_seed(0)
    check_module(
        case.make(),
        case.inputs(np.random.default_rng(1)),
        batch=case.batch,
        single=case.single,
        empty=case.batch,
        independent=case.independent,
    )


@pytest.mark.parametrize("case", CASES)
def test_jvp_is_there(case):
    module, x = case.make(), case.inputs(np.random.default_rng(1))
    y = copied(module.forward(x))
    dy = module.jvp(x, x)
    map_table(lambda a, b: np.testing.assert_equal(a.shape, b.shape), dy, y)


@pytest.mark.parametrize("case", CASES)
def test_results_stay_in_the_module(case):
    module, x = case.make(), case.inputs(np.random.default_rng(1))
    y = module.forward(x)
    assert module.y is y
    assert module.backward(x, copied(y)) is module.dC_dx
    module.clear_state()
    assert module.y is None and module.dC_dx is None


def draws(module, x):
    """Tell whether a module is random."""
    once = copied(module.forward(x))
    return any(
        not np.array_equal(a, b, equal_nan=True)
        for a, b in zip(leaves(once), leaves(module.forward(x)), strict=True)
    )


@pytest.mark.parametrize("case", CASES)
def test_gradient_of_another_input_is_right_or_refused(case):
    """Torch7 silently gave the gradient at the last input."""
    module, rng = case.make().double(), np.random.default_rng(1)
    x, other = case.inputs(rng), case.inputs(rng)
    if draws(module, x):
        return  # what was drawn last is in force, by contract
    dC_dy = copied(module.forward(x))
    wanted = copied(module.backward(x, dC_dy))
    module.forward(other)
    try:
        got = module.backward(x, dC_dy)
    except RuntimeError as err:
        assert "forward" in str(err)
    else:
        map_table(lambda a, b: np.testing.assert_allclose(a, b, EXACT), got, wanted)


@pytest.mark.parametrize("case", CASES)
def test_a_module_may_be_given_what_it_returned(case):
    """Its buffers then hold its arguments, and must not be written to meanwhile."""
    module, x = case.make().double(), case.inputs(np.random.default_rng(1))
    if draws(module, x):
        return
    y = copied(module.forward(x))
    dC_dx = copied(module.backward(x, y))
    if structure(y) == structure(x):
        wanted = copied(module.clone().forward(y))
        require_close(
            module, "y of y", module.forward(module.forward(x)), wanted, EXACT
        )
        module.forward(x)
        other = module.clone()
        other.forward(x)
        wanted = copied(other.backward(x, dC_dx))
        got = module.backward(x, module.backward(x, y))
        require_close(module, "dC_dx of dC_dx", got, wanted, EXACT)


@pytest.mark.parametrize("case", CASES)
def test_repr_is_one_expression_naming_the_class(case):
    module = case.make()
    assert repr(module).startswith(type(module).__name__ + "(")
    assert repr(module).endswith(")")


@pytest.mark.parametrize("case", COSTS)
def test_criterion(case):
    rng = np.random.default_rng(0)
    criterion, (y, target) = case.make().double(), case.arguments(rng)
    before = copied([y, target])
    dC_dy = copied(criterion.backward(y, target))  # needs no forward
    C = criterion.forward(y, target)
    assert type(C) is float and criterion(y, target) == C
    u = map_table(lambda a: rng.standard_normal(np.shape(a)), y)
    ahead = criterion(map_table(lambda a, b: a + STEP * b, y, u), target)
    behind = criterion(map_table(lambda a, b: a - STEP * b, y, u), target)
    got, size = dot(dC_dy, u)
    slope, noise = (ahead - behind) / (2 * STEP), ROUNDING / STEP * abs(C)
    require_equal_dots(criterion, "backward", got, slope, size, DIFFERENCES, noise)
    require_close(criterion, "an argument", [y, target], before, 0)
    turned = map_table(np.asfortranarray, y)
    np.testing.assert_allclose(criterion(turned, target), C, EXACT)
    got = criterion.backward(turned, target)
    require_close(criterion, "dC_dy for Fortran-ordered y", got, dC_dy, EXACT)


@pytest.mark.parametrize("case", COSTS)
def test_criterion_in_float32(case):
    criterion, (y, target) = case.make(), case.arguments(np.random.default_rng(0))
    C, dC_dy = criterion(y, target), copied(criterion.backward(y, target))
    criterion.float()
    y, target = map_table(single, y), map_table(single, target)
    np.testing.assert_allclose(criterion(y, target), C, SINGLE)
    got = criterion.backward(y, target)
    assert got is criterion.dC_dy
    assert {leaf.dtype for leaf in leaves(got)} == {np.dtype(np.float32)}
    require_close(criterion, "dC_dy in float32", got, dC_dy, SINGLE)


def single(a):
    return a.astype(np.float32) if getattr(a, "dtype", "i") == np.float64 else a


@pytest.mark.parametrize("case", [case for case in COSTS if case.values[0].batch])
def test_criterion_of_an_empty_batch(case):
    criterion, arguments = case.make(), case.arguments(np.random.default_rng(0))
    y, target = map_table(lambda a: a[:0] if np.ndim(a) else a, list(arguments))
    assert criterion(y, target) == 0
    assert structure(criterion.backward(y, target)) == structure(y)


@pytest.mark.parametrize("case", COSTS)
def test_criterion_is_copied_cleared_and_shown(case):
    criterion, (y, target) = case.make(), case.arguments(np.random.default_rng(0))
    C = criterion(y, target)
    criterion.backward(y, target)
    for other in (criterion.clone(), pickle.loads(pickle.dumps(criterion))):
        assert other.C is None and other.dC_dy is None
        assert other(y, target) == C
    criterion.clear_state()
    assert criterion.C is None and criterion.dC_dy is None
    assert repr(criterion).startswith(type(criterion).__name__ + "(")
