"""Labels: from what a file calls the classes to the integers 0, 1, ..."""

import numpy as np

#: Integers from here on are taken to be a quantity, not a class.
MAX_CLASSES = 1_000_000


def number_labels(source, labels, places, classes=None):
    """Return the labels as integers, and the names of the classes.

    Labels that are whole numbers stay what they are. If some label is not a number,
    all are names, and are numbered in sorted order.

    Parameters
    ----------
    source : str or path-like
        Where the labels come from; errors begin with it.
    labels : list of str
    places : sequence of str
        Where each label stands, such as "line 7", for errors.
    classes : sequence of str, default=None
        The names in their order, which labels are looked up in.

    Returns
    -------
    target : ndarray of int64, shape (N,)
    classes : tuple of str

    Raises
    ------
    ValueError
        Which names the first label that is empty, negative, not whole, larger than a
        class can be, or not in ``classes``.
    """

    def fail(position, wanted):
        raise ValueError(
            f"{source}: {places[position]}: target is {labels[position]!r}, "
            f"expected {wanted}"
        )

    if "" in labels:
        fail(labels.index(""), "a class")
    values = None if classes is not None else _numbers(labels)
    if values is None:
        classes = tuple(sorted(set(labels)) if classes is None else map(str, classes))
        number = {name: k for k, name in enumerate(classes)}
        if len(number) < len(classes):
            raise ValueError(f"classes has {classes}, expected names that differ")
        for position, label in enumerate(labels):
            if label not in number:
                fail(position, f"one of {', '.join(classes)}")
        return np.array([number[label] for label in labels], np.int64), classes
    for position, value in enumerate(values):
        if not value.is_integer():
            fail(position, "a whole number, or classes given by name")
        if not 0 <= value < MAX_CLASSES:
            fail(position, f"0 to {MAX_CLASSES - 1}, or classes given by name")
    target = np.array(values, np.int64)
    return target, tuple(map(str, range(target.max(initial=-1) + 1)))


def _numbers(labels):
    """Return the labels as floats, or None if some are not numbers."""
    try:
        return [float(label) for label in labels]
    except ValueError:
        return None
