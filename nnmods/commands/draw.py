"""``nnmods draw``: the forward and the gradient graph of a network."""

import os
import re

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError
from nnmods.commands.given import add_given, read_given
from nnmods.commands.opening import MODEL_HELP, add_model, open_model
from nnmods.commands.outputs import check_outputs, write_all
from nnmods.commands.parsing import count, seed
from nnmods.core import manual_seed
from nnmods.drawing import draw
from nnmods.drawing.formats import FORMATS

DESCRIPTION = """\
Draw a network: what goes through its modules, and the gradient on its way back.
With --shape or --data the picture has the shapes of all values and the sizes of
the Jacobians. Without --out it is printed, as text."""

SETTINGS = ("gradient", "limit", "depth")


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "draw", help="draw a network", description=DESCRIPTION, epilog=MODEL_HELP
    )
    add_model(parser)
    add = parser.add_argument
    add("--out", metavar="FILE", help=".svg, .dot, .gv (both Graphviz) or .txt")
    add_given(parser, required=False)
    add(
        "--no-gradient",
        dest="gradient",
        action="store_false",
        help="draw the forward graph alone",
    )
    add(
        "--depth",
        type=seed,
        metavar="N",
        help="open this many containers around one another, in .svg and .dot",
    )
    add(
        "--limit",
        type=count,
        default=60,
        metavar="N",
        help="show this many modules at most, in .svg and .dot (default: 60)",
    )
    parser.set_defaults(run=run)


def run(options):
    """Draw what the options say, and return the exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    if options.out is not None:
        _check_ending(options.out)
    check_outputs(options, "out")
    given = read_given(options)
    manual_seed(0)
    choice = open_model(options, **given.sizes)
    choice.net.evaluate()  # shapes are the same, and samples may come alone
    x, _ = given.batch(choice, options.samples)
    settings = {name: getattr(options, name) for name in SETTINGS}
    with choice.given(given.name):
        picture = draw(choice.net, x, **settings)
    if options.out is None:
        say(picture.text)
        return 0
    _, errors = write_all([(options.out, picture.save)])
    if errors:
        raise CommandError("; ".join(errors), code=1)
    say(f"saved {options.out}: {_describe(choice.net, picture, options.out)}")
    return 0


def _check_ending(path):
    if os.path.splitext(path)[1].lower() not in FORMATS:
        raise CommandError(
            f"--out {path}: has another ending, expected one of {', '.join(FORMATS)}"
        )


def _describe(net, picture, path):
    """Return how many modules were drawn, and how large an SVG is."""
    n_modules = sum(not module.children() for module in net.list_modules())
    text = f"{n_modules} module{'s' if n_modules > 1 else ''}"
    if path.lower().endswith(".svg"):
        sides = re.findall(r'\b(?:width|height)="([\d.]+)', picture.svg)[:2]
        text += f", {' x '.join(f'{float(side):.0f}' for side in sides)}"
    return text
