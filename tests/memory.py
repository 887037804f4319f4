"""How many bytes a call takes."""

import tracemalloc
from unittest.mock import patch

import numpy as np

from nnmods.kernels import scratch


def taken(call):
    """Return how many bytes ``call()`` takes at most, to keep or for a moment."""
    with patch.object(scratch, "_pages", traced_pages):
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def traced_pages(size):
    """Return memory that is seen, where that of the system is not."""
    return np.empty(size, np.uint8)


def taken_again(call):
    """Return how many bytes ``call()`` takes at most, once it has run before."""
    call()
    return taken(call)
