"""Progress: a bar for an analysis that takes long."""

#: Seconds after which it is shown.
DELAY = 1.0


class NoBar:
    """What stands for a bar that cannot be shown."""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def update(self, n=1):
        pass


def progress(total):
    """Return a bar over ``total`` modules, a context with update().

    It is shown where tqdm is installed and stderr is a terminal.
    """
    try:
        from tqdm import tqdm
    except ImportError:
        return NoBar()
    options = {"leave": False, "disable": None, "delay": DELAY, "dynamic_ncols": True}
    return tqdm(total=total, unit=" modules", **options)
