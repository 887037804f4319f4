"""How many bytes a call takes."""

import tracemalloc


def taken(call):
    """Return how many bytes ``call()`` takes at most, to keep or for a moment."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def taken_again(call):
    """Return how many bytes ``call()`` takes at most, once it has run before."""
    call()
    return taken(call)
