"""Which algorithm computes a convolution: the rule, and what it rests on.

Milliseconds of a forward pass plus those of the gradient of the weight, as
`benchmarks/convolution.py` printed them (one thread, float32, AVX-512)::

                                  columns       Winograd        Fourier
    3x3 8->8, 32x32 b32         0.3 + 0.5      0.5 + 0.6      4.7 + 7.5
    3x3 16->16, 32x32 b32       0.8 + 1.4      1.0 + 1.3    10.1 + 12.9
    3x3 32->32, 32x32 b32       5.5 + 3.7      2.5 + 2.6    23.1 + 26.6
    3x3 64->64, 32x32 b32     14.1 + 13.2      6.4 + 6.9    62.0 + 57.4
    3x3 256->256, 8x8 b32     11.9 + 12.8      5.2 + 7.0    52.9 + 32.9
    5x5 8->8, 14x14 b64         0.2 + 0.3      0.3 + 0.4      1.2 + 1.6
    5x5 32->32, 14x14 b64       4.4 + 3.4      2.0 + 2.1      7.5 + 8.7
    9x9 16->16, 32x32 b16       6.2 + 4.5              -      4.5 + 4.7
    9x9 64->64, 32x32 b8      31.5 + 26.8              -    42.6 + 20.7
    11x11 64->64, 32x32 b8    48.5 + 39.1              -    55.8 + 28.2
    15x15 64->64, 32x32 b8   100.8 + 78.9              -    62.7 + 33.5

    depthwise, 64 channels        columns  bands of rows
    3x3, 32x32 b32              2.1 + 3.6      1.9 + 2.2
    5x5, 32x32 b32              4.8 + 6.5      3.4 + 3.6

With AVX2 only, tiles take a fifth less than columns with 24 channels. With 16, in two
threads, they take 3.9 ms in all and columns 3.4; with AVX-512 that is 2.9 and 3.2.

A 1x1 kernel needs no copy of the image: its columns are the image. Strides other than 1
and groups go by columns.
"""

from functools import lru_cache
from math import prod

from nnmods.kernels import (
    conv_columns,
    conv_depthwise,
    conv_fourier,
    conv_tiles,
    conv_winograd,
)
from nnmods.kernels.winograd_tiles import OUTPUTS

#: With fewer channels on either side the transforms of the tiles take longer than the
#: products that they save.
LEAST_CHANNELS = 20
#: With fewer images tiles are copied in runs of memory that are too short: of 64
#: channels, 56x56, 1 image took 1.6 ms and 0.9 by columns, 4 images 3.4 and 3.1, and 8
#: images 6.0 and 7.3 (forward, two threads).
LEAST_IMAGES = 8
#: Entries of a channel of a single image from which on its tiles pay, and how many
#: pairs of channels each of them pays for, whose weights are transformed. With two
#: threads, in milliseconds by columns and by tiles::
#:
#:     64 channels, 14x14    0.12   0.14       256 channels, 14x14   0.71   0.87
#:     64 channels, 20x20    0.21   0.18       256 channels, 28x28   2.2    1.9
#:     64 channels, 56x56    0.75   0.50       512 channels, 20x20   5.0    7.5
LEAST_PLACES, WEIGHTS_OF_A_PLACE = 400, 100
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
    return _algorithm(weight.shape, stride, y.shape, wish)


@lru_cache(maxsize=256)
def _algorithm(weight, stride, y, wish):
    check_algorithm(wish, "convolution")
    axes = len(y) - 2
    lead, kernel = weight[:-axes], weight[-axes:]
    if len(lead) == 3:
        return conv_depthwise if lead[-1] == 1 else conv_columns
    if wish == "direct" or set(stride) != {1}:
        return conv_columns
    if prod(kernel) >= LEAST_TAPS:
        return conv_fourier
    tiled = all(taps in OUTPUTS for taps in kernel)
    if not tiled or min(lead) < LEAST_CHANNELS:
        return conv_columns
    cut = sum(taps > 1 for taps in kernel)
    if 1 <= cut <= 2 and y[0] >= LEAST_IMAGES:
        return conv_winograd
    places = prod(y[2:])
    pays = places >= LEAST_PLACES and prod(lead) <= WEIGHTS_OF_A_PLACE * places
    one = y[0] == 1 and cut == len(kernel) == 2
    return conv_tiles if one and pays else conv_columns


def adds_up(weight, dC_dx):
    """Return whether products are better added to windows of dC_dx, tap by tap.

    Otherwise what these see of dC_dy is copied. Adding one channel takes as long as to
    copy two, and with a single tap there is nothing to copy.
    """
    axes = dC_dx.ndim - 2
    per_group, channels, *kernel = weight.shape[-axes - 2 :]
    return prod(kernel) > 1 and 2 * channels <= per_group
