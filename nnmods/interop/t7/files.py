"""Files: what can be read from, and written to."""

import io
import os


def is_path(file, method, caller):
    """Tell whether a file is to be opened; an open one must be binary.

    Parameters
    ----------
    file : str, path-like or binary file
    method : str
        That an open file needs: ``"read"`` or ``"write"``.
    caller : str
        For the error.

    Raises
    ------
    TypeError
        If it is neither.

    Examples
    --------
    >>> is_path("net.t7", "read", "load_t7"), is_path(io.BytesIO(), "read", "load_t7")
    (True, False)
    """
    if isinstance(file, (str, os.PathLike)):
        return True
    if not hasattr(file, method) or isinstance(file, io.TextIOBase):
        raise TypeError(
            f"{caller}: file has type {type(file).__name__}, expected a path or a "
            "binary file"
        )
    return False
