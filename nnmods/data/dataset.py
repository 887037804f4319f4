"""Dataset: samples, their labels, and what the labels are called."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples along the first axis, with one integer label each.

    ``len(dataset)`` is the number of samples N. Data sets compare by identity.

    Parameters
    ----------
    x : ndarray, shape (N, ...)
        The samples.
    target : ndarray of integers, shape (N,)
        The label of each: an index into ``classes``.
    classes : sequence of str
        What the labels 0, 1, ... are called; kept as a tuple of strings.
    name : str, default=""
        What the whole is called.

    Raises
    ------
    TypeError
        If ``x`` or ``target`` is no array, or ``target`` does not hold integers.
    ValueError
        If there is not one label per sample, or a label has no name in ``classes``.

    Examples
    --------
    >>> Dataset(np.zeros((3, 2)), np.array([0, 1, 1]), ("cat", "dog"), "pets")
    Dataset('pets': x (3, 2) float64, 2 classes)
    """

    x: np.ndarray
    target: np.ndarray
    classes: tuple
    name: str = ""

    def __post_init__(self):
        object.__setattr__(self, "classes", tuple(map(str, self.classes)))
        for argument, array in (("x", self.x), ("target", self.target)):
            if not isinstance(array, np.ndarray):
                raise TypeError(
                    f"Dataset {self.name!r}: {argument} has type "
                    f"{type(array).__name__}, expected an array"
                )
        if self.target.dtype.kind not in "iu":
            raise TypeError(
                f"Dataset {self.name!r}: target has dtype {self.target.dtype}, "
                "expected integers"
            )
        if self.x.ndim < 1 or self.target.shape != self.x.shape[:1]:
            raise ValueError(
                f"Dataset {self.name!r}: target has shape {self.target.shape} for x of "
                f"shape {self.x.shape}, expected one label per sample"
            )
        check_labels(f"Dataset {self.name!r}", self.target, len(self.classes))

    def __len__(self):
        return len(self.target)

    def __repr__(self):
        return (
            f"Dataset({self.name!r}: x {self.x.shape} {self.x.dtype}, "
            f"{len(self.classes)} classes)"
        )


def check_labels(source, target, n_classes):
    """Raise unless all labels are in 0..n_classes-1.

    Parameters
    ----------
    source : str or path-like
        Where the labels come from; the error begins with it.
    target : ndarray of integers, shape (N,)
    n_classes : int

    Raises
    ------
    ValueError
        Which names the first label out of range, and where it stands.
    """
    bad = np.flatnonzero((target < 0) | (target >= n_classes))
    if bad.size:
        raise ValueError(
            f"{source}: sample {bad[0]} has label {target[bad[0]]}, "
            f"expected 0 to {n_classes - 1}"
            if n_classes
            else f"{source}: has {len(target)} labels but no class names"
        )
