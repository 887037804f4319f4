"""``nnmods lecture``: the lecture's statements, tried out."""

import textwrap

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError
from nnmods.commands.outputs import check_outputs, check_plot, write_all
from nnmods.commands.parsing import seed
from nnmods.drawing.experiment import draw_experiment

DESCRIPTION = """\
Try out a statement of the lecture, or of "Efficient BackProp": a small experiment,
its numbers, and whether they agree. Without NN the experiments are listed. Each
takes a few seconds."""

EPILOG = """\
Exit code: 0, also where the numbers do not agree with the statement; 1 if the
picture could not be written; 2 if something asked for cannot be done; 130 after
Ctrl-C."""


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "lecture",
        help="try out a statement of the lecture",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    add = parser.add_argument
    add("number", nargs="?", metavar="NN", help="number of the statement")
    add("--plot", metavar="FILE", help="draw the curves: .png, .svg or .pdf")
    add(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="of all random numbers (default: 0)",
    )
    parser.set_defaults(run=run)


def run(options):
    """Run an experiment, or list all, and return the exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    # Here, since the other commands, and their --help, need no experiments
    from nnmods.lecture import EXPERIMENTS

    choices = f"expected one of {', '.join(map(str, EXPERIMENTS))}"
    if options.number is None:
        if options.plot is not None:
            raise CommandError(f"--plot {options.plot}: has no NN; {choices}")
        for number, module in EXPERIMENTS.items():
            say(f"{number:>2}  {module.TITLE}")
        return 0
    try:
        module = EXPERIMENTS[int(options.number)]
    except (KeyError, ValueError):
        raise CommandError(f"{options.number}: is no experiment; {choices}") from None
    if options.plot is not None:
        check_outputs(options, "plot")
        check_plot(options)
    experiment = module.run(options.seed)
    _tell(experiment)
    if options.plot is None:
        return 0
    _, errors = write_all(
        [(options.plot, lambda path: draw_experiment(experiment, path))]
    )
    if errors:
        raise CommandError("; ".join(errors), code=1)
    say(f"saved {options.plot}")
    return 0


def _tell(experiment):
    say(f"{experiment.number}  {experiment.title}\n\n{experiment.statement}\n")
    say(experiment.table)
    agree = "These numbers agree" if experiment.holds else "These numbers DO NOT agree"
    say("\n" + textwrap.fill(f"{experiment.verdict} {agree} with the statement.", 88))
