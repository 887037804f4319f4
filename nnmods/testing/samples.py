"""Checks of the batch axis: more samples, fewer, one alone, and none."""

import numpy as np

from nnmods.core.tables import is_table, map_table
from nnmods.testing.compare import EXACT, leaves, require_close, require_structure


def is_batch(x):
    """Tell whether every array of ``x`` has a first axis, of one length."""
    lengths = {np.shape(leaf)[:1] for leaf in leaves(x)}
    return len(lengths) == 1 and lengths != {()} and (not is_table(x) or len(x) > 0)


def check_batches(subject, independent):
    """Batches of other sizes work, and give each sample what it had."""
    size = len(leaves(subject.x)[0])
    for count in (1, size, size - 1, size):
        _check_part(subject, count, independent)


def check_empty(subject, independent):
    """A batch of no samples works."""
    _check_part(subject, 0, independent)


def _check_part(subject, count, independent):
    module, y = subject.module, subject.forward()
    part = map_table(lambda a: a[:count], subject.x)
    got = subject.forward(part)
    dC_dy = subject.direction(got)
    require_structure(module, "dC_dx", subject.backward(part, dC_dy)[1], part)
    subject.grads(part, dC_dy)
    if independent:
        wanted = map_table(lambda a: a[:count], y)
        require_close(module, f"y of {count} samples", got, wanted, EXACT)


def check_single(subject, independent, gradients=True):
    """A sample without a batch axis is treated as in a batch of one."""
    module, x = subject.module, subject.x
    sample, batch = map_table(lambda a: a[0], x), map_table(lambda a: a[:1], x)
    got = subject.forward(sample)
    dC_dy = subject.direction(got)
    dC_dx = subject.backward(sample, dC_dy)[1]
    grads = subject.grads(sample, dC_dy) if gradients else None
    if independent:
        dC_dy = map_table(lambda a: a[None], dC_dy)
        pairs = zip((got, dC_dx), subject.backward(batch, dC_dy), strict=True)
        for name, (mine, wanted) in zip(("y", "dC_dx"), pairs, strict=True):
            wanted = map_table(lambda a: a[0], wanted)
            require_close(module, f"{name} of one sample", mine, wanted, EXACT)
        if gradients:
            wanted = subject.grads(batch, dC_dy)
            require_close(module, "gradients of one sample", grads, wanted, EXACT)
