"""Material of the rows: data and networks of a known seed."""

import contextlib

import numpy as np

SEED = 0
_dtypes = [np.float32]


@contextlib.contextmanager
def in_float64():
    """Make everything in float64 meanwhile."""
    _dtypes.append(np.float64)
    try:
        yield
    finally:
        _dtypes.pop()


def numbers(*shape, seed=SEED):
    """Return normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape, _dtypes[-1])


def batches(n, x_shape, classes):
    """Return n pairs of x and labels."""
    targets = np.random.default_rng(SEED).integers(0, classes, (n, x_shape[0]))
    return [(numbers(*x_shape, seed=i), target) for i, target in enumerate(targets)]


def made(build):
    """Return what ``build`` makes of a known seed."""
    import nnmods as nn

    nn.set_default_dtype(_dtypes[-1])
    nn.manual_seed(SEED)
    return build()


def batch_last(x):
    """Return ``x`` (N, C, ...) in the memory order of our convolutions' results."""
    from nnmods.kernels.layout import empty_batch_last

    copy = empty_batch_last(x.shape, x.dtype)
    copy[...] = x
    return copy
