"""Texts for single values of a `.t7` file, and for keys in its tables."""

from nnmods.interop.t7.paths import spell
from nnmods.interop.t7.raw import Function, Object, Storage, Table
from nnmods.interop.t7.values import number, text

#: Strings and keys are cut to this many characters.
LONGEST = 60


def path_key(key):
    """Return what stands for a key in a path: itself, and bytes if it looks odd.

    A terminal is shown no control characters of a file, and a name is one line.
    """
    if isinstance(key, str) and not (key.isprintable() and 0 < len(key) <= LONGEST):
        return key.encode()
    return key


def raw_key(raw):
    """Return what stands in a path for a key that was read."""
    if type(raw) is float:
        return number(raw)
    return path_key(text(raw)) if type(raw) is bytes else raw


def where(path):
    """Return a path as text, also that of the outermost object."""
    return spell(path) or "(top)"


def listed(function, values, shown):
    """Return the texts of values in one line, the last ones only as a number.

    Examples
    --------
    >>> listed(str, [1, 2, 3, 4], shown=2)
    '1, 2, ... 2 more'
    """
    rest = [f"... {len(values) - shown:,} more"] if len(values) > shown else []
    return ", ".join([*map(function, values[:shown]), *rest])


def shape_text(dtype, shape):
    """Return how an array is shown.

    Examples
    --------
    >>> shape_text("float64", (3, 4)), shape_text("int64", ())
    ('float64 3 x 4', 'int64 empty')
    """
    return f"{dtype} {' x '.join(map(str, shape)) or 'empty'}"


def outline(raw):
    """Return one line on a raw value, without what is in it."""
    kind = type(raw)
    if raw is None:
        return "nil"
    if kind is bool:
        return "true" if raw else "false"
    if kind is float:
        return repr(number(raw))
    if kind is bytes:
        return _quoted(text(raw))
    if kind is Table:
        return _counted(len(raw.items) // 2)
    if kind is Object:
        return raw.name
    if kind is Function:
        return f"function of {len(raw.bytecode):,} bytes, never run"
    if kind is Storage:
        return f"{shape_text(raw.array.dtype, raw.array.shape)} (storage)"
    return shape_text(raw.dtype, raw.shape)


def _counted(n):
    return f"table of {n:,}" if n else "empty table"


def _quoted(string):
    if len(string) <= LONGEST:
        return repr(string)
    return f"{string[:LONGEST]!r}... {len(string) - LONGEST:,} more"
