"""Which algorithm computes a convolution: the rule, and what it rests on.

Milliseconds of a forward pass plus those of the gradient of the weight, as
`benchmarks/convolution.py` printed them (one thread, float32, AVX-512)::

                                  columns       Winograd        Fourier
    3x3 4->4, 32x32 b32         0.2 + 0.2      0.3 + 0.4      2.4 + 3.8
    3x3 8->8, 32x32 b32         0.4 + 0.6      0.5 + 0.6      4.7 + 7.7
    3x3 16->16, 32x32 b32       1.2 + 1.8      0.9 + 1.3    10.2 + 13.0
    3x3 32->32, 32x32 b32       5.0 + 4.2      2.4 + 2.5    22.0 + 24.9
    3x3 64->64, 32x32 b32     14.7 + 13.9      6.5 + 6.9    61.2 + 56.0
    3x3 256->256, 8x8 b32     10.8 + 12.1      4.9 + 6.0    54.0 + 32.2
    5x5 8->8, 14x14 b64         0.4 + 0.5      0.3 + 0.4      1.3 + 1.7
    5x5 32->32, 14x14 b64       4.9 + 3.8      1.7 + 1.9      7.0 + 8.0
    9x9 16->16, 32x32 b16       7.6 + 5.4              -      4.0 + 4.2
    9x9 64->64, 32x32 b8      31.2 + 26.1              -    43.3 + 21.6
    11x11 64->64, 32x32 b8    45.6 + 39.4              -    54.8 + 28.0
    15x15 64->64, 32x32 b8    98.7 + 80.9              -    64.2 + 32.6

    depthwise, 64 channels        columns  bands of rows
    3x3, 32x32 b32              3.2 + 4.2      2.1 + 2.3
    5x5, 32x32 b32              7.0 + 8.1      3.4 + 3.6

A 1x1 kernel needs no copy of the image: its columns are the image. Strides other than 1
and groups go by columns.
"""

from math import prod

from nnmods.kernels import conv_columns, conv_depthwise, conv_fourier, conv_winograd
from nnmods.kernels.winograd_tiles import OUTPUTS

#: With fewer channels on either side the transforms of the tiles take longer than the
#: products that they save.
LEAST_CHANNELS = 12
#: With fewer images tiles are copied in runs of memory that are too short: of 64
#: channels, 56x56, 1 image took 1.6 ms and 0.9 by columns, 4 images 3.4 and 3.1, and 8
#: images 6.0 and 7.3 (forward, two threads).
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
    """Return whether products are better added to windows of dC_dx, tap by tap.

    Otherwise what these see of dC_dy is copied. Adding one channel takes as long as to
    copy two, and with a single tap there is nothing to copy.
    """
    axes = dC_dx.ndim - 2
    per_group, channels, *kernel = weight.shape[-axes - 2 :]
    return prod(kernel) > 1 and 2 * channels <= per_group
