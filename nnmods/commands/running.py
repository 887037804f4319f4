"""The training itself: epochs on the screen, and files at the end of them."""

import numpy as np

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError
from nnmods.commands.outputs import write_all, write_json
from nnmods.commands.versions import versions
from nnmods.drawing import draw_curves
from nnmods.interop import save
from nnmods.training import Diverged

#: Options that a result depends on.
SETTINGS = (
    "data", "model", "load", "epochs", "batch_size", "lr", "optim", "schedule", "l1",
    "l2", "dropout", "seed",
)  # fmt: skip


def train(trainer, progress, options):
    """Train for some epochs, each a line; return whether Ctrl-C cut it short.

    Raises
    ------
    CommandError
        If the cost is no longer finite; the exit code is 1.
    KeyboardInterrupt
        If it came before the first step: there is nothing new to save.
    """
    try:
        for _ in range(options.epochs):
            trainer.epoch()
            progress.say(describe(trainer.history, options.epochs))
        return False
    except Diverged as err:
        raise CommandError(f"{err}: --lr is {options.lr}; nothing saved", 1) from err
    except KeyboardInterrupt:
        if trainer.optimizer.t == 0:
            raise
    finally:
        progress.close()
    if not np.isfinite(trainer.optimizer.w).all():
        raise CommandError("interrupted; the weights are not finite; nothing saved", 1)
    say(f"interrupted in epoch {len(trainer.history) + 1}")
    return True


def describe(history, epochs):
    """Return a line about the last epoch.

    Examples
    --------
    >>> from nnmods.training import History, Record
    >>> history = History()
    >>> history.add(Record(1.25, 0.5, 0.75, 0.875, 1.5))
    >>> describe(history, 20)
    'epoch  1/20  train cost 1.2500 accuracy  50.0 %
    test cost 0.7500 accuracy  87.5 %  1.5 s'
    """
    last, done = history[-1], len(history)
    train_accuracy, test_accuracy = 100 * last.train_accuracy, 100 * last.test_accuracy
    return (
        f"epoch {done:{len(str(epochs))}}/{epochs}"
        f"  train cost {last.train_cost:.4f} accuracy {train_accuracy:5.1f} %"
        f"  test cost {last.test_cost:.4f} accuracy {test_accuracy:5.1f} %"
        f"  {last.seconds:.1f} s"
    )


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
