"""Networks of the original Torch7: its outputs, and gradients that belong to them."""

import io

import numpy as np
import pytest

import nnmods as nn
from interop.t7.originals import CASES, contents, value
from nnmods.core.tables import copied, map_table
from nnmods.interop.t7 import load_t7, save_t7
from nnmods.testing import check_module
from nnmods.testing.compare import (
    EXACT,
    GOLDEN_SINGLE,
    ROUNDING,
    ROUNDING_SINGLE,
    leaves,
    require_close,
)

NETWORKS = [case for case in CASES if value(case, "output") is not None]
FILES = [
    pytest.param(case, name, id=name)
    for case in NETWORKS
    for name in sorted(case["files"].values())
]


def require_output(net, y, case):
    """Raise unless y is Torch7's output, to the last digits that its type has."""
    wanted = value(case, "output")
    is_single = leaves(wanted)[0].dtype == np.float32
    rtol, rounding = (
        (GOLDEN_SINGLE, ROUNDING_SINGLE) if is_single else (EXACT, ROUNDING)
    )
    assert leaves(y)[0].dtype == leaves(wanted)[0].dtype
    require_close(net, "y", y, wanted, rtol, rounding)


def test_there_are_networks():
    assert len(NETWORKS) >= 14


@pytest.mark.parametrize("case, name", FILES)
def test_outputs_are_torch7s(case, name):
    net, x = load_t7(contents(name)), value(case, "input")
    require_output(net, net(x), case)
    assert net.train is case.get("train", True)


@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case["id"])
def test_gradients_are_those_of_the_outputs(case):
    net = load_t7(contents(case["files"]["binary"])).double()
    x = map_table(lambda a: a.astype(np.float64), value(case, "input"))
    check_module(net, x, batch=False, single=False, empty=False, independent=False)


@pytest.mark.parametrize("form", ["binary", "ascii"])
@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case["id"])
def test_what_was_loaded_can_be_saved_and_loaded(case, form, tmp_path):
    net, x = load_t7(contents(case["files"]["binary"])), value(case, "input")
    save_t7(net, file := io.BytesIO(), form)
    file.seek(0)
    again = load_t7(file)
    assert repr(again) == repr(net)
    require_output(again, again(x), case)
    nn.save(net, tmp_path / "net.npz")
    require_output(net, nn.load(tmp_path / "net.npz")(x), case)


@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case["id"])
def test_what_was_loaded_can_be_trained(case):
    net, x = load_t7(contents(case["files"]["binary"])), value(case, "input")
    twin = net.clone()
    w, dC_dw = net.flatten_parameters()
    assert len(w) == sum(p.size for p in twin.parameters()[0])
    require_output(net, net(x), case)
    y = copied(net.training().forward(x))
    net.zero_grad_params()
    net.backprop(x, y)
    if case["id"] != "conv_misc":  # whose outputs are all at HardTanh's bound
        assert len(w) == 0 or dC_dw.any()
    before = w.copy()
    net.update_params(0.01)
    np.testing.assert_allclose(w, before - 0.01 * dC_dw, rtol=1e-6)
    require_output(twin, twin(x), case)  # a copy of its own


def test_modules_that_shared_weights_share_them():
    (case,) = [case for case in CASES if case["id"] == "shared"]
    net = load_t7(contents(case["files"]["binary"]))
    first, third, fifth = net[0], net[2], net[4]
    assert np.shares_memory(first.weight, third.weight)
    assert fifth is not first  # one module at two places: a second one with its weights
    assert fifth.weight is first.weight
    assert fifth.grad_weight is first.grad_weight
    assert len(net.parameters()[0]) == 2


def test_flat_parameters_stay_in_one_memory():
    (case,) = [case for case in CASES if case["id"] == "mlp_flat"]
    net = load_t7(contents(case["files"]["binary"]))
    parameters = net.parameters()[0]
    assert len({p.base.__array_interface__["data"] for p in parameters}) == 1


def test_one_gradient_serves_a_shared_parameter():
    a, b = nn.Linear(2, 2), nn.Linear(2, 2)
    b.weight = a.weight
    a.grad_weight[:], b.grad_weight[:] = 1, 2
    save_t7([a, b], file := io.BytesIO())
    file.seek(0)
    first, second = load_t7(file)
    assert first.grad_weight is second.grad_weight
    np.testing.assert_array_equal(first.grad_weight, np.full((2, 2), 3.0))
