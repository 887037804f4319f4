"""BLAS: its threads, the processor that its products are written for, its routines.

All by way of threadpoolctl: without that BLAS is left to itself, and NumPy's calls are
all there is of it.
"""

import ctypes
import itertools
import sys

#: Processors for which OpenBLAS multiplies small matrices in kernels of their own; for
#: others it packs them and takes locks, which is most of the time of such a product.
SMALL = ("SkylakeX", "Cooperlake", "SapphireRapids")

#: The C types of numbers that routines are for, by the ``char`` of their dtypes.
REAL = {"f": ctypes.c_float, "d": ctypes.c_double}
#: Whether a routine finds a 32-bit integer where it is given one of 64.
_LOW_HALF = sys.byteorder == "little" and ctypes.sizeof(ctypes.c_void_p) == 8

_found = None  # False where there is no threadpoolctl


def libraries():
    """Return pairs of the controller of a BLAS and its threads, or None without."""
    global _found
    if _found is None:
        try:
            from threadpoolctl import ThreadpoolController
        except ImportError:
            _found = False
        else:
            found = ThreadpoolController().select(user_api="blas").lib_controllers
            _found = [(library, library.num_threads) for library in found]
    return _found or None


def hold():
    """Let BLAS use one thread, in the whole process."""
    for library, _ in libraries() or ():
        library.set_num_threads(1)


def let_go():
    """Let BLAS use as many threads as it had, if it was asked for them before."""
    for library, threads in _found or ():
        library.set_num_threads(threads)


def routine(name, kind):
    """Return the routine of NumPy's BLAS for numbers of a kind, or None.

    It is to be given integers as ``ctypes.c_int64``. Called through ctypes, it lets go
    of the interpreter's lock.

    Parameters
    ----------
    name : str
        Of the routine in C, without its type: "gemm".
    kind : str
        The ``char`` of a dtype, whose byte order is the machine's.

    Examples
    --------
    >>> routine("gemm", "i")
    """
    if kind not in REAL or not _LOW_HALF:
        return None
    letter = {"f": "s", "d": "d"}[kind]
    for library, _ in libraries() or ():
        if getattr(library, "internal_api", None) != "openblas":
            continue
        for prefix, suffix in itertools.product(("scipy_", ""), ("64_", "")):
            full = f"{prefix}cblas_{letter}{name}{suffix}"
            if hasattr(library.dynlib, full):
                return library.dynlib[full]  # an object of its own, with its arguments
    return None


def likes_small():
    """Tell whether products of small matrices take no longer than their numbers do."""
    found = libraries()
    return bool(found) and getattr(found[0][0], "architecture", None) in SMALL
