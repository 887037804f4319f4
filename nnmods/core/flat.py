"""Flat parameters: all parameters of a network as views of one vector."""

import numpy as np
from numpy.lib.array_utils import byte_bounds

from nnmods.core.arrays import memory_key
from nnmods.core.parameters import walk_parameters


class Anchor:
    """The place of a network's first parameter: it tells when all have moved."""

    def __init__(self, slots):
        slot = next((slot for slot in slots if slot[3].size), None)
        _, self._owner, self._name, _, _ = slot or (None,) * 5

    def holds(self, w):
        """Tell whether that parameter is still a view of ``w``, or of its memory."""
        if self._owner is None:
            return True
        base = getattr(self._owner, self._name).base
        return base is not None and (base is w or base is w.base)


def flatten(module):
    """Return ``w, dC_dw``, of which the parameters and gradients are views.

    Where they are views of one vector already, in order and end to end, it is
    returned as it is; otherwise everything is copied to a new one. With them comes an
    `Anchor`.

    Raises
    ------
    TypeError
        If the parameters are of several dtypes, or not floating-point.
    ValueError
        If two parameters overlap in part: one vector cannot hold both.
    """
    slots = list(walk_parameters(module))
    flat = _laid_out(module, slots)
    if flat is None:
        dtypes = {}
        for path, _, name, p, grad in slots:
            dtypes.setdefault(p.dtype, path)
            dtypes.setdefault(grad.dtype, f"grad_{name} of {path}")
        if len(dtypes) > 1:
            listed = ", ".join(f"{where} is {dtype}" for dtype, where in dtypes.items())
            raise TypeError(
                f"parameters have several dtypes ({listed}), expected one; "
                "astype() converts a network"
            )
        dtype = next(iter(dtypes), module.dtype)
        if dtype.kind != "f":
            raise TypeError(
                f"{dtypes[dtype]} has dtype {dtype}, expected a floating-point type"
            )
        _refuse_overlap(slots)
        flat = pack(slots, dtype)
    return flat, Anchor(slots)


def pack(slots, dtype):
    """Copy parameters and gradients to two new vectors and make them views of these.

    Parameters
    ----------
    slots : list
        Of `walk_parameters`.
    dtype : numpy dtype
        Of the vectors.

    Returns
    -------
    w, dC_dw : ndarray, shape (n,)
    """
    places, end = {}, 0
    for _, _, _, p, grad in slots:
        if memory_key(p) not in places:
            places[memory_key(p)] = (end, p, grad)
            end += p.size
    w, dC_dw = np.empty(end, dtype), np.empty(end, dtype)
    views = {}
    for key, (start, p, grad) in places.items():  # all is copied before any is rebound
        part = slice(start, start + p.size)
        w[part], dC_dw[part] = p.reshape(-1), grad.reshape(-1)
        views[key] = w[part].reshape(p.shape), dC_dw[part].reshape(p.shape)
    for _, owner, name, p, _ in slots:  # shared ones get one view: copies keep it so
        view, grad = views[memory_key(p)]
        setattr(owner, name, view)
        setattr(owner, f"grad_{name}", grad)
    return w, dC_dw


def _laid_out(module, slots):
    """Return the vectors that the slots are laid out in, or None."""
    distinct = {}
    for _, _, _, p, grad in slots:
        if p.size:
            distinct.setdefault(memory_key(p), (p, grad))
    if not distinct:
        return module._flat
    w, dC_dw = module._flat or (None, None)
    w = common_vector([p for p, _ in distinct.values()], w)
    dC_dw = common_vector([grad for _, grad in distinct.values()], dC_dw)
    return None if w is None or dC_dw is None else (w, dC_dw)


def common_vector(arrays, last=None):
    """Return the stretch of one vector that is these arrays end to end, or None.

    ``last``, the vector returned before, is returned again where it still is the one.
    """
    base, size = arrays[0].base, sum(array.size for array in arrays)
    if not isinstance(base, np.ndarray) or base.ndim != 1:
        return None
    start, _ = byte_bounds(arrays[0])
    address = start
    for array in arrays:
        if (
            array.base is not base
            or array.dtype != base.dtype
            or not array.flags.c_contiguous
            or byte_bounds(array)[0] != address
        ):
            return None
        address += array.nbytes
    if not base.flags.c_contiguous or base.dtype.kind != "f":
        return None
    offset = (start - byte_bounds(base)[0]) // base.itemsize
    whole = base if size == base.size else base[offset : offset + size]
    same = last is not None and memory_key(last) == memory_key(whole)
    return last if same else whole


def _refuse_overlap(slots):
    """Raise where two different parameters have elements in common."""
    bounds = sorted((*byte_bounds(p), path, p) for path, _, _, p, _ in slots if p.size)
    before = []
    for low, high, path, p in bounds:
        before = [entry for entry in before if entry[1] > low]
        for _, _, other, q in before:
            if memory_key(p) != memory_key(q) and np.shares_memory(p, q):
                raise ValueError(
                    f"{other} and {path} share a part of their memory, expected all "
                    "or nothing; share() makes two parameters one"
                )
        before.append((low, high, path, p))
