"""Lending: the large gradients of a sweep take turns in the same memory.

In `backprop` the gradient that a module returns is read once, by the module before it,
and is not kept. Kept by each module, as `backward` keeps them, gradients would take as
much memory as all results do; the two or three blocks that they need in turn stay in
the cache besides. A block is lent as long as any array lives in it, which its count of
references tells: whoever keeps a gradient keeps its memory, and nothing that is in use
is ever written over.
"""

import sys
import threading
from math import prod

import numpy as np

from nnmods.kernels.aligned import LINE, first_line, in_order_of

#: Bytes below which a module keeps its own array: taking turns would gain nothing.
LEAST_BYTES = 1 << 18


class _Desk(threading.local):
    """The blocks of a thread; new large arrays are lent within ``with desk:``."""

    def __init__(self):
        self.blocks, self.sweeps = [], 0

    def __enter__(self):
        self.sweeps += 1

    def __exit__(self, *exc):
        self.sweeps -= 1


desk = _Desk()


def lends(shape, dtype):
    """Tell whether a new array of this size is to be a lent one."""
    return desk.sweeps > 0 and prod(shape) * dtype.itemsize >= LEAST_BYTES


def lend(shape, dtype, like):
    """Return an array in a block that nobody else uses.

    It has the memory order of ``like``, if that has as many axes.
    """
    memory = _free_block(prod(shape) * dtype.itemsize + LINE)
    first = first_line(memory)
    return in_order_of(like, shape, lambda s: np.ndarray(s, dtype, memory, first))


def is_lent(array):
    """Tell whether an array, or one of a table, lies in a block."""
    if isinstance(array, (list, tuple)):
        return any(map(is_lent, array))
    base = getattr(array, "base", None)
    return base is not None and any(base is block for block in desk.blocks)


def release(module):
    """Let a module forget those of its gradients that lie in blocks."""
    for name in ("dC_dx", "_dC_dy", "_buffer"):
        if is_lent(getattr(module, name, None)):
            setattr(module, name, None)


def _free_block(size):
    blocks = desk.blocks
    free = [i for i in range(len(blocks)) if _references(blocks, i) == _UNUSED]
    fitting = [i for i in free if blocks[i].size >= size]
    if fitting:
        return blocks[min(fitting, key=lambda i: blocks[i].size)]
    for i in reversed(free):  # too small now, and in the sweeps to come
        del blocks[i]
    blocks.append(np.empty(size, np.uint8))
    return blocks[-1]


def _references(blocks, i):
    return sys.getrefcount(blocks[i])


_UNUSED = _references([np.empty(0, np.uint8)], 0)
