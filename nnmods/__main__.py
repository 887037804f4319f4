"""The command line: ``nnmods``, or ``python -m nnmods``."""

import sys
import warnings

from nnmods.commands import check, classes, draw, explain, lecture, t7, train
from nnmods.commands.display import dropping
from nnmods.commands.errors import CommandError
from nnmods.commands.parsing import Parser
from nnmods.commands.versions import versions

COMMANDS = (train, check, draw, explain, classes, lecture, t7)
NAMES = [command.__name__.rpartition(".")[2] for command in COMMANDS]
INTERRUPTED = 130  # 128 + SIGINT, what a shell reports


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, default=None
        What follows ``nnmods``; None takes it from `sys.argv`.

    Returns
    -------
    int
        The exit code: 0, 1 if training or saving failed, 2 if something asked for
        cannot be done, 130 if interrupted.
    """
    parser = _make_parser()
    argv = sys.argv[1:] if argv is None else list(argv)
    name = " ".join(["nnmods", *(word for word in argv[:1] if word in NAMES)])
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(
                f"{name}: warning: {message}", file=sys.stderr
            )
            return _run(parser, argv)
    except CommandError as err:
        print(f"{name}: error: {err}", file=sys.stderr)
        return err.code
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        with dropping():
            sys.stdout.flush()


def _run(parser, argv):
    try:
        options, unknown = parser.parse_known_args(argv)
    except SystemExit as end:  # after --help and --version
        return end.code or 0
    if unknown:  # parse_args would blame nnmods instead of the command
        raise CommandError(f"unknown argument {unknown[0]}; --help lists all")
    if options.command is None:
        parser.print_help()
        return 2
    return options.run(options)


def _make_parser():
    parser = Parser(
        prog="nnmods", description="Neural networks with explicit backpropagation."
    )
    version = versions()["nnmods"]
    parser.add_argument("--version", action="version", version=f"nnmods {version}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
