"""Paths: where in an object something stands, spelled out only when it is needed.

A path is None, or the pair of a path and one more key. Strings would make tables that
are nested 10^5 deep take time and memory quadratic in their depth.
"""

#: How many keys are spelled out at each end of a long path.
_ENDS = 20


def spell(path):
    """Return a path as text, such as ``modules[3].bias``.

    Examples
    --------
    >>> spell((((None, "modules"), 3), "bias"))
    'modules[3].bias'
    """
    keys = []
    while path is not None:
        path, key = path
        is_name = isinstance(key, str) and key.isprintable()  # an error is one line
        keys.append(f".{key}" if is_name else f"[{_short(key)}]")
    keys.reverse()
    if len(keys) > 2 * _ENDS:
        keys[_ENDS:-_ENDS] = [" ... "]
    return "".join(keys).lstrip(".")


def _short(key):
    plain = isinstance(key, (int, float, str, bytes))
    return repr(key)[:40] if plain else type(key).__name__
