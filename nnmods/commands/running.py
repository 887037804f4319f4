"""The training itself: epochs on the screen, and files at the end of them."""

import numpy as np

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.outputs import write_all, write_json
from nnmods.commands.versions import versions
from nnmods.drawing import draw_curves
from nnmods.interop import save
from nnmods.training import Diverged

#: Options that a result depends on.
SETTINGS = (
    "data", "model", "load", "epochs", "batch_size", "lr", "optim", "schedule", "l1",
    "l2", "dropout", "clip", "seed",
)  # fmt: skip


def train(trainer, batches, test, options):
    """Train for some epochs, each a line; return whether Ctrl-C cut it short.

    Raises
    ------
    CommandError
        If the cost is no longer finite, or a checkpoint cannot be written; the exit
        code is 1.
    KeyboardInterrupt
        If it came before the first step: there is nothing new to save.
    """
    try:
        trainer.fit(batches, options.epochs, test, show=False)
        return False
    except Diverged as err:
        raise CommandError(f"{err}: --lr is {options.lr}; nothing saved", 1) from err
    except OSError as err:
        if options.checkpoint is None:  # of the network's own doing
            raise
        text = f"--checkpoint {one_line(err)}; --resume goes on from the last whole one"
        raise CommandError(text, 1) from err
    except KeyboardInterrupt:
        if trainer.optimizer.t == 0:
            raise
    if not np.isfinite(trainer.optimizer.w).all():
        raise CommandError("interrupted; the weights are not finite; nothing saved", 1)
    say(f"interrupted in epoch {trainer.epoch + 1}")
    return True


def write_results(options, problem, net, history):
    """Write network, settings and curves, as far as asked for, and say so.

    Returns
    -------
    list of str
        A line for each file that could not be written.
    """
    net.input_mean, net.input_std = problem.mean, problem.std
    net.class_names = list(problem.classes)
    net.evaluate()  # as whoever loads it wants it
    results = {
        "settings": {name: getattr(options, name) for name in SETTINGS},
        "versions": versions(),
        "history": history.as_dict(),
    }
    plot = options.plot
    if plot is not None and len(history) == 0:
        say(f"no epoch was completed: nothing to draw in {plot}")
        plot = None
    written, errors = write_all(
        [
            (options.save, lambda path: save(net, path)),
            (options.json, lambda path: write_json(path, results)),
            (plot, lambda path: draw_curves(history, path)),
        ]
    )
    if written:
        say(f"saved {', '.join(written)}")
    return errors
