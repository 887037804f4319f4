"""The files that the original Torch7 wrote, and what they hold; see tests/t7/README."""

import functools
import io
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "t7"
CASES = json.loads((FOLDER / "manifest.json").read_text())["cases"]


@functools.cache
def expected():
    with np.load(FOLDER / "expected.npz") as archive:
        return dict(archive)


def files():
    """Return a list of (case, file name), one for each file."""
    return [(case, name) for case in CASES for name in sorted(case["files"].values())]


def contents(name):
    """Return a file's bytes, as an open file."""
    return io.BytesIO((FOLDER / name).read_bytes())


def value(case, name):
    """Return the array of that name, or the list of its parts; None without one."""
    found = expected().get(f"{case['id']}/{name}")
    if found is not None:
        return found
    parts = []
    while f"{case['id']}/{name}.{len(parts) + 1}" in expected():
        parts.append(expected()[f"{case['id']}/{name}.{len(parts) + 1}"])
    return parts or None


def is_referenced(name):
    return not name.startswith("unreferenced")
