"""Archive: an .npz file whose claims are checked before they are believed."""

import math
import os
import zipfile

from numpy.lib import format as npy

from nnmods.core.values import Unreadable, is_plain

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class Archive:
    """The arrays of an open .npz file, each read once, when it is asked for.

    All members are stored uncompressed, so that none can be larger than the file, and
    no array is allocated that is not there. NumPy's own reader allocates what the
    header of an array claims.

    Parameters
    ----------
    file : binary file

    Raises
    ------
    Unreadable
        If it is no such file.
    Exception
        Whatever the readers of zip and npy files raise for a damaged one.
    """

    def __init__(self, file):
        size = os.fstat(file.fileno()).st_size
        try:
            self._zip = zipfile.ZipFile(file)
        except zipfile.BadZipFile as err:
            raise Unreadable(f"is no .npz file, or not all of one ({err})") from err
        members = self._zip.infolist()
        if sum(member.file_size for member in members) > size:
            raise Unreadable(f"claims more than the {size} bytes that it has")
        self._members = {member.filename: member for member in members}
        self._arrays = {}

    def __contains__(self, name):
        return f"{name}.npy" in self._members

    def __getitem__(self, name):
        if name not in self._arrays:
            self._arrays[name] = self._read(name)
        return self._arrays[name]

    def _read(self, name):
        member = self._members.get(f"{name}.npy")
        if member is None:
            raise Unreadable(f"lacks the array {name[:80]!r}")
        if member.compress_type != zipfile.ZIP_STORED:
            raise Unreadable(f"has a compressed array {name!r}, expected it as it is")
        with self._zip.open(member) as stream:
            self._check_header(name, stream, member.file_size)
        # Opened anew, since a stream that was wound back is not checked for damage.
        with self._zip.open(member) as stream:
            return npy.read_array(stream, allow_pickle=False)

    def _check_header(self, name, stream, size):
        """Raise unless the header of an array fits the bytes behind it."""
        version = npy.read_magic(stream)
        if version not in _HEADERS:
            raise Unreadable(f"has array {name!r} in npy version {version}")
        try:
            shape, _, dtype = _HEADERS[version](stream)
        except MemoryError as err:  # of Python's parser, for a thousand brackets
            raise Unreadable(f"has a broken header of array {name!r}") from err
        if not is_plain(dtype):
            raise Unreadable(
                f"has array {name!r} of dtype {dtype}, expected numbers or text"
            )
        wanted, got = math.prod(shape) * dtype.itemsize, size - stream.tell()
        if min(shape, default=0) < 0 or wanted != got:
            raise Unreadable(
                f"has {got} bytes in array {name!r}, expected {wanted} "
                f"for shape {shape} of {dtype}"
            )
