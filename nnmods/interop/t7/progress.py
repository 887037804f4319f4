"""Progress: a bar for files that are large."""

from nnmods.core.progress import NoBar
from nnmods.core.progress import progress as make_bar

#: Files up to this many bytes are read without one.
QUIET = 100_000_000


def progress(total):
    """Return a bar over ``total`` bytes: an object with update(n) and close()."""
    return NoBar() if total <= QUIET else make_bar(total, "B", unit_scale=True)
