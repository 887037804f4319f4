"""Pieces: functions of single entries on long arrays, in any order of memory.

A function that takes several ufuncs goes through all of them for one piece before it
turns to the next, so that memory is read and written once; lanes share the pieces.
Arrays of different memory orders meet in the order of the first result: there a piece
of each is a contiguous vector, a copy where it has to be.
"""

from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

from nnmods.kernels.scratch import LINE, scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share

#: Entries up to which an array is worked on as it is, with scratch memory of a module's
#: own. What longer ones take belongs to the thread, and serves all modules in turn.
SHORT = 1 << 15
#: Entries of a piece: 0.5 MB in float32. Shorter ones lose more to NumPy's calls and to
#: what comes before them, 2 microseconds a piece, than they gain in the second-level
#: cache: ReLU's backward pass of 1.6 million numbers took 480 microseconds with pieces
#: of 1 << 15 and 380 with these.
SIZE = 1 << 17
#: The same where lanes share the work. After each ufunc a lane needs the interpreter's
#: lock, and sleeps for 30 microseconds or more where it finds that taken. Of 1.6
#: million numbers GELU by tanh took 2.1 ms in two lanes with pieces of 1 << 20 and 1.8
#: with these, SiLU 1.43 and 1.29, Abs 0.45 and 0.49, and all more with 1 << 18.
SIZE_IN_LANES = 1 << 19
#: Entries of a row that makes a piece of its own, where longer pieces would be copies.
ROW = 1 << 12


def entrywise(start, ins, outs, work):
    """Apply a function of single entries to arrays: short ones as they are, with the
    scratch memory ``work`` (a `nnmods.core.workspace.Workspace`), others `in_pieces`.
    """
    size = outs[0].size
    if (
        size <= ROW
        or size <= SHORT
        and all(a.flags.c_contiguous for a in (*ins, *outs))
    ):
        start(work)(*ins, *outs)
    else:
        in_pieces(start, ins, outs)


def in_pieces(start, ins, outs):
    """Apply a function of single entries to arrays, piece by piece, in lanes.

    Parameters
    ----------
    start : callable
        Called in each lane with its scratch memory, a `nnmods.kernels.scratch.scratch`;
        returns the function, which is called with pieces of ``ins`` and ``outs``:
        vectors of one length. It writes every entry of those of ``outs``.
    ins, outs : tuple of ndarray
        All of one shape, not empty. Those of ``outs`` share no memory with any other.
        Pieces follow the memory order of the first of them, or else of ``ins``.

    Examples
    --------
    >>> x, y = np.ones((3, 2)), np.empty((2, 3)).T
    >>> in_pieces(lambda work: lambda x, y: np.add(x, 1, out=y), (x,), (y,))
    >>> y.sum()
    np.float64(12.0)
    """
    arrays = (*ins, *outs)
    lead = len(ins) if outs else 0
    order, shape, shares, dense = _plan(
        arrays[lead].shape,
        tuple(array.strides for array in arrays),
        tuple(array.itemsize for array in arrays),
        lead,
        arrays[lead].__array_interface__["data"][0] % LINE,
        lanes_for(bytes_moved=sum(array.nbytes for array in arrays)),
    )
    views = [array.transpose(order).reshape(shape) for array in arrays]

    def run(lane):
        with scratch() as work:
            function = start(work)
            if len(shape) == 1 and all(dense):
                for index in shares[lane]:
                    function(*[view[index] for view in views])
                return
            for index in shares[lane]:
                pieces = [view[index] for view in views]
                vectors = [
                    piece.reshape(-1) if dense[i] else _vector(i, piece, work)
                    for i, piece in enumerate(pieces)
                ]
                function(*vectors)
                for i in range(len(ins), len(arrays)):
                    if not dense[i]:
                        np.copyto(pieces[i], vectors[i].reshape(pieces[i].shape))

    in_lanes(run, len(shares))


def _vector(i, piece, work):
    """Return a contiguous copy of a piece of the i-th array."""
    copy = work(("piece", i), piece.shape, piece.dtype)
    np.copyto(copy, piece)
    return copy.reshape(-1)


@lru_cache(maxsize=1024)
def _plan(shape, strides, itemsizes, lead, offset, lanes):
    """Return how to look at the arrays: axes, shape, indices of each lane, and whether
    a piece of each of them is contiguous.

    Axes that are one run of memory in all arrays become one.
    """
    first = strides[lead]
    order = sorted(range(len(shape)), key=lambda axis: -abs(first[axis]))
    lengths, inner = [], []
    for axis in order:
        if shape[axis] == 1:
            continue
        here = [s[axis] for s in strides]
        if lengths and inner[-1] == [shape[axis] * s for s in here]:
            lengths[-1], inner[-1] = lengths[-1] * shape[axis], here
        else:
            lengths.append(shape[axis])
            inner.append(here)
    if not lengths:
        lengths, inner = [1], [list(itemsizes)]
    size = SIZE if lanes == 1 else SIZE_IN_LANES
    vectors = inner[-1] == list(itemsizes)
    if vectors and (len(lengths) == 1 or lengths[-1] >= ROW):
        axis = len(lengths) - 1
    else:
        axis = next(a for a in range(len(lengths)) if prod(lengths[a + 1 :]) <= size)
    below = prod(lengths[axis + 1 :])
    count = -(-lengths[axis] * below // size)
    if axis == 0:
        count += -count % lanes
    # A store across two cache lines takes twice the time: pieces of vectors begin on
    # one, but the first.
    line = LINE // itemsizes[lead] if below == 1 else 1
    shift = offset // itemsizes[lead] % line
    step = -(-(lengths[axis] + shift) // count)
    step += -step % line
    cuts = [
        slice(max(start, 0), min(start + step, lengths[axis]))
        for start in range(-shift, lengths[axis], step)
    ]
    indices = list(product(*map(range, lengths[:axis]), cuts)) if axis else cuts
    lanes = min(lanes, len(indices))
    dense = tuple(
        all(
            inner[a][i] == itemsize * prod(lengths[a + 1 :])
            for a in range(axis, len(lengths))
        )
        for i, itemsize in enumerate(itemsizes)
    )
    shares = [indices[share(len(indices), lanes, lane)] for lane in range(lanes)]
    return order, lengths, shares, dense
