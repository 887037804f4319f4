"""Second derivatives and single examples, of every class by its cases."""

import numpy as np
import pytest
from cases import MODULES
from cases.params import CASES, COSTS, params

import nnmods as nn
from nnmods.core import Container, rows
from nnmods.core.examples import count
from nnmods.core.tables import copied, map_table
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
)
from nnmods.testing.subject import Subject


def is_leaf(name, case):
    module = case.make()
    return not (isinstance(module, Container) or module.surrogate)


def has_examples(name, case):
    return case.batch and case.independent and bool(case.make().parameters()[0])


LEAVES, WITH_EXAMPLES = params(MODULES, is_leaf), params(MODULES, has_examples)


def subject_of(case):
    nn.manual_seed(0)
    return Subject(case.make(), case.inputs(np.random.default_rng(1)), 2)


def moved(a, u, t):
    return a + t * u if np.asarray(a).dtype.kind == "f" else a


def results(subject, dC_dy, direction, t):
    """Return dC_dx and the gradients at a place along a direction."""
    dx, dparams, ddC_dy = direction
    parameters = subject.module.parameters()[0]
    before = copied(parameters)
    for p, dp in zip(parameters, dparams, strict=True):
        p += t * dp
    x = map_table(lambda a, u: moved(a, u, t), subject.x, dx)
    g = map_table(lambda a, u: a + t * u, dC_dy, ddC_dy)
    grads = subject.grads(x, g)
    dC_dx = subject.backward(x, g)[1]
    for p, value in zip(parameters, before, strict=True):
        p[...] = value
    return [dC_dx, grads]


def turned(subject, dC_dy, direction, x=None):
    """Return the same derivatives by the module's own verbs."""
    dx, dparams, ddC_dy = direction
    module, x = subject.module, subject.x if x is None else x
    subject.forward(x)
    module.backward(x, dC_dy)
    module.jvp(x, dx, dparams)
    module.zero_grad_params()
    ddC_dx = copied(module.backprop_jvp(x, dC_dy, dx, ddC_dy, dparams))
    return [ddC_dx, copied(module.parameters()[1])]


@pytest.mark.parametrize("case", CASES)
def test_backprop_jvp_is_the_derivative_of_backprop(case):
    subject = subject_of(case)
    y = subject.forward()
    dC_dy, ddC_dy = subject.direction(y), subject.direction(y)
    dparams = subject.direction(subject.module.parameters()[0])
    direction = subject.direction(subject.x), dparams, ddC_dy
    before = copied([subject.x, dC_dy, *direction])
    got = turned(subject, dC_dy, direction)
    after = [subject.x, dC_dy, *direction]
    require_close(subject.module, "an argument", after, before, 0)
    again = turned(subject, dC_dy, direction)
    require_close(subject.module, "the second time", again, got, EXACT)

    ahead = results(subject, dC_dy, direction, STEP)
    behind = results(subject, dC_dy, direction, -STEP)
    wanted = map_table(lambda a, b: (a - b) / (2 * STEP), ahead, behind)
    for name, mine, theirs, value in zip(
        ("dC_dx", "the gradients"), got, wanted, ahead, strict=True
    ):
        probe = subject.direction(theirs)
        size = max(dot(mine, probe)[1], dot(theirs, probe)[1])
        noise = ROUNDING / STEP * dot(value, probe)[1]
        what = f"backprop_jvp: {name}"
        require_equal_dots(
            subject.module,
            what,
            dot(mine, probe)[0],
            dot(theirs, probe)[0],
            size,
            DIFFERENCES,
            noise,
        )


@pytest.mark.parametrize("case", CASES)
def test_second_derivatives_in_float32(case):
    subject = subject_of(case)
    y = subject.forward()
    dC_dy, ddC_dy = subject.direction(y), subject.direction(y)
    dparams = subject.direction(subject.module.parameters()[0])
    direction = subject.direction(subject.x), dparams, ddC_dy
    wanted = turned(subject, dC_dy, direction)
    subject.module.float()
    subject.restart()
    other = Subject(subject.module, subject.x, 0)
    other.module.float()
    single = map_table(
        lambda a: a.astype(np.float32) if a.dtype.kind == "f" else a,
        [subject.x, dC_dy, *direction],
    )
    other.x = single[0]
    got = turned(other, single[1], single[2:])
    for leaf in leaves(got):
        assert leaf.dtype == np.float32
    require_close(subject.module, "in float32", got, wanted, 10 * SINGLE)


