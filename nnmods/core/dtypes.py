"""The dtype of fresh parameters, and how dtypes combine."""

import numpy as np

_default = np.dtype(np.float64)


def get_default_dtype():
    """Return the dtype that parameters get when none is asked for."""
    return _default


def set_default_dtype(dtype):
    """Set the dtype that parameters get when none is asked for.

    Parameters
    ----------
    dtype : numpy dtype or str
        A floating-point type, such as ``"float32"``. Modules that exist already
        keep theirs.

    Raises
    ------
    TypeError
        If ``dtype`` is not a floating-point type.
    """
    global _default
    _default = float_dtype(dtype)


def float_dtype(dtype):
    """Return ``dtype`` as a `numpy.dtype`; None means the default one."""
    if dtype is None:
        return _default
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        got = repr(dtype) if found is None else found
        raise TypeError(f"dtype is {got}, expected a floating-point type")
    return found


def promote(module, arrays):
    """Return NumPy's common dtype of ``arrays``, leaving out integers and booleans.

    Integers carry no precision of their own: they are computed in the dtype of the
    parameters among ``arrays``, or else in that of ``module``.
    """
    dtypes = [array.dtype for array in arrays if array.dtype.kind == "f"]
    if dtypes:
        first = dtypes[0]
        if first.isnative and dtypes.count(first) == len(dtypes):  # mostly
            return first
        return np.result_type(*dtypes)
    return _default if module is None else module.dtype
