"""The transpose of a convolution as convolutions of stride 1.

With stride s, the entries p of an image that are a multiple of s apart are met by the
same taps of the kernel. Such a phase of dC_dx is a convolution of dC_dy, of stride 1,
with these taps in reverse order: what is added up in each entry is then known before
it is written, and nothing is written twice.
"""

from functools import lru_cache
from itertools import product
from math import gcd


@lru_cache(maxsize=256)
def phases(size, kernel, stride, padding, dilation, count):
    """Return the convolutions that dC_dx consists of.

    Parameters
    ----------
    size, kernel, stride, dilation, count : tuple of int
        Of the convolution whose transpose it is; ``count`` is the size of dC_dy.
    padding : tuple of pairs (before, after)

    Returns
    -------
    tuple of (places, taps, padding, dilation)
        The slices of dC_dx and of the kernel's axes, and how dC_dy is to be padded
        (cropped, where that is negative). A phase that no tap meets has None for taps.

    Examples
    --------
    >>> for phase in phases((5,), (3,), (2,), ((1, 1),), (1,), (3,)):
    ...     print(phase)
    ((slice(0, None, 2),), (slice(1, None, -2),), ((0, 0),), (1,))
    ((slice(1, None, 2),), (slice(2, None, -2),), ((0, 0),), (1,))
    """
    axes = []
    for n, k, s, (before, _), d, o in zip(
        size, kernel, stride, padding, dilation, count, strict=True
    ):
        axis = []
        for first in range(min(s, n)):  # of the places of this phase
            places = slice(first, None, s)
            taps = [t for t in range(k) if (first + before - t * d) % s == 0]
            if not taps:
                axis.append((places, None, None, None))
                continue
            start = (first + before - taps[-1] * d) // s  # what the last tap reads
            step = d // gcd(s, d)
            last = start + (n - 1 - first) // s + (len(taps) - 1) * step
            back = slice(taps[-1], None, -(s // gcd(s, d)))
            axis.append((places, back, (-start, last - o + 1), step))
        axes.append(axis)
    result = []
    for combination in product(*axes):
        places, taps, borders, steps = zip(*combination, strict=True)
        met = None not in taps
        result.append((places, taps if met else None, borders, steps))
    return tuple(result)
