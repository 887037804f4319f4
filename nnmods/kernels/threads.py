"""Threads: work cut into lanes, one for each processor.

NumPy lets go of the interpreter's lock in its products, copies and ufuncs, so that two
Python threads keep two processors busy where each call takes some tens of microseconds.
Handing work to a waiting thread takes 4 of them (`semaphores`); then a lane that wants
the lock between two calls, and finds that the other has it, sleeps for 30 to 50. Where
Python is free-threaded there is no lock, and shorter work is shared.

BLAS has threads of its own, and the two kinds do not go together: those of OpenBLAS
spin for a tenth of a second after a product, on the processors that ours want. So BLAS
is held to one thread as soon as ours are used, which needs threadpoolctl. Without that,
all is done in one lane, and what BLAS does with its threads is left to it.
"""

import os
import threading

from nnmods.kernels import blas
from nnmods.kernels.semaphores import LOCKED
from nnmods.kernels.worker import Worker, error_of

#: Bytes read and written below which a second lane takes longer than it saves: it
#: finds its part in the caches of the other processor, and the lock taken. Layer
#: normalisation and softmax, which move 2 to 5 MB in calls of 5 to 10 microseconds,
#: take as long either way, and longer in two where the system wakes threads slowly.
#: Without the lock softmax of 1 MB takes 200 microseconds in one lane and 120 in two.
LEAST_BYTES = 6 << 20 if LOCKED else 1 << 20
#: The same for multiplications of a matrix product: 200 and 30 microseconds of work.
LEAST_PRODUCTS = 1 << 25 if LOCKED else 1 << 22

_wanted = None  # what set_num_threads asked for; None: one for each processor
_workers = []
_running = threading.Lock()


def set_num_threads(n=None):
    """Use ``n`` threads in products, convolutions and on long arrays.

    With more than one, BLAS is held to one thread in the whole process, as two kinds of
    threads would wait for one another: from this call on, or without one from the first
    work that is shared. ``set_num_threads(1)`` leaves threads to BLAS, with as many as
    it had.

    Parameters
    ----------
    n : int, default=None
        At least 1; None takes one for each processor that this process may use, as it
        is from the start. More than one need threadpoolctl, and without it one is used.

    Raises
    ------
    TypeError
        If ``n`` is not an integer.
    ValueError
        If it is below 1.

    Examples
    --------
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads()
    """
    global _wanted
    if n is not None:
        if isinstance(n, bool) or not hasattr(n, "__index__"):
            raise TypeError(f"set_num_threads: n is {n!r}, expected an integer")
        n = n.__index__()
        if n < 1:
            raise ValueError(f"set_num_threads: n is {n}, expected 1 or more")
    _wanted = n
    if n == 1:
        blas.let_go()
    elif n is not None:
        blas.hold()


def get_num_threads():
    """Return how many threads long work is shared among."""
    if _wanted == 1 or blas.libraries() is None:
        return 1
    return _wanted or _processors()


def lanes_for(bytes_moved=0, products=0):
    """Return among how many lanes work of this size should be shared.

    Parameters
    ----------
    bytes_moved : int
        Read and written by all of it.
    products : int
        Multiplications of its matrix products.
    """
    if bytes_moved < LEAST_BYTES and products < LEAST_PRODUCTS:
        return 1
    least = max(bytes_moved // (LEAST_BYTES // 2), products // (LEAST_PRODUCTS // 2))
    return min(get_num_threads(), least)


def share(count, lanes, lane):
    """Return the slice of ``range(count)`` that belongs to one of ``lanes``.

    Examples
    --------
    >>> [share(5, 2, lane) for lane in range(2)]
    [slice(0, 2, None), slice(2, 5, None)]
    """
    return slice(count * lane // lanes, count * (lane + 1) // lanes)


def in_lanes(task, lanes):
    """Call ``task(lane)`` for each lane, at the same time, and wait for all.

    Lanes must not write to the same memory. Where the threads are busy already (a lane
    that wants lanes, a second thread of the user's) they follow one another instead:
    results are the same. Each sees the caller's `numpy.errstate`.

    Raises
    ------
    BaseException
        What a task raised, of the first lane that did.
    """
    if lanes == 1:
        task(0)
        return
    if not _running.acquire(blocking=False):
        for lane in range(lanes):
            task(lane)
        return
    try:
        blas.hold()  # again each time: others set its threads too
        while len(_workers) < lanes - 1:
            _workers.append(Worker())
        working = _workers[: lanes - 1]
        for lane, worker in enumerate(working, 1):
            worker.start_on(task, lane)
        errors = [error_of(task, 0)]
        errors += [worker.wait() for worker in working]
    except BaseException:  # an interrupt between the tasks: who has ended is not known
        _workers.clear()
        raise
    finally:
        _running.release()
    for error in errors:
        if error is not None:
            raise error


def _processors():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _forget_workers():
    """In a forked process there are no threads but the one that forked."""
    global _running
    _workers.clear()
    _running = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
