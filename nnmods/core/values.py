"""Values: what an attribute may hold in a saved file, and how JSON spells it.

==============================  ===========================================
value                           in JSON
==============================  ===========================================
None, bool, str, list           as it is
int below 2**63, finite float   as it is: Python writes what reads back
other int                       ``{"int": "-0x10000000000000000"}``
other float                     ``{"float": "inf"}``
tuple                           ``{"tuple": [...]}``
dict                            ``{"dict": {...}}``
numpy dtype                     ``{"dtype": "<f4"}``
numpy scalar                    ``{"scalar": ["<f4", "0000803f"]}``, its bytes
array                           ``{"array": name}``, a member of the file
module, criterion, generator    ``{"object": number}``, in the list of objects
==============================  ===========================================
"""

import math
import re

import numpy as np

#: What every file says that it is. A newer version is refused.
FORMAT, VERSION = "nnmods", 1
#: How deep lists, tuples and dicts may nest. Modules may nest without a limit.
DEEPEST = 100
#: Numbers and text, as NumPy spells their dtypes; never objects.
_DTYPE = re.compile(r"[<>|][biufcSU]\d+")


class Unreadable(ValueError):
    """What is wrong with a file; `load` adds which file it is."""


def encode(value, where, survey, depth=0):
    """Return what stands for ``value`` in JSON.

    Parameters
    ----------
    value : object
    where : str
        The path of the attribute, for errors.
    survey : Survey
        Its ``refer(value, where)`` names arrays and objects.
    depth : int
        How many lists, tuples and dicts it stands in.
    """
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if -(2**63) <= value < 2**63 else {"int": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind in (list, tuple, dict) and depth == DEEPEST:
        got = f"nests deeper than {DEEPEST}, or contains itself"
        survey.refuse(where[:40], got, error=ValueError)
    if kind in (list, tuple):
        items = [
            encode(item, f"{where}[{i}]", survey, depth + 1)
            for i, item in enumerate(value)
        ]
        return items if kind is list else {"tuple": items}
    if kind is dict:
        for key in value:
            if type(key) is not str:
                survey.refuse(where, f"has a key of type {type(key).__name__}", "str")
        return {
            "dict": {
                key: encode(item, f"{where}[{key!r}]", survey, depth + 1)
                for key, item in value.items()
            }
        }
    if isinstance(value, np.dtype) and is_plain(value):
        return {"dtype": value.str}
    if isinstance(value, np.generic) and is_plain(value.dtype):
        return {"scalar": [value.dtype.str, value.tobytes().hex()]}
    return survey.refer(value, where)


def decode(node, find, depth=0):
    """Return the value that stands in JSON as ``node``.

    Parameters
    ----------
    node : object
        Read from JSON.
    find : dict
        Of functions: ``find["array"](name)``, ``find["object"](number)``.
    depth : int
        How many lists, tuples and dicts it stands in.
    """
    if node is None or isinstance(node, (bool, int, float, str)):
        return node
    if depth > DEEPEST:
        raise Unreadable(f"holds values that nest deeper than {DEEPEST}")
    if isinstance(node, list):
        return [decode(item, find, depth + 1) for item in node]
    match list(node.items()):
        case [("tuple", list(items))]:
            return tuple([decode(item, find, depth + 1) for item in items])
        case [("dict", dict(items))]:
            return {k: decode(item, find, depth + 1) for k, item in items.items()}
        case [("int", str(digits))]:
            return int(digits, 16)
        case [("float", "inf" | "-inf" | "nan" as name)]:
            return float(name)
        case [("dtype", str(name))]:
            return _dtype(name)
        case [("scalar", [str(name), str(digits)])]:
            return np.ndarray((), _dtype(name), bytes.fromhex(digits))[()]
        case [("array", str(name))]:
            return find["array"](name)
        case [("object", int(number))]:
            return find["object"](number)
    raise Unreadable(f"holds {str(node)[:40]}, which is no value of this format")


def is_attribute(name):
    """Tell whether ``name`` may name an attribute in a file."""
    special = isinstance(name, str) and name.startswith("__") and name.endswith("__")
    return isinstance(name, str) and name.isidentifier() and not special


def is_plain(dtype):
    """Tell whether arrays of a dtype are numbers or text, which need no pickle."""
    return _DTYPE.fullmatch(dtype.str) is not None


def _dtype(name):
    if _DTYPE.fullmatch(name) is None:
        raise Unreadable(f"has dtype {name[:40]!r}, expected numbers or text")
    return np.dtype(name)
