"""Loading: what Torch7 saved, as live modules and arrays."""

from nnmods.interop.t7.reader import T7Reader


def load_t7(file, *, mmap=False, referenced=True):
    """Return the object that a `.t7` file of Torch7 holds.

    Modules and criterions become ours, in the mode in which they were saved; tensors
    become arrays, and those that share memory in Torch7 share it here; tables become
    lists where their keys are 1 to n, and dicts otherwise (`LuaTable` where no dict can
    have the keys). Numbers that are whole become ints, strings bytes where they are not
    UTF-8, functions a `LuaFunction`, instances of unknown classes an
    `UnknownTorchObject`. Axes and indices of modules count from 0 here. Nothing that
    stands in a file is run.

    Parameters
    ----------
    file : str, path-like or binary file
        Binary, of either byte order and size of a long, or ASCII. A file that is open
        is read from where it stands.
    mmap : bool, default=False
        Leave large arrays on disk until they are used. They may start at odd addresses,
        which is slower; what is written to them stays in memory.
    referenced : bool, default=True
        False for a file that was written with ``referenced=false``, in which objects
        have numbers that mean nothing.

    Returns
    -------
    object

    Raises
    ------
    T7Error
        If the file is damaged, or has a module of an unknown class in a network.
    OSError
        If the file is missing or cannot be read.

    References
    ----------
    .. [1] https://github.com/torch/torch7/blob/master/doc/serialization.md

    Examples
    --------
    >>> import io
    >>> load_t7(io.BytesIO(b"2\\n5\\nhello\\n"))
    'hello'
    """
    with T7Reader(file, mmap=mmap, referenced=referenced) as reader:
        made = reader.read()
        reader.leave()
        return made
