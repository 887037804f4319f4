"""Progress: a bar for work that takes long."""

import sys


class NoBar:
    """What stands for a bar that is not shown."""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def update(self, n=1):
        pass

    def set_description(self, text):
        pass

    def clear(self):
        pass

    def refresh(self):
        pass

    def close(self):
        pass


def progress(total, unit, **options):
    """Return a bar over ``total`` units: tqdm's, a context with update(n) and close().

    It is shown where tqdm is installed and stderr is a terminal, and gone at its end.

    Parameters
    ----------
    total : int
    unit : str
        Shown after the numbers.
    **options
        Others of tqdm, such as ``delay``.
    """
    if sys.stderr is None or not sys.stderr.isatty():  # None: closed, as of a daemon
        return NoBar()
    try:
        from tqdm import tqdm
    except ImportError:
        return NoBar()
    return tqdm(total=total, unit=unit, leave=False, dynamic_ncols=True, **options)
