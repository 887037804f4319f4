"""What a command shows: lines on stdout, and a bar on stderr at a terminal."""

import contextlib
import os
import sys

from nnmods.core.progress import NoBar, progress


def say(text):
    """Print a line on stdout at once.

    If it cannot be written, as nobody reads on (``nnmods train | head``) or the disk is
    full, this and later lines are dropped: training goes on.
    """
    with dropping():
        try:
            print(text, flush=True)
        except UnicodeEncodeError:  # the name of a class, in an old encoding
            print(text.encode("ascii", "backslashreplace").decode(), flush=True)


@contextlib.contextmanager
def dropping():
    """Point stdout to nowhere when it cannot be written any more."""
    try:
        yield
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Progress:
    """Minibatches whose passing is shown by a bar.

    The bar needs tqdm, and a terminal at stderr; without them nothing is shown.

    Parameters
    ----------
    batches : iterable
        Which has a length.
    epochs : int
        How many times it will be gone through.
    """

    def __init__(self, batches, epochs):
        self.batches = batches
        self.epochs = epochs
        self._epoch = 0
        self._bar = progress(len(batches) * epochs, " batches")

    def __iter__(self):
        self._epoch += 1
        self._bar.set_description(f"epoch {self._epoch}/{self.epochs}")
        for batch in self.batches:
            yield batch
            self._bar.update()

    def say(self, text):
        """Print a line above the bar."""
        self._bar.clear()
        say(text)
        self._bar.refresh()

    def close(self):
        """Take the bar away."""
        self._bar.close()
        self._bar = NoBar()
