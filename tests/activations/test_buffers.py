"""What is not elementwise, or leaves the real numbers, keeps its buffers too."""

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn

MAKERS = {
    "AddConstant": lambda: nn.AddConstant(np.arange(10.0)),
    "CReLU": lambda: nn.CReLU(1),
    "Exp": nn.Exp,
    "GEGLU": nn.GEGLU,
    "GatedLinearUnit": nn.GatedLinearUnit,
    "Log": nn.Log,
    "PReLU": nn.PReLU,
    "PReLU planes": lambda: nn.PReLU(10),
    "Power": lambda: nn.Power(1.5),
    "ReGLU": nn.ReGLU,
    "SoftMin": nn.SoftMin,
    "Sqrt": nn.Sqrt,
    "Square": nn.Square,
    "SwiGLU": nn.SwiGLU,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_array_sized_is_allocated_on_repeat(make):
    module, x = make(), np.linspace(-3, 3, 200_000).reshape(20_000, 10)
    dC_dy = np.ones_like(module.forward(x))

    def work():
        module.forward(x)
        module.backprop(x, dC_dy)
        module.jvp(x, x)

    # NumPy reads strided and broadcast operands through buffers of its own, of 8192
    # entries each.
    assert taken_again(work) < 3 * 8192 * 8


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_results_survive_the_other_verbs(make):
    module, x = make(), np.linspace(0.5, 3, 60).reshape(6, 10)
    y = module.forward(x).copy()
    dC_dx = module.backward(x, y).copy()
    module.jvp(x, dC_dx)
    module.acc_grad_params(x, y)
    np.testing.assert_array_equal(module.y, y)
    np.testing.assert_array_equal(module.dC_dx, dC_dx)
