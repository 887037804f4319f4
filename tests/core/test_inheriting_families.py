"""A subclass that changes the sweep of a family or container has none of its verbs."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.containers.sequential import LEAST_IN_PLACE
from nnmods.core import rows
from nnmods.core.tables import copied
from nnmods.testing.compare import EXACT, dot, require_equal_dots


class DoubledTanh(nn.Tanh):
    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, x, dC_dy):
        return 2 * super().backward(x, dC_dy)


class DoubledNet(nn.Sequential):
    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, x, dC_dy):
        return super().backward(x, 2 * dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, 2 * dC_dy, scale)


class Squared(nn.Identity):
    """A function that bends, of a class that promises none."""

    def forward(self, x):
        return x**2

    def backward(self, x, dC_dy):
        return 2 * x * dC_dy


class Slope(nn.Elementwise):
    """An elementwise function with a parameter."""

    def __init__(self):
        super().__init__()
        self.slope, self.grad_slope = np.full(1, 0.5), np.zeros(1)

    def f(self, x, out):
        np.multiply(x, self.slope, out=out)

    def df(self, x, y, out):
        out[...] = self.slope

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_slope += scale * np.vdot(x, dC_dy)


@pytest.mark.parametrize(
    "make",
    [DoubledTanh, Squared, Slope, lambda: DoubledNet(nn.Linear(3, 3, rng=0))],
    ids=["Tanh", "Identity", "Elementwise", "Sequential"],
)
def test_verbs_of_families_and_containers_follow_too(make):
    module, rng = make(), np.random.default_rng(0)
    x, dx, dC_dy = rng.standard_normal((3, 4, 3))
    dparams = [rng.standard_normal(p.shape) for p in module.parameters()[0]]
    y = module(x)
    dC_dx = copied(module.backward(x, dC_dy))
    module.acc_grad_params(x, dC_dy)
    grads = copied(module.parameters()[1])
    np.testing.assert_array_equal(module.zero_grad_params().backprop(x, dC_dy), dC_dx)
    got = dot([dC_dy], [module.jvp(x, dx, dparams)])
    wanted = dot([dC_dx, *grads], [dx, *dparams])
    require_equal_dots(module, "jvp", got[0], wanted[0], wanted[1], EXACT)
    for grad, value in zip(module.parameters()[1], grads, strict=True):
        np.testing.assert_array_equal(grad, value)
    squared = module.backward_diag_hessian(x, np.ones_like(y))
    wanted = rows.squared_inputs(module, x, np.ones_like(y))
    np.testing.assert_allclose(squared, wanted, rtol=0, atol=EXACT)
    with pytest.raises(NotImplementedError, match="hvp"):
        module.hvp(x, dC_dy, dx)


def test_what_is_computed_in_place_is_what_the_class_says():
    first, x = nn.Linear(1, LEAST_IN_PLACE // 64, rng=0), np.ones((8, 1))
    y = nn.Sequential(first, DoubledTanh())(x)
    np.testing.assert_array_equal(y, 2 * np.tanh(first(x)))


def test_a_family_that_leaves_the_sweep_to_its_subclasses_keeps_its_verbs():
    class Reverse(nn.LinearMap):
        def forward(self, x):
            return x[..., ::-1]

        def backward(self, x, dC_dy):
            return dC_dy[..., ::-1]

    assert Reverse.jvp is nn.LinearMap.jvp and not Reverse.curved


def test_squares_of_a_users_map_are_squares():
    class Half(nn.LinearMap):
        def forward(self, x):
            return 0.5 * x

        def backward(self, x, dC_dy):
            return 0.5 * dC_dy

    class Quarter(Half):
        def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
            return d2C_dy2 / 4

    class Named(Quarter, nn.Identity):
        name = "a"

    x = np.arange(3.0)
    for cls in (Half, Quarter, Named):
        np.testing.assert_array_equal(cls().backward_diag_hessian(x, x), x / 4)
