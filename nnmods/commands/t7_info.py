"""``nnmods t7 info``: what a file of Torch7 holds."""

import os

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.t7_text import listed, where
from nnmods.commands.t7_tree import Tree
from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.raw_reader import RawReader
from nnmods.interop.t7.sources import BinarySource

DESCRIPTION = """\
Show what a .t7 file holds, also where its classes are not known: modules with their
settings, parameters and mode, tables, arrays, and what is not understood."""


def add_parser(subparsers):
    """Add the parser of this action, and return it."""
    return subparsers.add_parser(
        "info", help="show what a file holds", description=DESCRIPTION
    )


def run(options):
    """Print the objects of the file."""
    try:
        with open(options.file, "rb") as file:
            _show(options, file)
    except T7Error as err:
        raise CommandError(f"{options.file}: {one_line(err)}") from err
    except OSError as err:
        raise CommandError(one_line(err)) from err
    return 0


def _show(options, file):
    reader = RawReader(file, mmap=True, referenced=not options.unreferenced)
    objects, damage = [], None
    try:
        while not reader.at_end:
            objects.append(reader.read())
    except T7Error as err:  # what stands before the damage is shown all the same
        damage = err
    finally:
        reader.data.close()
    if objects:
        size = os.path.getsize(options.file)
        say(f"{options.file}: {_format(reader)}, {size:,} bytes")
        say("\n".join(_lines(objects)))
    if damage is not None:
        raise damage


def _format(reader):
    source = reader.source
    if not isinstance(source, BinarySource):
        return "ASCII"
    order = "little-endian" if source.order == "<" else "big-endian"
    size = f", a long has {source.long_size} bytes" if source.has_longs else ""
    return f"binary, {order}{size}"


def _lines(objects):
    tree = Tree()
    for i, raw in enumerate(objects):
        tree.add(raw, None if len(objects) == 1 else (None, i))
    count, size = tree.parameters.total()
    lines = [*tree.lines, f"total: {count:,} parameters, {size:,} bytes"]
    if tree.training:
        lines.append(
            "Saved in training mode: dropout is active and batches have statistics of "
            "their own, until evaluate()."
        )
    doubtful = {f"{name} (class)": paths for name, paths in tree.unknown.items()}
    doubtful |= tree.ignored
    doubtful |= {"functions": tree.functions} if tree.functions else {}
    if doubtful:
        lines.append("Not understood:")
    for name, paths in doubtful.items():
        lines.append(f"  {name}: {listed(where, paths, shown=3)}")
    return lines
