"""Winograd's convolution: its products, counted, and its memory."""

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn
from kernels.arrays import in_layout
from kernels.counting import counted, counted_products
from nnmods.kernels.conv_winograd import COLUMNS, SUMMED, TAKEN
from nnmods.kernels.convolution import (
    conv_backward,
    conv_forward,
    conv_weight_grad,
)

T, OUTPUTS, TAPS = 36, 16, 9  # of F(4x4, 3x3)
N, SIZE = 32, 16
TILES = N * (SIZE // 4) ** 2
STEPS = (1, 1), (1, 1), (1, 1)  # stride, padding, dilation


@pytest.fixture
def threads(request):
    nn.set_num_threads(request.param)
    yield request.param
    nn.set_num_threads()


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


@pytest.mark.parametrize("threads", [1], indirect=True)
@pytest.mark.parametrize("Ci, Co", [(24, 32), (40, 24)])
def test_products_of_a_winograd_convolution(Ci, Co, threads, rng):
    """Of each tile: the transforms of its channels, and a column of T products."""
    for call, (c, d) in zip(verbs(rng, Ci, Co), [(Ci, Co), (Co, Ci)], strict=False):
        with counted_products() as products:
            call()
        chunks = TILES // COLUMNS
        assert products == {
            (T, TAPS, c * d): 1,  # the weight
            (T, T, COLUMNS): chunks * c,
            (d, c, COLUMNS): chunks * T,
            (OUTPUTS, T, COLUMNS): chunks * d,
        }
        # A quarter of the multiplications of the definition
        assert 4 * d * c * COLUMNS * chunks * T == d * c * TAPS * N * SIZE**2
    with counted_products() as products:
        verbs(rng, Ci, Co)[2]()
    chunks = TILES // SUMMED
    assert products == {
        (T, T, SUMMED): chunks * Ci,
        (T, OUTPUTS, SUMMED): chunks * Co,
        (Co, SUMMED, Ci): chunks * T,
        (TAPS, T, Co * Ci): 1,
    }


@pytest.mark.parametrize("threads", [1], indirect=True)
def test_calls_of_a_chunk(threads, rng):
    """Channels are transformed by as many as fit, and all T products are one call."""
    Ci, Co = 24, 32
    forward, _, weight_grad = verbs(rng, Ci, Co)

    def taking(channels, entries, columns):
        return -(-channels // (TAKEN // (entries * columns)))

    with counted("matmul") as calls:
        forward()
    each = taking(Ci, T, COLUMNS) + 1 + taking(Co, OUTPUTS, COLUMNS)
    assert calls["matmul"] == 1 + TILES // COLUMNS * each
    with counted("matmul") as calls:
        weight_grad()
    each = taking(Ci, T, SUMMED) + taking(Co, OUTPUTS, SUMMED) + 1
    assert calls["matmul"] == TILES // SUMMED * each + 1


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
