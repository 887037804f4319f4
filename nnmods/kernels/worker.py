"""Worker: a thread that does the task of a lane."""

import threading
from contextvars import copy_context

from nnmods.kernels.semaphores import semaphore


def error_of(task, lane):
    """Call ``task(lane)``, and return what it raised, or None."""
    try:
        task(lane)
    except BaseException as error:  # an interrupt too: other lanes are still at work
        return error
    return None


class Worker:
    """A thread that waits for tasks."""

    def __init__(self):
        self._go, self._done = semaphore(), semaphore()
        self._call = None  # what to run, until it has ended
        threading.Thread(target=self._run, name="nnmods", daemon=True).start()

    def start_on(self, task, lane):
        """Call ``task(lane)`` there, in a copy of the caller's context."""
        self._call = copy_context().run, (error_of, task, lane)
        self._go.post()

    def wait(self):
        """Return the error of the task, or None, when it is done."""
        interrupt = None
        while True:
            try:
                self._done.wait()
            except KeyboardInterrupt as error:  # it still writes to our memory
                interrupt = error
            if self._call is None:
                return self._error if interrupt is None else interrupt

    def _run(self):
        while True:
            self._go.wait()
            if self._call is None:
                continue
            run, arguments = self._call
            self._error = run(*arguments)
            self._call = None
            self._done.post()
