"""Products of single examples: those of a batch, before the sum."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nnmods.kernels import conv_examples
from nnmods.kernels.conv_examples import conv_example_grads, conv_example_sq_norms
from nnmods.kernels.convolution import conv_weight_grad
from nnmods.kernels.example_products import (
    example_products,
    of_each,
    product_sq_norms,
)
from nnmods.kernels.windows import output_size

#: size, kernel, stride, padding, dilation, groups
GEOMETRIES = {
    "1d": ((9,), (3,), (2,), (2,), (2,), 1),
    "2d": ((6, 5), (3, 2), (1, 1), (0, 0), (1, 1), 1),
    "2d, groups": ((5, 7), (2, 3), (2, 1), (1, 2), (1, 2), 2),
    "2d, 1x1": ((3, 4), (1, 1), (1, 1), (0, 0), (1, 1), 1),
    "2d, one window": ((4, 3), (4, 3), (1, 1), (0, 0), (1, 1), 2),
}


@pytest.mark.parametrize("rows", [1, 2, 7])  # an outer product, few rows, many
def test_products_of_each_example(rows, rng):
    a, b = rng.standard_normal((3, rows, 6)), rng.standard_normal((3, rows, 5))
    wanted = np.stack([p.T @ q for p, q in zip(a, b, strict=True)])
    got = example_products(a, b, np.empty((3, 6, 5)))
    assert_allclose(got, wanted, 1e-12, 1e-13)
    norms = np.square(wanted).sum(axis=(1, 2))
    assert_allclose(product_sq_norms(a, b), norms, 1e-12)


def test_a_view_of_each_array(rng):
    arrays = rng.standard_normal((4, 2, 3, 5))
    views = of_each(lambda a: a.swapaxes(0, 2)[:, 1:], arrays)
    assert np.shares_memory(views, arrays)
    assert_allclose(views, arrays.swapaxes(1, 3)[:, :, 1:], 0)
    assert of_each(np.transpose, arrays[:0]).shape == (0, 5, 3, 2)


@pytest.mark.parametrize("entries", [1, 1 << 18])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_examples_are_what_a_batch_sums(geometry, entries, rng, monkeypatch):
    monkeypatch.setattr(conv_examples, "ENTRIES", entries)
    size, kernel, *steps, groups = GEOMETRIES[geometry]
    x = rng.standard_normal((5, 4, *size))
    dC_dy = rng.standard_normal((5, 6, *output_size(size, kernel, *steps)))
    shape = (groups, 6 // groups, 4 // groups, *kernel)
    shape = shape if groups > 1 else shape[1:]
    wanted = np.empty((5, *shape))
    for i in range(5):
        conv_weight_grad(x[i : i + 1], dC_dy[i : i + 1], *steps, wanted[i])
    for out in (
        np.empty((5, *shape)),
        np.empty((*shape, 5)).transpose(-1, *range(len(shape))),
    ):
        got = conv_example_grads(x, dC_dy, *steps, out)
        assert_allclose(got, wanted, 1e-11, 1e-12)
    norms = np.square(wanted.reshape(5, -1)).sum(axis=1)
    assert_allclose(conv_example_sq_norms(x, dC_dy, *steps, shape), norms, 1e-12)
    none = conv_example_grads(x[:0], dC_dy[:0], *steps, np.empty((0, *shape)))
    assert none.shape == (0, *shape)


def test_examples_in_lanes_are_the_same(rng, monkeypatch):
    monkeypatch.setattr(conv_examples, "ENTRIES", 1)
    x, dC_dy = rng.standard_normal((7, 2, 5, 5)), rng.standard_normal((7, 3, 3, 3))
    found = []
    for lanes in (1, 2, 9):
        monkeypatch.setattr(conv_examples, "lanes_for", lambda products, n=lanes: n)
        out = np.empty((7, 3, 2, 3, 3))
        steps = (1, 1), (0, 0), (1, 1)
        found.append(conv_example_grads(x, dC_dy, *steps, out))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])
