"""Which algorithm computes a convolution: the rule, and what it rests on.

Milliseconds of a forward pass plus those of the gradient of the weight, as
`benchmarks/convolution.py` printed them (one thread of a Xeon of 2.8 GHz, float32)::

                                  columns       Winograd        Fourier
    3x3 8->8, 32x32 b32         1.5 + 1.9      1.8 + 1.6    15.4 + 21.6
    3x3 16->16, 32x32 b32       3.5 + 5.1      5.2 + 4.6    35.0 + 43.9
    3x3 32->32, 32x32 b32     17.3 + 16.9    10.9 + 10.5    74.2 + 76.8
    3x3 64->64, 32x32 b32     51.3 + 50.4    24.1 + 26.1  179.7 + 172.5
    3x3 256->256, 8x8 b32     38.2 + 40.5    18.1 + 18.4   154.2 + 79.6
    5x5 8->8, 14x14 b64         0.8 + 1.2      1.8 + 1.6      5.9 + 7.9
    5x5 32->32, 14x14 b64     13.2 + 13.3      7.3 + 8.3    25.2 + 31.2
    9x9 16->16, 32x32 b16     20.3 + 16.6              -    16.1 + 18.4
    9x9 64->64, 32x32 b8    122.3 + 111.2              -   128.7 + 88.5
    11x11 64->64, 32x32 b8  183.9 + 187.4              -  183.0 + 112.2
    15x15 64->64, 32x32 b8  336.4 + 319.4              -  200.2 + 125.3

    depthwise, 64 channels        columns  bands of rows
    3x3, 32x32 b32            13.0 + 14.5      7.6 + 9.2
    5x5, 32x32 b32            31.2 + 32.7    10.9 + 12.4

A 1x1 kernel needs no copy of the image: its columns are the image. Strides other than 1
and groups go by columns.
"""

from math import prod

from nnmods.kernels import conv_columns, conv_depthwise, conv_fourier, conv_winograd
from nnmods.kernels.winograd_tiles import OUTPUTS

#: With fewer channels on either side the transforms of the tiles take longer than the
#: products that they save.
LEAST_CHANNELS = 24
#: From so many taps on the Fourier transform takes less time than columns.
LEAST_TAPS = 100

ALGORITHMS = ("auto", "direct")


def check_algorithm(algorithm, owner):
    """Return ``algorithm`` if it is one of those that can be wished for.

    Raises
    ------
    ValueError
        If it is not.
    """
    if algorithm not in ALGORITHMS:
        names = " or ".join(map(repr, ALGORITHMS))
        raise ValueError(f"{owner}: algorithm is {algorithm!r}, expected {names}")
    return algorithm


def algorithm_for(weight, stride, y, wish):
    """Return the module whose ``forward`` and ``weight_grad`` are to be used."""
    check_algorithm(wish, "convolution")
    axes = y.ndim - 2
    lead, kernel = weight.shape[:-axes], weight.shape[-axes:]
    if len(lead) == 3:
        return conv_depthwise if lead[-1] == 1 else conv_columns
    if wish == "direct" or set(stride) != {1}:
        return conv_columns
    if prod(kernel) >= LEAST_TAPS:
        return conv_fourier
    tiled = all(taps in OUTPUTS for taps in kernel)
    if tiled and 1 <= sum(taps > 1 for taps in kernel) <= 2:
        return conv_winograd if min(lead) >= LEAST_CHANNELS else conv_columns
    return conv_columns


def adds_up(weight, dC_dx):
    """Return whether columns of dC_dx are better added up than those of dC_dy copied.

    There are K of them for each channel of the one or the other, and adding one takes
    as long as copying two.
    """
    axes = dC_dx.ndim - 2
    per_group, channels = weight.shape[-axes - 2 : -axes]
    return 2 * channels <= per_group
