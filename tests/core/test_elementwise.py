"""Elementwise: classes that promise it are called with pieces, others are not."""

import numpy as np
import pytest

import nnmods as nn

SHAPE = 40, 3, 45, 60  # more than a piece


class Cube(nn.Elementwise):
    """One that notes what it is called with."""

    def __init__(self, piecewise):
        super().__init__()
        self.piecewise, self.scale, self.shapes = piecewise, 1.0, set()

    def f(self, x, out):
        self.shapes.add(x.shape)
        square = self.work("square", x.shape, out.dtype)
        np.multiply(x, x, out=square)
        np.multiply(square, x, out=out)
        np.multiply(out, self.scale, out=out)

    def df(self, x, y, out):
        np.multiply(x, x, out=out)
        np.multiply(out, 3 * self.scale, out=out)


def batch_last(a):
    return np.ascontiguousarray(a.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)


@pytest.mark.parametrize("piecewise", [False, True])
@pytest.mark.parametrize("layout", [np.array, np.asfortranarray, batch_last])
@pytest.mark.parametrize("other", [np.array, batch_last])
def test_results_in_any_layout(piecewise, layout, other, rng):
    module = Cube(piecewise)
    x, d = layout(rng.standard_normal(SHAPE)), other(rng.standard_normal(SHAPE))
    for scale in (1.0, 2.0):  # an option that is changed in between
        module.scale = scale
        np.testing.assert_allclose(module.forward(x), scale * x**3, rtol=1e-14)
        wanted = 3 * scale * x**2 * d
        np.testing.assert_allclose(module.backward(x, d), wanted, rtol=1e-14)
        np.testing.assert_allclose(module.jvp(x, d), wanted, rtol=1e-14)


def test_only_who_promises_it_gets_pieces(rng):
    x = rng.standard_normal(SHAPE)
    for piecewise in (False, True):
        module = Cube(piecewise)
        module.forward(x)
        assert (module.shapes == {SHAPE}) != piecewise
        assert all(len(shape) == 1 for shape in module.shapes) == piecewise
        module.shapes.clear()
        module.forward(x[:2])
        assert module.shapes == {(2, *SHAPE[1:])}  # short: as it is


def test_the_product_may_be_given_instead_of_the_derivative(rng):
    class Double(nn.Elementwise):
        def f(self, x, out):
            np.add(x, x, out=out)

        def times_df(self, x, y, d, out):
            np.add(d, d, out=out)

    x = rng.standard_normal(5)
    np.testing.assert_array_equal(Double().backward(x, x), 2 * x)
    np.testing.assert_array_equal(Double().jvp(x, x), 2 * x)


@pytest.mark.parametrize("n", [10, 100_000])
def test_what_backward_returned_may_be_the_next_input(n, rng):
    module, x = nn.Sigmoid(), rng.standard_normal(n)
    dC_dx = module.backward(x, x)
    before = dC_dx.copy()
    module.backward(dC_dx, x)  # must not be written over
    np.testing.assert_array_equal(dC_dx, before)


def test_second_derivatives_take_the_wider_dtype():
    module, x, d = nn.Tanh(), np.ones(3, np.float32), np.ones(3)
    module.forward(x)
    assert module.hvp(x, d, d).dtype == np.float64
    assert module.hvp(x, x, x).dtype == np.float32


@pytest.mark.parametrize("verb", ["hvp", "backward_diag_hessian"])
def test_a_list_is_refused_by_second_derivatives(verb):
    d = np.ones(3)
    with pytest.raises(TypeError, match="x is a list of 3, expected an array"):
        getattr(nn.Tanh(), verb)([1.0, 2.0, 3.0], d, d)
