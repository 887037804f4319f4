"""IDX files: the array format of MNIST."""

import gzip
import io
import math
import struct

import numpy as np

from nnmods.data.reading import count_rest, open_data, read_at_most

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
MAX_DIMENSIONS = 32  # of an ndarray, in every NumPy


def read_idx(path, mapped=False):
    """Return the array of an IDX file, plain or gzip.

    The format [1]_: two zero bytes, a code of the dtype, the number of dimensions, the
    lengths as big-endian 32-bit integers, then the entries, big-endian, last axis
    fastest.

    Parameters
    ----------
    path : str or path-like
        The file; gzip is recognised by its content, whatever its name.
    mapped : bool, default=False
        Whether to map the file to memory in place of reading it: `Minibatches` then
        reads a batch at a time. The file must be plain.

    Returns
    -------
    ndarray
        Of dtype uint8, int8, int16, int32, float32 or float64, in native byte order;
        a mapped one is read-only, and big-endian as in the file.

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    ValueError
        If it is not a whole IDX file, or holds more than one; or if it is to be mapped
        and is gzip.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
           1998.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "three"
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    ...     read_idx(path)
    array([7, 8, 9], dtype=uint8)
    """
    with open_data(path) as file:
        dtype, shape = _read_header(path, file)
        size = math.prod(shape) * dtype.itemsize
        if mapped:
            if isinstance(file, gzip.GzipFile):
                raise ValueError(
                    f"{path}: is gzip, expected a plain file to map; gunzip makes one"
                )
            start = file.tell()
            data, got = None, file.seek(0, io.SEEK_END) - start
        else:
            data = read_at_most(file, size)
            got = len(data) + count_rest(file)
    if got != size:
        raise ValueError(
            f"{path}: has {got} bytes of entries, expected {size} for "
            f"shape {shape} of {dtype.newbyteorder('=')}"
        )
    try:
        if mapped:
            return np.memmap(path, dtype, "r", start, shape)
        array = np.frombuffer(data, dtype).reshape(shape)
    except ValueError as err:  # (0, 2**32 - 1, 2**32 - 1, 2**32 - 1) is empty, yet big
        raise ValueError(f"{path}: has shape {shape}: {err}") from None
    return array.astype(dtype.newbyteorder("="), copy=False)


def _read_header(path, file):
    head = read_at_most(file, 4)
    if not head:
        raise ValueError(f"{path}: is empty, expected an IDX file")
    if len(head) < 4 or head[:2] != b"\0\0":
        raise ValueError(
            f"{path}: begins with bytes {head.hex(' ')}, expected 00 00 and two more; "
            "is it an IDX file?"
        )
    _, _, code, ndim = head
    if code not in DTYPES:
        known = ", ".join(f"{known:02x}" for known in DTYPES)
        raise ValueError(f"{path}: has dtype code {code:02x}, expected one of {known}")
    if not 1 <= ndim <= MAX_DIMENSIONS:
        raise ValueError(
            f"{path}: has {ndim} dimensions, expected 1 to {MAX_DIMENSIONS}"
        )
    lengths = read_at_most(file, 4 * ndim)
    if len(lengths) < 4 * ndim:
        raise ValueError(
            f"{path}: ends after {4 + len(lengths)} bytes, expected a header of "
            f"{4 + 4 * ndim} for {ndim} dimensions"
        )
    return np.dtype(">" + DTYPES[code]), struct.unpack(f">{ndim}I", lengths)
