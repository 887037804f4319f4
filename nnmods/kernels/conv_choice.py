"""Which algorithm computes a convolution: the rule, and what it rests on.

Milliseconds of a forward pass plus those of the gradient of the weight, as
`benchmarks/convolution.py` printed them (one thread of a Xeon of 2.8 GHz, float32)::

                                  columns       Winograd        Fourier
    3x3 4->4, 32x32 b32         0.6 + 0.7      1.4 + 2.2      7.0 + 8.6
    3x3 8->8, 32x32 b32         1.4 + 2.2      1.6 + 2.0    13.6 + 20.0
    3x3 16->16, 32x32 b32       4.6 + 6.6      3.0 + 3.8    29.1 + 38.3
    3x3 32->32, 32x32 b32     12.6 + 12.2      5.9 + 6.7    60.4 + 86.5
    3x3 64->64, 32x32 b32     47.0 + 36.5    18.2 + 20.6  154.5 + 161.7
    3x3 256->256, 8x8 b32     33.6 + 42.3    18.7 + 20.3  141.2 + 102.8
    3x3 64->64, 56x56 b1        4.2 + 3.7      3.9 + 4.2   174.2 + 70.6
    5x5 8->8, 14x14 b64         1.4 + 1.8      1.5 + 2.1      5.2 + 8.2
    5x5 32->32, 14x14 b64     13.3 + 13.0      5.1 + 5.1    30.3 + 36.9
    9x9 16->16, 32x32 b16     25.5 + 24.1              -    19.9 + 18.4
    9x9 64->64, 32x32 b8    143.9 + 111.8              -   129.6 + 82.4
    11x11 64->64, 32x32 b8  178.4 + 189.5              -  181.1 + 104.1
    15x15 64->64, 32x32 b8  330.4 + 301.1              -  172.3 + 122.2

    depthwise, 64 channels        columns  bands of rows
    3x3, 32x32 b32            10.4 + 10.6      7.3 + 6.0
    5x5, 32x32 b32            28.0 + 31.6     10.4 + 9.4

A 1x1 kernel needs no copy of the image: its columns are the image. Strides other than 1
and groups go by columns.
"""

from math import prod

from nnmods.kernels import conv_columns, conv_depthwise, conv_fourier, conv_winograd
from nnmods.kernels.winograd_tiles import OUTPUTS

#: With fewer channels on either side the transforms of the tiles take longer than the
#: products that they save.
LEAST_CHANNELS = 12
#: With fewer images the runs of memory that are transformed are too short: of 64
#: channels, 56x56, 1 image took 5.0 ms and 3.2 by columns, 8 images 12.3 and 15.7.
LEAST_IMAGES = 8
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
        enough = min(lead) >= LEAST_CHANNELS and len(y) >= LEAST_IMAGES
        return conv_winograd if enough else conv_columns
    return conv_columns


def adds_up(weight, dC_dx):
    """Return whether columns of dC_dx are better added up than those of dC_dy copied.

    There are K of them for each channel of the one or the other, and adding one takes
    as long as copying two.
    """
    axes = dC_dx.ndim - 2
    per_group, channels = weight.shape[-axes - 2 : -axes]
    return 2 * channels <= per_group
