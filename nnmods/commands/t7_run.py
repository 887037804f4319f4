"""``nnmods t7 run``: the output of a model of Torch7 for an input."""

import sys
import time

import numpy as np

from nnmods.commands.arrays import cast_for, read_arrays, shapes_text
from nnmods.commands.choice import REFUSALS
from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, blamed, one_line
from nnmods.commands.npz import write_npz
from nnmods.commands.outputs import check_writable
from nnmods.commands.t7_values import KEY_HELP, read_module
from nnmods.core.files import replacing
from nnmods.core.tables import is_table

DESCRIPTION = """\
Load the model that a .t7 file holds, and write its output for an input, in evaluation
mode. Indices and labels count from 0 here."""


def add_parser(subparsers):
    """Add the parser of this action, and return it."""
    parser = subparsers.add_parser(
        "run", help="run a model on arrays of NumPy", description=DESCRIPTION
    )
    add = parser.add_argument
    add(
        "--input",
        metavar="FILE",
        required=True,
        help="an array as .npy, or several as .npz: a table, in the order of names",
    )
    add(
        "--output",
        metavar="FILE",
        required=True,
        help=".npy, or .npz for a table: with the names 0, 1, ..., and 1.0 in a table "
        "within",
    )
    add("--key", metavar="PATH", help=KEY_HELP)
    return parser


def run(options):
    """Write the output, and print shapes and time."""
    if not options.output.endswith((".npy", ".npz")):
        raise CommandError(
            f"--output {options.output}: has another ending, expected .npy or .npz"
        )
    check_writable("--output", options.output)
    net = read_module(options)
    if any(module.train for module in net.list_modules()):
        print(
            f"nnmods t7: {options.file}: was saved in training mode, and runs in "
            "evaluation mode",
            file=sys.stderr,
        )
    x = cast_for(net, read_arrays("--input", options.input))
    net.evaluate()
    start = time.perf_counter()
    try:
        y = net.forward(x)
    except REFUSALS as err:
        raise blamed("--input", options.input, err) from err
    seconds = time.perf_counter() - start
    _write_output(options.output, y)
    say(f"input   {shapes_text(x)}\noutput  {shapes_text(y)}")
    say(f"{1000 * seconds:.1f} ms, saved {options.output}")
    return 0


def _write_output(path, y):
    if is_table(y) and path.endswith(".npy"):
        raise CommandError(
            f"--output {path}: takes one array, but the output is a table of {len(y)}; "
            ".npz takes it"
        )
    try:
        with replacing(path) as file:
            if path.endswith(".npy"):
                np.save(file, y, allow_pickle=False)
            else:
                write_npz(file, dict(_named(y if is_table(y) else [y])))
    except OSError as err:
        raise CommandError(f"--output {one_line(err)}", code=1) from err


def _named(table, before=""):
    for i, entry in enumerate(table):
        if is_table(entry):
            yield from _named(entry, f"{before}{i}.")
        else:
            yield f"{before}{i}", entry
