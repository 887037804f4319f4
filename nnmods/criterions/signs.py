"""Labels 1 and -1: alike or not, on the right side or the wrong one."""

import numpy as np

from nnmods.core import check
from nnmods.criterions.elementwise import ElementwiseCriterion


def shaped_like(criterion, target, shape):
    """Return ``target`` as an array of ``shape``.

    A number will do for an array of one entry, and axes of length 1 do not matter:
    (N,) and (N, 1) are the same labels.
    """
    if isinstance(target, (int, float, np.generic)):
        target = np.asarray(target)
    if (
        isinstance(target, np.ndarray)
        and target.shape != shape
        and [n for n in target.shape if n != 1] == [n for n in shape if n != 1]
    ):
        target = target.reshape(shape)
    check(criterion, "target", target, shape)
    return target


def alike(criterion, target):
    """Return where labels are 1, in scratch memory, once known to be 1 or -1.

    Raises
    ------
    ValueError
        If a label is another number.
    """
    one = criterion.work("alike", target.shape, np.bool_)
    fits = criterion.work("fits", target.shape, np.bool_)
    np.equal(target, 1, out=one)
    np.equal(target, -1, out=fits)
    np.logical_or(one, fits, out=fits)
    if not np.logical_and.reduce(fits, axis=None):
        at = tuple(np.argwhere(~fits)[0].tolist())
        where = f" at {at[0] if len(at) == 1 else at}" if at else ""
        raise ValueError(
            f"{criterion!r}: target has label {target[at]:g}{where}, expected 1 or -1"
        )
    return one


class SignedCriterion(ElementwiseCriterion):
    """A sum of costs of entries whose target is a sign, mostly 1 or -1.

    The target of one entry may be a number, and axes of length 1 do not matter.
    """

    def _compared(self, y, target):
        check(self, "y", y, (...,))
        return shaped_like(self, target, y.shape)
