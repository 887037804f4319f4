"""Semaphores that a waiting thread looks at for a while before it sleeps.

A thread that sleeps takes 20 to 50 microseconds to wake, as long as half the work that
lanes share. So one that waits goes on looking, as those of OpenMP do, and has let go of
the interpreter's lock meanwhile. That takes a loop that is not Python's: the C
library's ``lfind`` calls a function for one entry of a table after the other until that
returns 0, and ``sem_trywait`` returns 0 when it has got the semaphore. An empty task in
a second lane takes 9 microseconds, and 50 with Python's locks.
"""

import ctypes
import sys
import threading
from functools import lru_cache

#: How often a thread looks before it sleeps: for 0.1 to 0.2 milliseconds, which is
#: longer than what one thread does alone between two pieces of work in a training step.
LOOKS = 100_000
#: Bytes that hold a ``sem_t``, and of a line of the cache.
_SIZE = 64
_NEEDED = "lfind", "sem_init", "sem_post", "sem_wait", "sem_trywait"


def semaphore():
    """Return a semaphore at 0: ``post()`` adds one, ``wait()`` takes it.

    An interrupt may end ``wait()`` with nothing taken, or with it lost; and two posts
    may count as one. So what is waited for must be told by other means as well, and
    ``wait()`` called again where it has not come yet.

    Examples
    --------
    >>> done = semaphore()
    >>> done.post()
    >>> done.wait()
    """
    if _library() is None:
        return _Lock()
    return _Semaphore()


@lru_cache(maxsize=1)
def _library():
    """Return the C library where it has what `_Semaphore` takes, or None.

    Only Linux is known to: elsewhere semaphores without a name are missing, or stubs.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
        found = all(hasattr(library, name) for name in _NEEDED)
    except OSError:
        return None
    if found:
        library.lfind.restype = ctypes.c_void_p
    return library if found else None


class _Semaphore:
    def __init__(self):
        library = _library()
        self._memory = ctypes.create_string_buffer(2 * _SIZE)
        start = ctypes.addressof(self._memory)
        here = ctypes.c_void_p(start + -start % _SIZE)  # on a line of its own
        if library.sem_init(here, 0, 0):
            raise OSError("semaphore: the C library gives none")
        # The table's entries have no width, so all of them are the semaphore.
        looks, width = ctypes.c_size_t(LOOKS), ctypes.c_size_t(0)
        take = ctypes.cast(library.sem_trywait, ctypes.c_void_p)
        self._post, self._sleep, self._look = (
            library.sem_post,
            library.sem_wait,
            library.lfind,
        )
        self._here = here
        self._search = here, here, ctypes.byref(looks), width, take

    def post(self):
        self._post(self._here)

    def wait(self):
        if not self._look(*self._search):
            self._sleep(self._here)  # ends early where a signal interrupts it


class _Lock:
    def __init__(self):
        self._lock = threading.Lock()
        self._lock.acquire()

    def post(self):
        if self._lock.locked():
            self._lock.release()

    def wait(self):
        self._lock.acquire()
