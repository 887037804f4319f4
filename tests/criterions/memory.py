"""How much memory a call takes for itself."""

import tracemalloc


def peak(call):
    """Return the bytes that ``call()`` allocates at most, once it has run before."""
    call()
    tracemalloc.start()
    try:
        call()
        base, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - base
    finally:
        tracemalloc.stop()
