"""``nnmods t7``: look into files of Torch7, run their models, convert them."""

from nnmods.commands import t7_convert, t7_info, t7_run

DESCRIPTION = """\
Look into a .t7 file of Torch7, run the model in it, or convert it. Nothing that stands
in such a file is run."""

ACTIONS = (t7_info, t7_run, t7_convert)


def add_parser(subparsers):
    """Add the parser of this command, and those of its actions."""
    parser = subparsers.add_parser(
        "t7", help="show, run and convert files of Torch7", description=DESCRIPTION
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for action in ACTIONS:
        below = action.add_parser(actions)
        below.add_argument("file", metavar="FILE", help="a .t7 file, binary or ASCII")
        below.add_argument(
            "--unreferenced",
            action="store_true",
            help="for a file that was written with referenced=false",
        )
        below.set_defaults(run=action.run)
