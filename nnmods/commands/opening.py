"""The one way to a network from the text that names it on the command line."""

from nnmods.commands.choice import Choice
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.models import MODELS, build_named
from nnmods.commands.t7_values import KEY_HELP, read_module
from nnmods.commands.userfile import UserFile
from nnmods.core import Module
from nnmods.interop import load

#: Which options say what a network is built for.
GIVEN_BY = {
    "input_shape": "the shape of a sample; --shape or --data gives it",
    "n_classes": "the number of classes; --n-classes or --data gives it",
}
MODEL_HELP = """\
A MODEL is
  FILE.npz        a network that nnmods.save or nnmods train wrote
  FILE.t7         one that Torch7 wrote
  PATH.py:NAME    a module in a Python file of yours, or a function that returns
                  one; the first two arguments that it needs, if it needs any,
                  are the shape of a sample and the number of classes
  mlp, lenet      new ones, as nnmods train makes them
"""


def add_model(parser):
    """Add the options that say which network it is."""
    add = parser.add_argument
    add("file", metavar="MODEL", help="see below")
    add(
        "--code",
        metavar="PATH.py",
        help="a file of yours with classes in a saved MODEL",
    )
    add("--key", metavar="PATH", help=f"for .t7: {KEY_HELP}")
    add(
        "--unreferenced",
        action="store_true",
        help="for a .t7 file that was written with referenced=false",
    )


def open_model(options, **sizes):
    """Return the `Choice` that the options of `add_model` come to.

    Parameters
    ----------
    options : argparse.Namespace
        Also those of `add_given`.
    **sizes
        What it is built for, as far as that is known: ``input_shape``, a tuple, a
        list of these or None, and ``n_classes``, an int or None.

    Raises
    ------
    CommandError
        If there is no such network, or too little is known to build it.
    """
    text = options.file
    is_t7, place = text.lower().endswith(".t7"), split_place(text)
    if (options.key is not None or options.unreferenced) and not is_t7:
        option = "--unreferenced" if options.key is None else f"--key {options.key}"
        raise CommandError(f"{option}: is for files that end with .t7, not for {text}")
    if options.code is not None and (text in MODELS or place):
        raise CommandError(
            f"--code {options.code}: is for saved networks, not for {text}"
        )
    if text in MODELS:
        _check_known(text, GIVEN_BY, sizes)
        source = "--shape" if options.data is None else f"--data {options.data}"
        return Choice(build_named(text, text, source, **sizes), text)
    if place:
        user = UserFile(text, *place)
        names = user.arguments()
        _check_known(text, [of for of, needed in names.values() if needed], sizes)
        known = {name: sizes[of] for name, (of, _) in names.items()}
        known = {name: size for name, size in known.items() if size is not None}
        return Choice(user.build(**known), text, user)
    if text.endswith(".py"):
        raise CommandError(f"{text}: has no name of a function, expected {text}:NAME")
    user = None
    if options.code is not None:
        user = UserFile(f"--code {options.code}", options.code)
    net = read_module(options) if is_t7 else load_saved(text, user, "--code PATH.py")
    return Choice(net, text, user, saved=True)


def split_place(text):
    """Return path and name of ``PATH.py:NAME``, or None for any other text.

    Examples
    --------
    >>> split_place("nets/small.py:build"), split_place("small.npz")
    (('nets/small.py', 'build'), None)
    """
    path, _, name = text.rpartition(":")
    return (path, name) if path.endswith(".py") and name else None


def load_saved(path, user, option):
    """Return the network that `nnmods.save` wrote.

    Parameters
    ----------
    path : str
    user : UserFile or None
        Where the user's own classes are.
    option : str
        Which would name that file, if there is none.
    """
    try:
        net = load(path, classes={} if user is None else user.classes)
    except (OSError, ValueError) as err:
        text, unknown, _ = one_line(err).partition("; pass classes=")
        hint = f"; {option} names a file with them" if unknown else ""
        raise CommandError(f"{text}{hint}") from err
    if not isinstance(net, Module):
        raise CommandError(f"{path}: holds {type(net).__name__}, expected a Module")
    return net


def _check_known(text, wanted, sizes):
    for size in wanted:
        if sizes[size] is None:
            raise CommandError(f"{text}: needs {GIVEN_BY[size]}")
