"""Records of every exported module agree with what is computed directly."""

import json

import numpy as np
import pytest
from cases import MODULES

import nnmods as nn
from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import EXACT, SINGLE, leaves, structure

CASES = [
    pytest.param(case, id=f"{name}-{i}")
    for name, cases in MODULES.items()
    for i, case in enumerate(cases)
]


def norm(x):
    return np.linalg.norm([np.linalg.norm(np.ravel(a)) for a in leaves(x)])


def jacobian(module, x):
    """Return dy/dx, by `backward` of unit vectors, without x that are indices."""
    dC_dy = map_table(lambda a: np.zeros(np.shape(a)), module.forward(x))
    rows = []
    for array in leaves(dC_dy):
        for i in np.ndindex(array.shape):
            array[i] = 1
            pairs = zip(leaves(module.backward(x, dC_dy)), leaves(x), strict=True)
            real = [d.ravel() for d, a in pairs if np.asarray(a).dtype.kind == "f"]
            rows.append(np.concatenate(real))
            array[i] = 0
    return np.stack(rows)


@pytest.fixture
def made(request):
    """Return a module, x, dC_dy, and copies of y, dC_dx and the parameter gradients."""
    case = request.param
    nn.manual_seed(0)
    module, rng = case.make().double(), np.random.default_rng(1)
    x = case.inputs(rng)
    y = copied(module.clone().forward(x))
    dC_dy = map_table(lambda a: rng.standard_normal(np.shape(a)), y)
    nn.manual_seed(0)
    other = module.clone().zero_grad_params()
    y = copied(other.forward(x))
    dC_dx = copied(other.backward(x, dC_dy))
    other.acc_grad_params(x, dC_dy)
    nn.manual_seed(0)
    return module, x, dC_dy, y, dC_dx, other.parameters()[1]


@pytest.mark.parametrize("made", CASES, indirect=True)
def test_the_whole_is_what_the_verbs_compute(made, capsys):
    module, x, dC_dy, y, dC_dx, grads = made
    whole = nn.explain(module, x, dC_dy).whole
    assert structure(y) == whole["y_shape"]
    np.testing.assert_allclose(whole["y_norm"], norm(y), EXACT)
    np.testing.assert_allclose(whole["dC_dy_norm"], norm(dC_dy), EXACT)
    if whole["dC_dx_norm"] is not None:
        real = [
            d
            for d, a in zip(leaves(dC_dx), leaves(x), strict=True)
            if np.asarray(a).dtype.kind == "f"
        ]
        np.testing.assert_allclose(whole["dC_dx_norm"], norm(real), EXACT)
        np.testing.assert_allclose(whole["ratio"], norm(real) / norm(dC_dy), EXACT)
    if grads:
        np.testing.assert_allclose(whole["gradient_norm"], norm(grads), EXACT)


@pytest.mark.parametrize("made", CASES, indirect=True)
def test_singular_values_bound_the_ratios_and_change_nothing(made, capsys):
    module, x, dC_dy, *_ = made
    told = nn.explain(module, x, dC_dy, singular_values=True)
    nn.manual_seed(0)
    without = nn.explain(module, x, dC_dy, singular_values=False)
    assert len(told.records) == len(without.records) > 0
    for record, other in zip(told.records, without.records, strict=True):
        sigma = record.pop("singular_value")
        assert other.pop("singular_value") is None
        assert record == other
        if None not in (sigma, record["ratio"]):
            assert record["ratio"] <= sigma * (1 + SINGLE)
    json.dumps([*told.records, told.whole])


@pytest.mark.parametrize("made", CASES, indirect=True)
def test_singular_value_of_a_single_module_is_that_of_its_jacobian(made, capsys):
    module, x, dC_dy, *_ = made
    told = nn.explain(module, x, dC_dy, singular_values=True)
    first = told.records[0]
    if first["path"] or first["singular_value"] is None or first["jacobian"][0] > 300:
        return  # a container; not known; or slow to write out
    nn.manual_seed(0)
    J = jacobian(module.clone(), x)
    np.testing.assert_allclose(first["singular_value"], np.linalg.norm(J, 2), SINGLE)
