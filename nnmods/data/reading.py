"""Reading data files: gzip or plain, and never more memory than the file fills."""

import contextlib
import gzip
import zlib

CHUNK = 1 << 20


@contextlib.contextmanager
def open_data(path):
    """Open a file of bytes for reading; gzip is told by content, and decompressed.

    Yields
    ------
    file object

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    ValueError
        While reading, if its gzip data are corrupt or end too early.
    """
    with open(path, "rb") as raw:
        if raw.peek(2)[:2] != b"\x1f\x8b":
            yield raw
            return
        try:
            with gzip.open(raw) as file:
                yield file
        except (EOFError, zlib.error, gzip.BadGzipFile) as err:
            raise ValueError(f"{path}: corrupt gzip data: {err}") from err


def read_at_most(file, size):
    """Return up to ``size`` bytes, fewer where the file ends, as a bytearray.

    Memory grows with what the file holds: a header that promises too much costs
    nothing.
    """
    data = bytearray()
    while chunk := file.read(min(size - len(data), CHUNK)):
        data += chunk
    return data


def count_rest(file):
    """Return how many bytes follow.

    Reaching the end of a gzip file also compares its checksum.
    """
    count = 0
    while chunk := file.read(CHUNK):
        count += len(chunk)
    return count
