"""Threads: BLAS has one in a training, where nnmods shares long products itself."""

import contextlib


def one_thread_of_blas():
    """Return a context in which BLAS takes one thread.

    Those of BLAS wait for one another in a busy loop: where other programs want the
    processor too, short products take many times as long. It needs threadpoolctl, and
    does nothing without.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return contextlib.nullcontext()
    return threadpool_limits(1, user_api="blas")
