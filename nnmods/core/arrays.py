"""Arrays at a module's door: checks of arguments, and buffers that are reused."""

import operator

import numpy as np

from nnmods.core.dtypes import promote
from nnmods.core.lending import lend, lends
from nnmods.kernels.aligned import empty_like


def check(module, argument, x, shape):
    """Raise unless ``x`` is a real array of ``shape``.

    Parameters
    ----------
    module : Module or Criterion
        Whose argument it is; named in the error.
    argument : str
        The argument's name, for the error.
    x : object
        What was given.
    shape : tuple
        The wanted lengths; None stands for any length, and a leading ``...`` for any
        number of leading axes.

    Raises
    ------
    TypeError
        If ``x`` is not an array of real numbers.
    ValueError
        If its shape is another one.
    """
    try:
        got = x.shape
        if x.dtype.kind in "fiub":
            if got == shape:
                return
            n = len(shape) - 1
            if n >= 0 and shape[0] is ... and (n == 0 or got[-n:] == shape[1:]):
                return  # one slice and one comparison
            if len(got) == len(shape):
                for length, wanted in zip(got, shape, strict=True):
                    if length != wanted and wanted is not None:
                        break
                else:
                    return
    except AttributeError:
        pass
    _check_slowly(module, argument, x, shape)


def _check_slowly(module, argument, x, shape):
    if isinstance(x, (list, tuple)):
        kind = "a table" if any(hasattr(item, "shape") for item in x) else "a list"
        raise TypeError(
            f"{name_of(module)}: {argument} is {kind} of {len(x)}, expected an array"
            + ("; np.asarray makes one" if kind == "a list" else "")
        )
    if not isinstance(x, np.ndarray):
        if not isinstance(x, np.generic):  # NumPy scalars are arrays of shape ()
            raise TypeError(
                f"{name_of(module)}: {argument} has type {type(x).__name__}, "
                "expected an array"
            )
    if x.dtype.kind not in "fiub":
        raise TypeError(
            f"{name_of(module)}: {argument} has dtype {x.dtype}, expected real numbers"
        )
    leading = bool(shape) and shape[0] is ...
    wanted = shape[1:] if leading else shape
    got = x.shape[len(x.shape) - len(wanted) :] if leading else x.shape
    fits = len(x.shape) >= len(wanted) if leading else len(x.shape) == len(wanted)
    if not fits or any(w not in (None, g) for g, w in zip(got, wanted, strict=True)):
        raise ValueError(
            f"{name_of(module)}: {argument} has shape {x.shape}, "
            f"expected {describe_shape(shape)}"
        )


def name_of(module):
    """Return what errors call a module: its repr, or its class if that is long.

    A class name stands for a module that is not made yet.
    """
    name = module if isinstance(module, str) else repr(module)
    return type(module).__name__ if "\n" in name else name


def describe_shape(shape):
    """Return ``shape`` as text, any length as ``*`` and leading axes as ``...``.

    Examples
    --------
    >>> describe_shape((..., None, 3)), describe_shape((3,))
    ('(..., *, 3)', '(3,)')
    """
    lengths = ["..." if n is ... else "*" if n is None else str(n) for n in shape]
    return f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"


def as_size(owner, argument, value):
    """Return a length that a constructor was given, as an int.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is negative.
    """
    try:
        size = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{owner}: {argument} is {value!r}, expected an integer"
        ) from None
    if size < 0:
        raise ValueError(f"{owner}: {argument} is {size}, expected 0 or more")
    return size


def reuse(buffer, shape, first, *others, module=None):
    """Return ``buffer`` if it has ``shape`` and the promoted dtype, else a new array.

    Parameters
    ----------
    buffer : ndarray or None
        The result of the last call.
    shape : tuple of int
    first, *others : ndarray
        The operands: their dtypes are promoted by NumPy's rules, integers left out,
        and a new array of as many axes as ``first`` takes on its memory order.
    module : Module, default=None
        Whose dtype serves when all operands are integers.

    Returns
    -------
    ndarray
        Its contents are undefined. None of the operands lies in its memory: a module
        may be given what it returned itself, and writes while it reads.
    """
    dtype = first.dtype
    for other in others:
        if other.dtype is not dtype:
            dtype = promote(module, (first, *others))
            break
    if dtype.kind != "f":
        dtype = promote(module, (first, *others))
    if buffer is not None and buffer.dtype is dtype and buffer.shape == shape:
        memory = buffer if buffer.base is None else buffer.base
        if first is not memory and first.base is not memory:
            for other in others:
                if other is memory or other.base is memory:
                    break
            else:
                return buffer
    if lends(shape, dtype):
        return lend(shape, dtype, first)
    return empty_like(first, shape, dtype)


def same(x, last):
    """Tell whether ``x`` is what ``last`` was: the same memory, or equal values.

    Both may be tables. NaN equals NaN here, since the question is whether a gradient
    belongs to this input.
    """
    if x is last and type(x) is np.ndarray:
        return True
    if isinstance(x, (list, tuple)):
        return (
            isinstance(last, (list, tuple))
            and len(x) == len(last)
            and all(same(a, b) for a, b in zip(x, last, strict=True))
        )
    if last is None or isinstance(last, (list, tuple)):
        return False
    return same_memory(x, last) or (
        np.shape(x) == np.shape(last)
        and np.array_equal(x, last, equal_nan=np.result_type(x).kind == "f")
    )


def memory_key(array):
    """Return what two arrays have in common when they are one view of one memory."""
    if array.size == 0:
        return id(array)
    return array.__array_interface__["data"][0], array.shape, array.strides


def same_memory(x, last):
    """Tell whether two arrays are one view of the same memory."""
    if x is last:
        return True
    return (
        isinstance(last, np.ndarray)
        and isinstance(x, np.ndarray)
        and x.dtype == last.dtype
        and memory_key(x) == memory_key(last)
    )
