"""Threads: how many of them a training's matrix products are shared among."""

import contextlib

#: Multiplications of a step, below which a second thread costs more than it brings.
SHARED = 10_000_000


def threads_for(n_parameters, batch_size):
    """Return a context in which BLAS takes one thread if the steps are short.

    Threads of BLAS wait for one another in a busy loop: where other programs want the
    processor too, short products take many times as long. It needs threadpoolctl, and
    does nothing without.
    """
    if n_parameters * batch_size >= SHARED:
        return contextlib.nullcontext()
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return contextlib.nullcontext()
    return threadpool_limits(1, user_api="blas")
