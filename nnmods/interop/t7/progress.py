"""Progress: a bar for work that takes long."""

#: Files up to this many bytes are read without one.
QUIET = 100_000_000


class _NoBar:
    def update(self, n):
        pass

    def close(self):
        pass


def progress(total):
    """Return a bar over ``total`` bytes: an object with update(n) and close().

    It is shown for a large file, where tqdm is installed and stderr is a terminal.
    """
    if total <= QUIET:
        return _NoBar()
    try:
        from tqdm import tqdm
    except ImportError:
        return _NoBar()
    return tqdm(total=total, unit="B", unit_scale=True, leave=False, disable=None)
