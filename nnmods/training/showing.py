"""Showing: how far a training is, on stderr."""

import sys

from nnmods.core.progress import progress
from nnmods.training.batching import pairs, samples_in
from nnmods.training.callback import Callback


class Show(Callback):
    """A line for each epoch, and a bar where stderr is a terminal and tqdm is there.

    The bar shows samples per second and the time that is left.

    Parameters
    ----------
    say : callable, default=None
        What to do with each line; None prints it on stderr.
    held_out : str, default="validation"
        What to call the data that the network is measured on.
    """

    def __init__(self, say=None, held_out="validation"):
        self._say = say or _print
        self.held_out = held_out
        self._bar = None
        self._counted = 0  # samples of the present epoch that the bar has

    def on_begin(self, trainer):
        n = _samples_of(trainer.batches)
        self._bar = progress(n and n * trainer.goal, " samples", unit_scale=True)
        self._counted = trainer.tally.samples
        self._bar.update((n or 0) * trainer.epoch + self._counted)
        self._describe(trainer)

    def on_step(self, trainer):
        samples = trainer.tally.samples
        self._bar.update(samples - self._counted)
        self._counted = samples

    def on_epoch(self, trainer):
        self._counted = 0
        self._describe(trainer)
        self._bar.clear()
        self._say(described(trainer.history, trainer.goal, self.held_out))
        self._bar.refresh()

    def on_end(self, trainer):
        if trainer.stopped is not None:
            self._bar.clear()
            self._say(f"stopped after epoch {trainer.epoch}: {trainer.stopped}")

    def close(self):
        if self._bar is not None:
            self._bar.close()

    def _describe(self, trainer):
        if trainer.epoch < trainer.goal:
            self._bar.set_description(f"epoch {trainer.epoch + 1}/{trainer.goal}")


def described(history, goal, held_out="validation"):
    """Return a line about the last epoch.

    Parameters
    ----------
    history : History
    goal : int
        The number of epochs there are to be.
    held_out : str, default="validation"
        What to call the data that the network is measured on.

    Examples
    --------
    >>> from nnmods.training import History
    >>> history = History()
    >>> history.add({"train_cost": 1.25, "train_accuracy": 0.5, "seconds": 1.5})
    >>> described(history, 20)
    'epoch  1/20  train cost 1.2500 accuracy  50.0 %  1.5 s'
    """
    record, width = history[-1], len(str(goal))
    parts = [f"epoch {len(history):{width}}/{goal}"]
    for part, name in (("train", "train"), ("validation", held_out)):
        figures = {
            key.removeprefix(f"{part}_"): value
            for key, value in record.items()
            if key.startswith(f"{part}_") and value is not None
        }
        if figures:
            parts.append(" ".join([name, *map(_figure, figures, figures.values())]))
    return "  ".join([*parts, f"{record['seconds']:.1f} s"])


def _figure(name, value):
    """Return a number with its name.

    Examples
    --------
    >>> [_figure("cost", value) for value in (0.25, 1e-5)]
    ['cost 0.2500', 'cost 1e-05']
    """
    if name == "accuracy":
        return f"accuracy {100 * value:5.1f} %"
    return f"{name} {value:.4f}" if 1e-3 <= abs(value) < 1e5 else f"{name} {value:.4g}"


def _samples_of(batches):
    """Return how many samples an epoch has, or None where that cannot be known."""
    if hasattr(batches, "n_samples"):
        return batches.n_samples
    if isinstance(batches, (list, tuple)):
        return sum(samples_in(target) for _, target in pairs("Trainer", batches))
    return None


def _print(line):
    if sys.stderr is not None:
        print(line, file=sys.stderr, flush=True)
