"""Saving: modules, arrays and tables for the original Torch7."""

from contextlib import ExitStack

from nnmods.core.files import replacing
from nnmods.interop.t7.emitter import Emitter
from nnmods.interop.t7.files import is_path
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.progress import progress
from nnmods.interop.t7.sinks import AsciiSink, BinarySink

SINKS = {"binary": BinarySink, "ascii": AsciiSink}


def save_t7(obj, file, format="binary"):
    """Write an object as a `.t7` file, which the original Torch7 reads.

    Modules and criterions become Torch7's, arrays tensors, lists and tuples tables 1 to
    n, dicts tables; axes and indices of modules count from 1 there. Arrays that share
    memory share a storage, and what stands at several places is written once. In a dict
    an entry that is None is left out, as Lua has no such entries.

    Torch7's tensors have one axis at least and none of length 0: an array without axes
    becomes a tensor of one number, an empty one the empty tensor. Booleans become
    bytes. What Torch7 does at kinks is its own: a ReLU passes no gradient at 0.

    Parameters
    ----------
    obj : object
    file : str, path-like or binary file
        An old file is replaced once the new one is whole and on disk.
    format : {"binary", "ascii"}, default="binary"

    Raises
    ------
    TypeError
        If it is, or has in it, something that Torch7 has not, or the file is no binary
        one.
    ValueError
        If a module has a setting that Torch7's has not, or a number needs more than a
        double.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> save_t7({"rate": 0.5}, file, format="ascii")
    >>> file.getvalue().split()
    [b'3', b'1', b'1', b'2', b'4', b'rate', b'1', b'0.5']
    """
    if format not in SINKS:
        raise ValueError(f"save_t7: format is {format!r}, expected binary or ascii")
    to_open = is_path(file, "write", "save_t7")
    try:
        lowering = Lowering()
        raw = lowering.lower(obj)
    except (TypeError, ValueError) as err:
        raise type(err)(f"save_t7: {err}") from err.__cause__
    with ExitStack() as stack:
        if to_open:
            file = stack.enter_context(replacing(file))
        bar = progress(lowering.size)
        stack.callback(bar.close)
        Emitter(SINKS[format](file, bar)).write(raw)
