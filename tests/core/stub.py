"""What editors read in the place of nnmods/__init__.py, to complete names.

Classes are loaded on first use, which no editor can foresee. To write it anew::

    python tests/core/stub.py > nnmods/__init__.pyi
"""

import inspect

import nnmods
from nnmods import core


def stub():
    """Return the text of nnmods/__init__.pyi."""
    lines = [f'"""{nnmods.__doc__}"""', ""]
    for name in sorted(nnmods.__all__, key=lambda name: (name.lower(), name)):
        value = getattr(nnmods, name)
        if name in core.__all__:
            place = "nnmods.core"
        elif inspect.ismodule(value):
            place = value.__name__.rpartition(".")[0]
        else:
            place = value.__module__
        lines.append(f"from {place} import {name} as {name}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(stub(), end="")
