"""Winograd's convolution: its products, counted, and its memory."""

from math import prod

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn
from kernels.arrays import in_layout
from kernels.counting import counted, counted_products
from nnmods.kernels import blas, conv_winograd
from nnmods.kernels.columns import UNPACKED
from nnmods.kernels.conv_winograd import COLUMNS
from nnmods.kernels.convolution import (
    conv_backward,
    conv_forward,
    conv_weight_grad,
)

T, TAPS = 36, 9  # of F(4x4, 3x3)
N, SIZE = 32, 16
PLACES = (SIZE // 4) ** 2  # of tiles in an image
CHUNKS = N * PLACES // COLUMNS
ROWS = COLUMNS // (N * SIZE // 4)  # of tiles, in a chunk
STEPS = (1, 1), (1, 1), (1, 1)  # stride, padding, dilation


@pytest.fixture
def threads(request, monkeypatch):
    for bound in ("LEAST", "MOST"):  # as many for all channels
        monkeypatch.setattr(conv_winograd, bound, COLUMNS)
    nn.set_num_threads(request.param)
    yield request.param
    nn.set_num_threads()


@pytest.fixture(params=[False, True], ids=["copied tiles", "short products"])
def short(request, monkeypatch):
    """Whether BLAS has kernels for small matrices, so that no tile is copied."""
    monkeypatch.setattr(blas, "likes_small", lambda: request.param)
    return request.param


def verbs(rng, Ci, Co, layout="batch-last"):
    """Return calls of forward, backward and the gradient of the weight."""
    x, dC_dx = (
        in_layout(rng.standard_normal((N, Ci, SIZE, SIZE)).astype(np.float32), layout)
        for _ in range(2)
    )
    y, dC_dy = (
        in_layout(rng.standard_normal((N, Co, SIZE, SIZE)).astype(np.float32), layout)
        for _ in range(2)
    )
    weight = rng.standard_normal((Co, Ci, 3, 3)).astype(np.float32)
    bias, dC_dw = np.ones(Co, np.float32), np.empty_like(weight)
    return (
        lambda: conv_forward(x, weight, bias, *STEPS, y),
        lambda: conv_backward(dC_dy, weight, x.shape, *STEPS, dC_dx),
        lambda: conv_weight_grad(x, dC_dy, *STEPS, dC_dw),
    )


def transformed(channels, short):
    """Return the products that transform the inputs of all tiles.

    Along the first axis a product takes a row of the image, but for the padding; along
    the second all tiles of a row, or one.
    """
    second = {(6, 6, SIZE // 4 * N): 6 * channels * SIZE // 4}
    return (second if not short else {(6, 6, N): 6 * channels * PLACES}) | {
        (6, 5, SIZE * N): 2 * channels,
        (6, 6, SIZE * N): 2 * channels,
    }


@pytest.mark.parametrize("threads", [1], indirect=True)
@pytest.mark.parametrize("Ci, Co", [(24, 32), (40, 24)])
def test_products_of_a_winograd_convolution(Ci, Co, threads, short, rng):
    """Of each tile: the transforms of its channels, and a column of T products."""
    for call, (c, d) in zip(verbs(rng, Ci, Co), [(Ci, Co), (Co, Ci)], strict=False):
        with counted_products() as products:
            call()
        assert products == transformed(c, short) | {
            (T, TAPS, c * d): 1,  # the weight
            (d, c, COLUMNS): CHUNKS * T,
            (4, 6, 6 * COLUMNS): CHUNKS * d,
            (4, 6, COLUMNS): CHUNKS * 4 * d,
        }
        # A quarter of the multiplications of the definition
        assert 4 * d * c * COLUMNS * CHUNKS * T == d * c * TAPS * N * SIZE**2
    with counted_products() as products:
        verbs(rng, Ci, Co)[2]()
    assert products == transformed(Ci, short) | {
        (6, 4, N * Co): SIZE * SIZE // 4 + 6 * PLACES,
        (Ci, COLUMNS, Co): CHUNKS * T,
        (TAPS, T, Ci * Co): 1,
    }


@pytest.mark.parametrize("threads", [1], indirect=True)
def test_wide_products_are_cut(threads, rng):
    """For BLAS to take them unpacked, and to the same result."""
    forward, _, weight_grad = verbs(rng, 96, 96)
    for call, size in ((forward, (32, 96, COLUMNS)), (weight_grad, (32, COLUMNS, 96))):
        assert prod(size) <= UNPACKED < 2 * prod(size)
        with counted_products() as products:
            call()
        assert products[size] == 3 * CHUNKS * T


@pytest.mark.parametrize("threads", [1], indirect=True)
def test_calls_of_a_chunk(threads, short, rng):
    """Rows of tiles are transformed one by one along the first axis, and back together;
    all rows of a chunk together along the second; and all T products are one call.
    """
    forward, _, weight_grad = verbs(rng, 24, 32)
    with counted("matmul", "copyto") as calls:
        forward()
    inputs, copies = (1, 0) if short else (6, 6)
    assert calls["matmul"] == 1 + CHUNKS * (ROWS + inputs + 1 + 1 + 1)
    assert calls["copyto"] == 1 + CHUNKS * (copies + 1)  # the weight, tiles, and y
    with counted("matmul", "copyto") as calls:
        weight_grad()
    assert calls["matmul"] == CHUNKS * (ROWS + inputs + ROWS + 1 + 1) + 1
    assert calls["copyto"] == CHUNKS * (copies + 2 * ROWS) + 1


@pytest.mark.parametrize("threads", [1, 2], indirect=True)
@pytest.mark.parametrize("layout", ["C", "batch-last"])
@pytest.mark.parametrize("verb", [0, 1, 2], ids=["forward", "backward", "weight_grad"])
@pytest.mark.parametrize("Ci, Co", [(24, 32), (32, 24)])
def test_a_repeated_call_allocates_no_array(Ci, Co, verb, layout, threads, rng):
    """But for Python's objects: of the arrays the weight is the least.

    The bias is added through buffers of NumPy's, of 8192 entries each: here of 16.
    """
    call = verbs(rng, Ci, Co, layout)[verb]
    least = Ci * Co * TAPS * 4
    with np.errstate():  # which restores the size
        np.setbufsize(16)
        assert taken_again(call) < least // 3
