"""``nnmods train``: train a network to classify, and save it."""

import numpy as np

from nnmods.commands.checkpoints import check_checkpoint, make_checkpoint, resume
from nnmods.commands.choosing import choose_net
from nnmods.commands.datasets import NAMES, load_problem
from nnmods.commands.display import say
from nnmods.commands.errors import CommandError
from nnmods.commands.outputs import check_outputs, check_plot, check_saving
from nnmods.commands.parsing import count, fraction, not_negative, positive, seed
from nnmods.commands.running import train, write_results
from nnmods.commands.steps import OPTIMIZERS, SCHEDULES, make_optimizer
from nnmods.commands.threads import one_thread_of_blas
from nnmods.core import manual_seed
from nnmods.criterions import CrossEntropyCriterion
from nnmods.data import Minibatches
from nnmods.training import ConfusionMatrix, Show, Trainer

DESCRIPTION = """\
Train a network to classify, in float32, and save it.

Without options it is a small convolutional network on 1,797 handwritten digits. Each
epoch shows the mean cost (cross-entropy) and the accuracy: of the training set as they
were on the way, of the test set after the epoch."""

EPILOG = """\
The saved network has the attributes input_mean, input_std and class_names:

    net = nnmods.load("model.npz")
    scores = net(((x - net.input_mean) / net.input_std).astype("float32"))
    names = [net.class_names[k] for k in scores.argmax(axis=1)]

Exit code: 0; 1 if the training diverged or a file could not be written at the end;
2 if something asked for cannot be done; 130 after Ctrl-C, which saves what there is.

A training with --checkpoint may be killed at any moment; --resume completes it."""


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "train", help="train a network", description=DESCRIPTION, epilog=EPILOG
    )
    add = parser.add_argument
    add(
        "--data",
        default="digits",
        help=f"{NAMES}, FILE.csv (the last column is the class) or FILE.npz "
        "(arrays x and target); what comes without a test set lends it a fifth of each "
        "class (default: digits)",
    )
    add(
        "--model",
        help="mlp, lenet, or PATH.py:build, a function of the shape of a sample and "
        "the number of classes that returns a module (default: lenet for images, "
        "else mlp)",
    )
    add("--epochs", type=count, default=30, help="default: %(default)s")
    add(
        "--batch-size",
        type=count,
        help="samples in a minibatch (default: 32, or all where there are fewer)",
    )
    add("--lr", type=positive, help=f"learning rate (default: {_rates()})")
    add(
        "--optim",
        choices=sorted(OPTIMIZERS),
        default="adam",
        help="sgd has momentum 0.9 (default: adam)",
    )
    add(
        "--schedule",
        choices=list(SCHEDULES),
        default="cosine",
        help="of the rate: 1/t is lr / (1 + epochs done), step a tenth after each "
        "third of the training, cosine down to 0 at its end, onecycle up to lr and "
        "down again (default: cosine)",
    )
    add("--l1", type=not_negative, default=0.0, help="adds L1 * sum |w| to the cost")
    add(
        "--l2",
        type=not_negative,
        default=0.0,
        help="adds L2 * sum w^2 to the cost; with adamw decay beside it",
    )
    add(
        "--dropout",
        type=fraction,
        help="probability of dropping a hidden unit of mlp (default: 0) or lenet "
        "(default: 0.3)",
    )
    add(
        "--clip",
        type=positive,
        metavar="NORM",
        help="longest gradient: longer ones are shortened to it",
    )
    add("--seed", type=seed, default=0, help="of weights and order (default: 0)")
    add("--save", metavar="FILE", default="model.npz", help="default: model.npz")
    add("--load", metavar="FILE", help="go on with a network saved before")
    add(
        "--checkpoint",
        metavar="FOLDER",
        help="save after each epoch all that decides how the training goes on",
    )
    add(
        "--checkpoint-every",
        type=count,
        metavar="STEPS",
        help="and after so many minibatches",
    )
    add(
        "--resume",
        action="store_true",
        help="go on from the newest whole checkpoint, to the same end as if the "
        "training had not been killed; give the same options as then",
    )
    add("--json", metavar="FILE", help="write settings, versions and history")
    add("--plot", metavar="FILE", help="draw the curves, as .png, .svg or .pdf")
    parser.set_defaults(run=run)


def run(options):
    """Do what the options say, and return the exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    check_outputs(options, "save", "json", "plot")
    check_checkpoint(options)
    check_plot(options)
    problem = load_problem(options.data)
    rng = manual_seed(options.seed)  # serves dropout and users' networks as well
    choice, problem = choose_net(options, problem)
    check_saving(options.save, choice.net)
    if options.batch_size is None:
        options.batch_size = min(32, len(problem.train))
    elif options.batch_size > len(problem.train):
        raise CommandError(
            f"--batch-size {options.batch_size}: is more than the "
            f"{len(problem.train)} samples to train on"
        )
    optimizer = make_optimizer(options, choice.net, len(problem.train))
    x, target = problem.inputs(problem.train), problem.train.target
    test = problem.inputs(problem.test), problem.test.target
    say(
        f"{problem.name}: {len(target)} samples to train, {len(test[1])} to test, "
        f"{len(problem.classes)} classes"
    )
    say(f"{choice.name}: {optimizer.w.size} parameters, {options.optim}")
    batches = Minibatches(x, target, options.batch_size, rng=rng)
    trainer = Trainer(
        choice.net,
        CrossEntropyCriterion(),
        optimizer,
        callbacks=[Show(say, "test"), *make_checkpoint(options)],
        clip_norm=options.clip,
    )
    if options.resume:
        resume(trainer, options)
    confusion = ConfusionMatrix(problem.classes)
    quiet = np.errstate(all="ignore")  # the cost is watched
    with one_thread_of_blas(), choice.blamed(), quiet:
        interrupted = train(trainer, batches, test, options)
        errors = write_results(options, problem, choice.net, trainer.history)
        trainer.evaluate(test, confusion=confusion)
    say(f"\n{confusion}\n\ntest accuracy {100 * confusion.accuracy:.2f} %")
    if errors:
        raise CommandError("; ".join(errors), code=1)
    return 130 if interrupted else 0


def _rates():
    """Return the default rates, each with its optimisers."""
    by_rate = {}
    for name, (_, lr) in OPTIMIZERS.items():
        by_rate.setdefault(lr, []).append(name)
    return ", ".join(f"{lr:g} with {', '.join(by)}" for lr, by in by_rate.items())
