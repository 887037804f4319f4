"""Files that are whole or absent: written beside their place, then renamed."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def replacing(path, mode="wb", **options):
    """Open a temporary file that takes the place of ``path`` when all went well.

    The data are flushed to the disk before the renaming, so that a crash leaves the
    old file or the new one, never a part. After an error the old file stands as it
    was, and the temporary one is gone.

    Parameters
    ----------
    path : str or path-like
        The file to write.
    mode : {"wb", "w"}, default="wb"
        How to open it.
    **options
        Of `open`, such as ``encoding``.

    Yields
    ------
    file object

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "notes.txt", "w") as file:
    ...         _ = file.write("saved")
    ...     os.listdir(folder)
    ['notes.txt']
    """
    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
        )
    except OSError as err:  # name the file asked for, not the temporary one
        raise type(err)(err.errno, err.strerror, str(path)) from None
    try:
        os.chmod(temporary, 0o666 & ~_umask())  # mkstemp makes it private
        with open(handle, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
