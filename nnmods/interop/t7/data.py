"""Data: the bytes of a file, mapped, of which the large parts become arrays."""

import io
import mmap
import os

import numpy as np

from nnmods.interop.t7.progress import progress

#: Arrays from this many bytes on are mapped, if mapping is wanted.
LARGE = 1 << 16
#: Bytes of a block that arrays share.
BLOCK = 1 << 25
#: Arrays in it start on a cache line.
LINE = 64
#: What is read between two steps of a progress bar.
_PIECE = 1 << 24


class Data:
    """The bytes of a `.t7` file.

    Parameters
    ----------
    file : binary file
        Read from where it stands. A file on disk is mapped, so that only what becomes
        an array takes memory; another one is read to its end.
    map_arrays : bool, default=False
        Whether large arrays stay in the file until they are used. What is written to
        them stays in memory and does not reach the file.

    Attributes
    ----------
    view : mmap or bytes-like
    start : int
        Where the first object stands.
    """

    def __init__(self, file, map_arrays=False):
        self._file, self._map, self._origin = file, map_arrays, 0
        self.start = file.tell() if _can_seek(file) else 0
        self._on_disk = _size_on_disk(file) > 0
        if self._on_disk:
            self.view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        elif isinstance(file, io.BytesIO):
            self.view = file.getvalue()
        else:  # compressed, or a pipe
            self._origin, self.start, self.view = self.start, 0, file.read()
        self._bar = progress(len(self.view) - self.start)
        self._shown = self.start
        self._block, self._used = None, 0
        self._forgotten = 0  # up to here, no pages of the file are held

    def array(self, dtype, n, at):
        """Return an array of n numbers that stand at a byte, in native order."""
        size = n * dtype.itemsize
        self._forget(at)
        if self._map and self._on_disk and size >= LARGE and dtype.isnative:
            return np.frombuffer(self.view, dtype, n, at)
        array = self._room(dtype, n, at)
        if not self._on_disk:
            array[...] = np.frombuffer(self.view, dtype, n, at)
        else:
            self._read(array.view(np.uint8), at)
        if dtype.isnative:
            return array
        return array.byteswap(inplace=True).view(dtype.newbyteorder())

    def _forget(self, at):
        """Give back pages of the file that were looked at, and some around these.

        Not where arrays are mapped: what was written to them would be given back too.
        """
        if self._map or not self._on_disk or not hasattr(mmap, "MADV_DONTNEED"):
            return
        if at - self._forgotten >= _PIECE:
            end = at // mmap.PAGESIZE * mmap.PAGESIZE
            size = end - self._forgotten
            self.view.madvise(mmap.MADV_DONTNEED, self._forgotten, size)
            self._forgotten = end

    def _room(self, dtype, n, at):
        """Return an array to read into what stands at a byte.

        Arrays of middle size share large blocks: the machine hands out memory for
        these in large pages, which takes half the time.
        """
        size = n * dtype.itemsize
        if not LARGE <= size < BLOCK // 2:
            return np.empty(n, dtype)
        start = (self._used // LINE + 1) * LINE  # arrays must not touch one another
        if self._block is None or start + size > len(self._block):
            left = len(self.view) - at + LINE
            self._block, start = np.empty(min(BLOCK, left), np.uint8), 0
        self._used = start + size
        return self._block[start : self._used].view(dtype)

    def _read(self, into, at):
        """Fill a buffer with what stands at a byte."""
        if len(into) < LARGE:
            into[:] = np.frombuffer(self.view, np.uint8, len(into), at)
            return
        self._file.seek(at)
        done = 0
        while done < len(into):
            got = self._file.readinto(into[done : done + _PIECE])
            if not got:
                raise OSError("the file became shorter while it was read")
            done += got
            self.show(at + done)

    def show(self, at):
        """Let the progress bar stand at a byte."""
        self._bar.update(at - self._shown)
        self._shown = at

    def leave(self, at):
        """Put the file, if that can be, to a byte of the view."""
        if _can_seek(self._file):
            self._file.seek(self._origin + at)

    def close(self):
        """End the progress bar; arrays that are mapped keep the file's memory."""
        self._bar.close()


def _can_seek(file):
    return hasattr(file, "seekable") and file.seekable()


def _size_on_disk(file):
    """Return the size of a file, 0 for one that is not plain bytes on disk."""
    if not isinstance(file, (io.BufferedReader, io.BufferedRandom, io.FileIO)):
        return 0  # such as a compressed one, which has a file of its own
    try:
        return os.fstat(file.fileno()).st_size
    except OSError:
        return 0
