"""How many matrix products a layer takes: those of its formulas, and no more."""

import numpy as np
import pytest
from kernels.counting import counted_products, listed_dots

import nnmods as nn
from nnmods.kernels.columns import UNPACKED
from nnmods.kernels.layout import empty_batch_last
from nnmods.kernels.products import CHUNK


@pytest.fixture(autouse=True)
def one_thread():
    """Lanes would cut products in two."""
    nn.set_num_threads(1)
    yield
    nn.set_num_threads()


@pytest.mark.parametrize("lead", [(8,), (2, 4), (2, 2, 2), (0,)])
@pytest.mark.parametrize("n_in, n_out", [(5, 3), (300, 200)])
def test_linear_takes_one_product_for_each_verb(lead, n_in, n_out, rng):
    layer, N = nn.Linear(n_in, n_out, rng=0), int(np.prod(lead))
    x, dC_dy = rng.standard_normal((*lead, n_in)), rng.standard_normal((*lead, n_out))
    for _ in range(2):
        with counted_products() as products, listed_dots() as dots:
            layer.forward(x)
        assert dots == [(N, n_in)] and not products
        with counted_products() as products, listed_dots() as dots:
            layer.backward(x, dC_dy)
        assert dots == [(N, n_out)] and not products
        with counted_products() as products, listed_dots() as dots:
            layer.acc_grad_params(x, dC_dy)
        sums = [(N,)]  # of the bias: ones times dC_dy
        if products:
            assert products == {(n_out, N, n_in): 1} and dots == sums
        else:
            assert dots == [(n_out, N), *sums]


def test_the_gradient_of_a_long_weight_is_made_in_chunks_of_rows(rng):
    n_out = 2 * CHUNK + 100
    layer = nn.Linear(64, n_out, rng=0)
    x, dC_dy = rng.standard_normal((8, 64)), rng.standard_normal((8, n_out))
    layer.forward(x)
    with counted_products() as products:
        layer.acc_grad_params(x, dC_dy)
    assert products == {(CHUNK, 8, 64): 2, (100, 8, 64): 1}


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("input_grad", [True, False])
def test_a_step_of_a_chain_takes_three_products_for_each_linear(depth, input_grad, rng):
    """But two for the first, where nobody asks for the gradient of the data."""
    net = nn.Sequential()
    for i in range(depth):
        net.add(nn.Linear(6, 6, rng=i)).add(nn.Tanh())
    x, dC_dy = rng.standard_normal((2, 7, 6))
    with counted_products() as products, listed_dots() as dots:
        net.forward(x)
        net.backprop(x, dC_dy, input_grad=input_grad)
    matrices = [shape for shape in dots if len(shape) == 2]
    assert len(matrices) == 3 * depth - (not input_grad) and not products


def images(rng, *shape):
    x = empty_batch_last(shape, np.float32)
    x[...] = rng.standard_normal(shape)
    return x


def products_of_verbs(layer, x, dC_dy):
    """Return the products of forward, backward and acc_grad_params."""
    results = []
    for verb, *args in (
        (layer.forward, x),
        (layer.backward, x, dC_dy),
        (layer.acc_grad_params, x, dC_dy),
    ):
        with counted_products() as products, listed_dots() as dots:
            verb(*args)
        assert not dots
        results.append(products)
    return results


def test_a_1x1_convolution_is_one_product_for_each_verb(rng):
    N, Ci, Co, H, W = 5, 8, 6, 7, 9
    layer = nn.SpatialConvolution(Ci, Co, kernel_size=1, rng=0).float()
    x, dC_dy = images(rng, N, Ci, H, W), images(rng, N, Co, H, W)
    columns = H * W * N
    assert products_of_verbs(layer, x, dC_dy) == [
        {(Co, Ci, columns): 1},
        {(Ci, Co, columns): 1},
        {(Co, columns, Ci): 1},
    ]


def test_products_of_a_1x1_convolution_are_as_long_as_blas_takes_unpacked(rng):
    N, C, H, W = 32, 64, 6, 14
    layer = nn.SpatialConvolution(C, C, kernel_size=1, rng=0).float()
    x, dC_dy = images(rng, N, C, H, W), images(rng, N, C, H, W)
    positions = UNPACKED // (C * C) // N  # in a product, all of one row of the image
    assert W % positions == 0
    n = H * W // positions
    for products, size in zip(
        products_of_verbs(layer, x, dC_dy),
        [(C, C, N * positions), (C, C, N * positions), (C, N * positions, C)],
        strict=True,
    ):
        assert products == {size: n}
