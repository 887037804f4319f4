"""What a command shows: lines on stdout, whoever reads them."""

import contextlib
import os
import sys


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
