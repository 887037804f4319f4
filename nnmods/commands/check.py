"""``nnmods check``: say which mistake there is in a module's verbs."""

import ast
import inspect

from nnmods.commands.arrays import shapes_text
from nnmods.commands.check_input import choose_input
from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.opening import split_place
from nnmods.commands.outputs import check_outputs, spelled, write_all, write_json
from nnmods.commands.parsing import seed, shape
from nnmods.commands.userfile import UserFile
from nnmods.commands.versions import versions
from nnmods.core import Module, manual_seed
from nnmods.testing import diagnose

DESCRIPTION = """\
Check the verbs of a module: dC_dx and every parameter gradient against central
differences of forward, accumulation, scale, arguments, buffers, float32. A mistake
is named, with the line to look at and the smallest input that shows it."""

EPILOG = """\
PATH.py:NAME is a class of modules, a function that returns one, or a module. The
file of --json has settings, versions, ok, findings and kinks.

Exit code: 0 if no mistake was found; 1 if one was, or the file could not be
written; 2 if it could not be checked; 130 after Ctrl-C."""


class Called(UserFile):
    """A user's file of which something is called with given arguments."""

    def bind(self, positional, named):
        """Return the arguments by name, as `build` takes them.

        Raises
        ------
        TypeError
            If they are not those that it takes.
        """
        if isinstance(self._build, Module):
            return {}
        signature = inspect.signature(self._build)
        return signature.bind(*positional, **named).arguments


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "check", help="name the mistake in a module", description=DESCRIPTION,
        epilog=EPILOG,
    )  # fmt: skip
    add = parser.add_argument
    add("file", metavar="PATH.py:NAME", help="see below")
    add(
        "--args",
        nargs="+",
        default=[],
        metavar="VALUE",
        help="what NAME is called with: 4 3 bias=False",
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--input",
        type=_shape,
        action="append",
        metavar="5x3",
        help="standard normal numbers of this shape, the batch first; several make a "
        "table (default: what the weights suggest)",
    )
    given.add_argument(
        "--input-file",
        metavar="FILE",
        help="the array of an .npy file, or the table of an .npz file",
    )
    add("--seed", type=seed, default=0, help="of random numbers (default: 0)")
    add("--json", metavar="FILE", help="write the report")
    parser.set_defaults(run=run)


def run(options):
    """Check what the options say, and return the exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    check_outputs(options, "json")
    manual_seed(options.seed)
    user, module = _open(options)
    x = choose_input(options, user, module)
    found = diagnose(module, x, seed=options.seed)
    say(f"x: {shapes_text(x)}\n\n{found}")
    settings = {name: getattr(options, name) for name in ("file", "args", "seed")}
    results = {"settings": settings, "versions": versions(), **found.to_dict()}
    _, errors = write_all([(options.json, lambda p: write_json(p, spelled(results)))])
    if errors:
        raise CommandError("; ".join(errors), code=1)
    return 0 if found.ok else 1


def _open(options):
    """Return the user's file, and the module that it makes."""
    place = split_place(options.file)
    if place is None:
        raise CommandError(f"{options.file}: names no class, expected PATH.py:NAME")
    path, name = place
    user = Called(options.file, path, name.removesuffix("()"))
    try:
        arguments = user.bind(*_values(options.args))
    except TypeError as err:
        raise CommandError(
            f"{options.file}: {one_line(err)}; --args gives arguments"
        ) from err
    return user, user.build(**arguments)


def _values(words):
    """Return positional and named arguments: Python's literals, else texts."""
    positional, named = [], {}
    for word in words:
        name, equals, text = word.partition("=")
        if equals and name.isidentifier():
            named[name] = _value(text)
        else:
            positional.append(_value(word))
    return positional, named


def _value(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _shape(text):
    return shape(text.replace("x", ","))
