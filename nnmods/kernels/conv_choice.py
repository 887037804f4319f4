"""Which algorithm computes a convolution: the rule, and what it rests on.

Milliseconds of one thread, float32, forward and both gradients by Winograd's tiles and
by columns (`benchmarks/convolution.py` measures them where you are)::

    TABLE
"""

from math import prod

from nnmods.kernels import conv_columns, conv_depthwise, conv_fourier, conv_winograd

#: With fewer channels on either side the transforms of the tiles take longer than the
#: products that they save.
LEAST_CHANNELS = 8
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
    if wish == "direct" or set(stride) != {1} or min(lead) < LEAST_CHANNELS:
        return conv_columns
    if prod(kernel) >= LEAST_TAPS:
        return conv_fourier
    if max(kernel) > 1 and sum(taps > 1 for taps in kernel) <= 2:
        if all(taps in conv_winograd.OUTPUTS for taps in kernel):
            return conv_winograd
    return conv_columns


def adds_up(weight, dC_dx):
    """Return whether columns of dC_dx are better added up than those of dC_dy copied.

    There are K of them for each channel of the one or the other, and adding one takes
    as long as copying two.
    """
    axes = dC_dx.ndim - 2
    per_group, channels = weight.shape[-axes - 2 : -axes]
    return 2 * channels <= per_group
