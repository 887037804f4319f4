"""``nnmods explain``: what each module of a network does to values and gradients."""

import html

import numpy as np

from nnmods.analysis import explain
from nnmods.commands.arrays import shapes_text
from nnmods.commands.display import say
from nnmods.commands.errors import CommandError
from nnmods.commands.given import add_given, read_given
from nnmods.commands.opening import MODEL_HELP, add_model, open_model
from nnmods.commands.outputs import check_outputs, spelled, write_all, write_json
from nnmods.commands.versions import versions
from nnmods.core import manual_seed
from nnmods.core.files import replacing
from nnmods.core.rng import unmoved_rng
from nnmods.criterions import CrossEntropyCriterion

DESCRIPTION = """\
Explain a network: one sweep forward and back, and a line for each module with
shapes, the size of the Jacobian, norms of values, gradients and parameters, and
how many of its units are dead or saturated. The verdict says where the gradient
vanishes, explodes or ends, or what is not finite, if anything.

The gradient that is sent back is that of the cross-entropy where there are
labels, and random otherwise. The network is in training mode, as that is where
it has to work, and nothing of it is changed. A new one is made float32, as
nnmods train does; one that was saved stays what it is."""

EPILOG = f"""{MODEL_HELP}
The file of --json has settings, versions, verdict, culprit and records. Numbers
that JSON lacks are texts, "nan", "inf" and "-inf"; null was not measured.

Exit code: 0, whatever the verdict; 1 if a file could not be written at the end;
2 if something asked for cannot be done; 130 after Ctrl-C."""

#: Options that a result depends on.
SETTINGS = (
    "file", "code", "key", "shape", "data", "samples", "n_classes", "evaluate",
    "singular_values",
)  # fmt: skip


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "explain",
        help="tell what a network does to values and gradients",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    add_model(parser)
    add_given(parser, required=True)
    add = parser.add_argument
    add("--evaluate", action="store_true", help="in evaluation mode, not in training")
    add(
        "--no-singular-values",
        dest="singular_values",
        action="store_false",
        help="leave out those of the Jacobians, which take the most time",
    )
    add("--html", metavar="FILE", help="write the table as a page")
    add("--json", metavar="FILE", help="write all numbers")
    parser.set_defaults(run=run)


def run(options):
    """Explain what the options say, and return the exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    check_outputs(options, "html", "json")
    given = read_given(options)
    manual_seed(0)
    choice = open_model(options, **given.sizes)
    if not choice.saved:
        choice.net.float()
    choice.net.evaluate() if options.evaluate else choice.net.training()
    x, target = given.batch(choice, options.samples)
    with choice.given(given.name), np.errstate(all="ignore"):
        dC_dy, source = _gradient(choice.net, x, target, given.n_classes)
        measured = None if options.singular_values else False
        explanation = explain(choice.net, x, dC_dy, singular_values=measured)
    say(_header(choice, given, x, source))
    say(explanation.text)
    results = {
        "settings": {name: getattr(options, name) for name in SETTINGS},
        "versions": versions(),
        "verdict": explanation.verdict,
        "culprit": explanation.culprit,
        "records": explanation.records,
    }
    written, errors = write_all(
        [
            (options.html, lambda path: _write_page(path, choice.name, explanation)),
            (options.json, lambda path: write_json(path, spelled(results))),
        ]
    )
    if written:
        say(f"saved {', '.join(written)}")
    if errors:
        raise CommandError("; ".join(errors), code=1)
    return 0


def _gradient(net, x, target, n_classes):
    """Return the gradient by the scores of labels, else None, and what it is."""
    if target is None:
        return None, "random"
    with unmoved_rng():  # and a copy's own: explain meets the same dropout
        y = net.clone().forward(x)
    if np.shape(y) != (len(target), n_classes):
        return None, "random, as the output is no score per class"
    criterion = CrossEntropyCriterion()
    C = criterion.forward(y, target)
    return criterion.backward(y, target), f"of the cross-entropy, which is {C:.4g}"


def _header(choice, given, x, source):
    mode = "training" if choice.net.train else "evaluation"
    if given.problem is None:
        what = given.name
    else:
        n, name = len(given.problem.train), given.problem.name
        what = f"{len(x)} of the {n} samples of {name} to train with"
    return f"{choice.name}: {mode} mode\nx: {shapes_text(x)}, {what}\ndC_dy: {source}\n"


def _write_page(path, title, explanation):
    title = html.escape(f"{title}: {explanation.verdict}")
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(
            f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n{explanation.html}\n</html>\n"
        )
