"""Every exported class keeps the contract; a class without a case is a failure."""

import inspect

import numpy as np
import pytest
from cases import CRITERIONS, MODULES

import nnmods as nn
from nnmods.core.tables import copied, map_table
from nnmods.testing import check_module
from nnmods.testing.compare import (
    DIFFERENCES,
    EXACT,
    STEP,
    require_close,
    structure,
)

#: Bases that a user derives from: there is nothing to run.
ABSTRACT = {"Container", "Criterion", "Elementwise", "LinearMap", "Module"}
ABSTRACT |= {"Torch7Generator"}  # no module, but exported

CASES = [
    pytest.param(case, id=f"{name}-{i}")
    for name, cases in MODULES.items()
    for i, case in enumerate(cases)
]
COSTS = [
    pytest.param(case, id=f"{name}-{i}")
    for name, cases in CRITERIONS.items()
    for i, case in enumerate(cases)
]


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


@pytest.mark.parametrize("case", CASES)
def test_gradient_of_another_input_is_right_or_refused(case):
    """Torch7 silently gave the gradient at the last input."""
    module, rng = case.make().double(), np.random.default_rng(1)
    x, other = case.inputs(rng), case.inputs(rng)
    dC_dy = copied(module.forward(x))
    wanted = copied(module.backward(x, dC_dy))
    module.forward(other)
    if any(hasattr(part, "mask") for part in module.list_modules()):
        return  # random: the mask in force is that of the last forward, by contract
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
    if any(hasattr(part, "mask") for part in module.list_modules()):
        return  # draws anew
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
    before = y.copy(), target.copy()
    dC_dy = criterion.backward(y, target).copy()  # needs no forward
    C = criterion.forward(y, target)
    assert type(C) is float and criterion(y, target) == C
    u = rng.standard_normal(y.shape)
    slope = criterion(y + STEP * u, target) - criterion(y - STEP * u, target)
    size = np.abs(dC_dy * u).sum()
    assert abs((dC_dy * u).sum() - slope / (2 * STEP)) <= DIFFERENCES * size
    np.testing.assert_array_equal(y, before[0])
    np.testing.assert_array_equal(target, before[1])
    turned = np.asfortranarray(y)
    np.testing.assert_allclose(criterion(turned, target), C, EXACT)
    np.testing.assert_allclose(criterion.backward(turned, target), dC_dy, EXACT)


@pytest.mark.parametrize("case", COSTS)
def test_criterion_in_float32(case):
    criterion, (y, target) = case.make(), case.arguments(np.random.default_rng(0))
    C, dC_dy = criterion(y, target), criterion.backward(y, target).copy()
    criterion.float()
    y = y.astype(np.float32)
    target = target.astype(np.float32) if target.dtype.kind == "f" else target
    np.testing.assert_allclose(criterion(y, target), C, 1e-5)
    assert criterion.backward(y, target).dtype == np.float32
    np.testing.assert_allclose(criterion.dC_dy, dC_dy, 1e-4)


@pytest.mark.parametrize("case", COSTS)
def test_criterion_of_an_empty_batch(case):
    criterion, (y, target) = case.make(), case.arguments(np.random.default_rng(0))
    assert criterion(y[:0], target[:0]) == 0
    assert criterion.backward(y[:0], target[:0]).shape == y[:0].shape
