"""Files that are whole or absent: written beside their place, then renamed."""

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path


@contextlib.contextmanager
def replacing(path, mode="wb", **options):
    """Open a temporary file that takes the place of ``path`` when all went well.

    The data are flushed to the disk before the renaming, so that a crash leaves the
    old file or the new one, never a part. After an error the old file stands as it
    was, and the temporary one is gone. A device or a pipe, such as /dev/stdout, is
    written to as it is.

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
    given, path = path, Path(os.path.realpath(path))  # a link leads to the new file
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if os.path.exists(given) and not os.path.isfile(given):
        with open(given, mode, **options) as file:  # the real path of a pipe is none
            yield file
        return
    try:
        handle, temporary = tempfile.mkstemp(".tmp", ".nnmods-", path.parent)
    except OSError as err:  # name the file asked for, not the temporary one
        raise type(err)(err.errno, err.strerror, str(path)) from None
    try:
        file = _open(handle, mode, options)
        with file:
            os.chmod(temporary, _permissions(path))  # mkstemp makes it private
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _flush_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _flush_folder(folder):
    """Bring a renaming to the disk, where the system can."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _open(handle, mode, options):
    try:
        return open(handle, mode, **options)
    except BaseException:
        os.close(handle)
        raise


def _permissions(path):
    """Return those of the file that is replaced, or what a new one would get."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)  # there is no other way to read it
        os.umask(mask)
        return 0o666 & ~mask
