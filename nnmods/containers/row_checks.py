"""Checks of batches whose rows go different ways."""

from nnmods.core.arrays import check
from nnmods.core.tables import is_table


def count_examples(owner, x):
    """Return the length of the first axis, that of all arrays of x.

    Raises
    ------
    TypeError
        If there is something else than arrays.
    ValueError
        If there is no array, one has no axis, or lengths differ.
    """
    lengths = list(_lengths(owner, "x", x))
    if not lengths:
        raise ValueError(f"{type(owner).__name__}: x has 0 arrays, expected at least 1")
    for name, length in lengths:
        if length != lengths[0][1]:
            raise ValueError(
                f"{type(owner).__name__}: {name} has {length} examples, "
                f"expected {lengths[0][1]}"
            )
    return lengths[0][1]


def _lengths(owner, name, x):
    if is_table(x):
        for i, entry in enumerate(x):
            yield from _lengths(owner, f"{name}[{i}]", entry)
        return
    check(owner, name, x, (...,))
    if x.ndim == 0:
        raise ValueError(
            f"{type(owner).__name__}: {name} has shape (), expected an axis of examples"
        )
    yield name, len(x)


def check_alike(owner, sources, outputs):
    """Raise unless several modules return rows alike, as many as they were given.

    Parameters
    ----------
    owner : Module
        Named in errors.
    sources : list of (str, int)
        What each module is called, and its number of examples.
    outputs : list of ndarray or table
    """
    for (name, count), y in zip(sources, outputs, strict=True):
        for shape in _flat_shapes(owner, f"y of {name}", y):
            if shape[:1] != (count,):
                raise ValueError(
                    f"{type(owner).__name__}: y of {name} has shape {shape}, "
                    f"expected {count} rows"
                )
    wanted = _row_shapes(outputs[0])
    for (name, _), y in zip(sources, outputs, strict=True):
        if _row_shapes(y) != wanted:
            raise ValueError(
                f"{type(owner).__name__}: y of {name} has rows of {_row_shapes(y)}, "
                f"expected {wanted} as of {sources[0][0]}"
            )


def _flat_shapes(owner, name, y):
    if is_table(y):
        for i, entry in enumerate(y):
            yield from _flat_shapes(owner, f"{name}[{i}]", entry)
    else:
        check(owner, name, y, (...,))
        yield y.shape


def _row_shapes(y):
    return [_row_shapes(entry) for entry in y] if is_table(y) else y.shape[1:]