@pytest.mark.parametrize("case", LEAVES)
def test_diagonals_are_of_squared_jacobians(case):
    subject = subject_of(case)
    module, x = subject.module, subject.x
    y = subject.forward()
    h, dC_dy = map_table(np.abs, subject.direction(y)), subject.direction(y)
    subject.forward()
    got = copied(module.backward_diag_hessian(x, h))
    module.zero_grad_params()
    module.acc_diag_hessian_params(x, h, 2.0)
    grads = copied(module.parameters()[1])
    wanted_dx, wanted_dp = squared_jacobians(subject, h)
    for mine, wanted, a in zip(leaves(got), leaves(wanted_dx), leaves(x), strict=True):
        if a.dtype.kind == "f":
            require_close(module, "d2C_dx2", mine, wanted, EXACT)
    for grad, wanted in zip(grads, wanted_dp, strict=True):
        require_close(module, "d2C_dp2", grad, 2 * wanted, EXACT)

    subject.forward()
    whole = copied(module.backward_diag_hessian(x, h, dC_dy))
    module.zero_grad_params()
    module.acc_diag_hessian_params(x, h, 2.0, dC_dy)
    both = copied(module.parameters()[1])
    if module.curved:
        rows.add_own_inputs(module, x, dC_dy, got)
        module.zero_grad_params()
        rows.add_own_params(module, x, dC_dy, 2.0)
        for grad, own in zip(grads, module.parameters()[1], strict=True):
            grad += own
    require_close(module, "d2C_dx2 with its own part", whole, got, EXACT)
    require_close(module, "d2C_dp2 with its own part", both, grads, EXACT)


def squared_jacobians(subject, h):
    """Return sum_i h_i (dy_i/dx)^2, and the same by each parameter, row by row."""
    module, x, grads = subject.module, subject.x, subject.module.parameters()[1]
    subject.forward()
    totals = map_table(lambda a: np.zeros(a.shape), [x, grads])
    units = map_table(np.zeros_like, h)
    for unit, weights in zip(leaves(units), leaves(h), strict=True):
        for place in np.ndindex(unit.shape):
            unit[place] = 1
            module.zero_grad_params()
            row = [module.backward(x, units), grads]
            module.acc_grad_params(x, units)
            for total, entry in zip(leaves(totals), leaves(row), strict=True):
                total += weights[place] * entry**2
            unit[place] = 0
    return totals


@pytest.mark.parametrize("case", WITH_EXAMPLES)
def test_gradients_of_single_examples(case):
    subject = subject_of(case)
    module, x = subject.module, subject.x
    parameters = module.parameters()[0]
    if subject.surrogate or random(subject):
        return
    dC_dy = subject.direction(subject.forward())
    whole = subject.grads(x, dC_dy)
    subject.backward(x, dC_dy)
    if module.example_axis and min(a.ndim for a in leaves(x)) == 2:
        return  # one sequence, which has no axis of examples
    if len({np.shape(a)[:1] for a in leaves(x)}) > 1 and module.example_axis == 0:
        with pytest.raises(ValueError, match="expected one length"):
            module.per_example_grads(x, dC_dy)
        return
    module.backward(x, dC_dy)
    got = copied(module.per_example_grads(x, dC_dy))
    norms = module.per_example_sq_norms(x, dC_dy)
    n = count(x, module.example_axis)
    for part, p in zip(got, parameters, strict=True):
        assert part.shape == (n, *p.shape)
    summed = [part.sum(axis=0) for part in got]
    require_close(module, "the sum of single gradients", summed, whole, EXACT)
    for i in range(n):
        alone = [map_table(lambda a, i=i: cut(a, i, module), t) for t in (x, dC_dy)]
        one = subject.grads(*alone)
        mine = [part[i] for part in got]
        require_close(module, f"the gradient of example {i}", mine, one, EXACT)
    wanted = sum(np.square(part).reshape(n, -1).sum(axis=1) for part in got)
    require_close(module, "squared norms", norms, wanted, EXACT)


def cut(a, i, module):
    return np.take(a, [i], axis=module.example_axis)


def random(subject):
    subject.restart()
    once = copied(subject.module.forward(subject.x))
    pairs = zip(leaves(once), leaves(subject.module.forward(subject.x)), strict=True)
    return any(not np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("case", COSTS)
def test_hvp_of_a_criterion(case):
    rng = np.random.default_rng(0)
    criterion, (y, target) = case.make().double(), case.arguments(rng)
    dy = map_table(lambda a: rng.standard_normal(np.shape(a)), y)
    before = copied([y, dy])
    got = copied(criterion.hvp(y, target, dy))
    require_close(criterion, "an argument", [y, dy], before, 0)
    ends = []
    for t in (STEP, -STEP):
        other = map_table(lambda a, u, t=t: a + t * u, y, dy)
        ends.append(copied(criterion.backward(other, target)))
    wanted = map_table(lambda a, b: (a - b) / (2 * STEP), *ends)
    probe = map_table(lambda a: rng.standard_normal(a.shape), got)
    size = max(dot(got, probe)[1], dot(wanted, probe)[1])
    noise = ROUNDING / STEP * dot(ends[0], probe)[1]
    mine, theirs = dot(got, probe)[0], dot(wanted, probe)[0]
    require_equal_dots(criterion, "hvp", mine, theirs, size, DIFFERENCES, noise)
    diagonal = copied(criterion.diag_hessian(y, target))
    wanted = rows.diagonal(lambda dy: criterion.hvp(y, target, dy), y)
    require_close(criterion, "diag_hessian", diagonal, wanted, EXACT)
    single = map_table(lambda a: np.asarray(a, np.float32), [y, dy])
    kept = criterion.float().hvp(single[0], target, single[1])
    for leaf in leaves(kept):
        assert np.asarray(leaf).dtype == np.float32
