"""``nnmods t7 convert``: a file of Torch7 as one of nnmods, NumPy or safetensors."""

import os
from pathlib import Path

import numpy as np

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.npz import write_npz
from nnmods.commands.outputs import check_writable
from nnmods.commands.t7_text import listed, where
from nnmods.commands.t7_values import KEY_HELP, read, the_only, walk
from nnmods.core import Criterion, Module
from nnmods.core.arrays import memory_key
from nnmods.core.files import replacing
from nnmods.interop import save

DESCRIPTION = """\
Convert what a .t7 file holds. The one module in it is written as a whole, for
nnmods.load (npz), or as its parameters and running statistics by path (safetensors);
without a module it is the arrays, numbers and strings in tables by path."""


def add_parser(subparsers):
    """Add the parser of this action, and return it."""
    parser = subparsers.add_parser(
        "convert", help="write another format", description=DESCRIPTION
    )
    add = parser.add_argument
    add("--to", choices=["npz", "safetensors"], required=True)
    add("--output", metavar="PATH", help="default: FILE with another suffix")
    add("--key", metavar="PATH", help=KEY_HELP)
    add("--force", action="store_true", help="replace a file that is there")
    return parser


def run(options):
    """Write the file, and print what is in it."""
    to_bytes = _safetensors() if options.to == "safetensors" else None
    path = options.output or str(Path(options.file).with_suffix(f".{options.to}"))
    check_writable("--output", path)
    if os.path.exists(path) and not options.force:
        raise CommandError(f"--output {path}: is there already; --force replaces it")
    made = read(options)
    module = the_only(Module, made, options) or the_only(Criterion, made, options)
    if module is None:
        arrays, others = _arrays(made, strings=to_bytes is None)
    else:
        arrays = lasting_arrays(module)
        others = [at for at, value in walk(made) if value is module][:1]
        others = [] if module is made else [f"all but {where(others[0])}"]
    try:
        if to_bytes is not None:
            _write(path, lambda file: file.write(to_bytes(arrays)))
        elif module is not None:
            save(module, path)
        else:
            _write(path, lambda file: write_npz(file, arrays))
    except OSError as err:
        raise CommandError(f"--output {one_line(err)}", code=1) from err
    except (TypeError, ValueError) as err:
        raise CommandError(f"{options.file}: {one_line(err)}") from err
    count = sum(array.size for array in arrays.values())
    what = f"{type(module).__name__}, " if module is not None else ""
    say(f"saved {path}: {what}arrays {len(arrays)}, entries {count:,}")
    if others:
        say(f"left out: {listed(str, others, shown=8)}")
    return 0


def _safetensors():
    """Return the function that makes bytes of arrays."""
    try:
        from safetensors.numpy import save as to_bytes
    except ImportError as err:
        raise CommandError(
            "--to safetensors: needs the package safetensors: "
            "pip install 'nnmods[interop]'"
        ) from err

    def write(arrays):
        # It takes the memory of an array for its entries, whatever the strides.
        return to_bytes({k: np.array(v, order="C") for k, v in arrays.items()})

    return write


def _write(path, write):
    with replacing(path) as file:
        write(file)


def lasting_arrays(module):
    """Return parameters and statistics by path, those that are shared once.

    Gradients, results and scratch memory are not among them.
    """
    found, seen = {}, set()
    for path, owner in _owners(module):
        for name, value in owner.__getstate__().items():
            if name.startswith(("grad_", "_")) or not isinstance(value, np.ndarray):
                continue
            if memory_key(value) not in seen:
                seen.add(memory_key(value))
                found[f"{path}.{name}".lstrip(".")] = value
    return found


def _owners(whole):
    """Return a list of (path, module or criterion): all that this is made of.

    A criterion may be made of others, and of modules.
    """
    found, stack = [], [("", whole)]
    while stack:
        at, owner = stack.pop()
        if isinstance(owner, Module):
            inner = owner.named_modules()
            found += [(f"{at}.{path}".rstrip("."), module) for path, module in inner]
            continue
        found.append((at, owner))
        below = []
        for name, value in owner.__getstate__().items():
            parts = enumerate(value) if isinstance(value, list) else [("", value)]
            below += [(f"{at}.{name}.{i}".rstrip("."), part) for i, part in parts]
        is_one = (Module, Criterion)
        stack += [pair for pair in reversed(below) if isinstance(pair[1], is_one)]
    return found


def _arrays(made, strings):
    """Return what becomes an array, by path, and the paths of what does not.

    Raises
    ------
    CommandError
        If two have one path, or there is none.
    """
    found, others = {}, []
    for path, value in walk(made):
        name = where(path) if path else "array"
        if isinstance(value, (np.ndarray, bool, int, float)) or (
            strings and isinstance(value, str)
        ):
            if name in found:
                raise CommandError(f"{name}: is the path of two arrays; --key chooses")
            found[name] = np.asarray(value)
        elif not isinstance(value, (list, dict)):
            others.append(name)
    if not found:
        raise CommandError("nothing in the file is an array, or a module")
    return found, others
