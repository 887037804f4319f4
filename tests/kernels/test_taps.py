import numpy as np
import pytest

from nnmods.kernels.taps import are_disjoint, taps


@pytest.mark.parametrize(
    "size, kernel, stride, before, dilation, count",
    [(5, 3, 2, 1, 1, 3), (7, 2, 3, 0, 4, 1), (4, 3, 1, 2, 2, 4), (3, 5, 1, 4, 1, 7)],
)
def test_taps_meet_every_position_in_the_image_once(
    size, kernel, stride, before, dilation, count
):
    args = (size, kernel, stride, before, dilation, count)
    met = []
    for outputs, inputs in taps(*((arg,) for arg in args)):
        o, i = np.arange(count)[outputs[1]], np.arange(size)[inputs[1]]
        met += zip(o, i, strict=True)
    reads = [
        (o, o * stride - before + k * dilation)
        for k in range(kernel)
        for o in range(count)
    ]
    assert met == [(o, i) for o, i in reads if 0 <= i < size]


@pytest.mark.parametrize(
    "kernel, stride, dilation, wanted",
    [((2, 3), (2, 3), (1, 1), True), ((2, 3), (2, 2), (1, 1), False)]
    + [((2,), (3,), (2,), True), ((2,), (2,), (2,), False), ((1,), (1,), (9,), True)],
)
def test_are_disjoint(kernel, stride, dilation, wanted):
    assert are_disjoint(kernel, stride, dilation) == wanted
