"""Versions of what takes part in a result."""

import platform
from importlib import metadata


def versions():
    """Return a dict of the versions of nnmods, Python, NumPy and SciPy.

    What is not installed, such as nnmods run from a checkout, is "unknown".
    """
    found = {"nnmods": _version("nnmods"), "python": platform.python_version()}
    return found | {name: _version(name) for name in ("numpy", "scipy")}


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"
