"""Semaphores that a waiting thread looks at for a while before it sleeps.

A thread that sleeps takes 20 to 50 microseconds to wake, as long as half the work that
lanes share. So one that waits goes on looking, as those of OpenMP do, and has let go of
the interpreter's lock meanwhile. That takes a loop that is not Python's: the C
library's ``lfind`` calls a function for one entry of a table after the other until that
returns 0.

Where there is that lock, a thread that has seen at once what it waits for finds the
lock taken still, by the one who let it go on, and sleeps after all. So it looks once in
a microsecond (`_Flag`): an empty task in a second lane takes 4 microseconds, 30 to 60
where it looks all the time, and 50 with Python's locks.
"""

import ctypes
import sys
import threading
from functools import lru_cache

#: Whether threads take turns at the interpreter's lock: free-threaded Python (from 3.13
#: on) has none.
LOCKED = getattr(sys, "_is_gil_enabled", lambda: True)()
#: How often a thread looks before it sleeps, at a flag and at a semaphore: for 0.1 to
#: 0.3 milliseconds, which is longer than what one thread does alone between two pieces
#: of work in a training step.
LOOKS_AT_FLAG, LOOKS = 150, 100_000
#: Characters that one look at a flag compares, in 1.4 microseconds. With a fifth or
#: twice of them more looks come while the lock is taken.
LENGTH = 1000
#: Bytes that hold a ``sem_t``, and of a line of the cache.
_SIZE = 64


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
    return kinds()[0]()


@lru_cache(maxsize=1)
def kinds():
    """Return the classes of semaphores that work here, the best first."""
    found = []
    if LOCKED and _library("lfind", "strverscmp"):
        found.append(_Flag)
    # Only Linux is known to have these: elsewhere they are missing, or stubs.
    needed = "lfind", "sem_init", "sem_post", "sem_wait", "sem_trywait"
    if sys.platform.startswith("linux") and _library(*needed):
        found.append(_Semaphore)
    return [*found, _Lock]


def _library(*names):
    """Return the C library if it has functions of these names, or None."""
    try:
        library = ctypes.CDLL(None)
        found = all(hasattr(library, name) for name in names)
    except (OSError, TypeError):  # Windows has no library of all
        return None
    if found:
        library.lfind.restype = ctypes.c_void_p
    return library if found else None


def _address(function):
    return ctypes.cast(function, ctypes.c_void_p)


class _Lock:
    def __init__(self):
        self._lock = threading.Lock()
        self._lock.acquire()

    def post(self):
        if self._lock.locked():
            self._lock.release()

    def wait(self):
        self._lock.acquire()


class _Flag:
    """A flag, for threads that take turns: each step here is done before another's.

    It is the last character of a text. ``strverscmp`` compares that with another one,
    character by character, and returns 0 when they are the same.
    """

    def __init__(self):
        library = _library("lfind", "strverscmp")
        self._text = ctypes.create_string_buffer(b"a" * LENGTH + b"-")
        wanted = ctypes.create_string_buffer(b"a" * LENGTH + b"+")
        # The table's entries have no width, so all of them are the text.
        looks, width = ctypes.c_size_t(LOOKS_AT_FLAG), ctypes.c_size_t(0)
        compare = _address(library.strverscmp)
        self._search = wanted, self._text, ctypes.byref(looks), width, compare
        self._look, self._lock, self._sleeps = library.lfind, _Lock(), False

    def post(self):
        self._text[LENGTH] = b"+"
        if self._sleeps:
            self._sleeps = False
            self._lock.post()

    def wait(self):
        if not self._look(*self._search):
            self._sleeps = True
            if self._text[LENGTH] == b"-":  # not posted before it could be seen
                self._lock.wait()
            self._sleeps = False
        self._text[LENGTH] = b"-"


class _Semaphore:
    """A semaphore of the C library, for threads that work at the same time."""

    def __init__(self):
        library = _library("lfind")
        self._memory = ctypes.create_string_buffer(2 * _SIZE)
        start = ctypes.addressof(self._memory)
        here = ctypes.c_void_p(start + -start % _SIZE)  # on a line of its own
        if library.sem_init(here, 0, 0):
            raise OSError("semaphore: the C library gives none")
        looks, width = ctypes.c_size_t(LOOKS), ctypes.c_size_t(0)
        take = _address(library.sem_trywait)
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
