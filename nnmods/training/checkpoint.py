"""Checkpoint: a training that survives being killed."""

import contextlib
import re
import time
import warnings
from pathlib import Path

from nnmods.optim.checks import check_count, check_number
from nnmods.training.callback import Callback
from nnmods.training.checkpoint_file import Damaged, read_checkpoint, write_checkpoint

_NAME = re.compile(r"checkpoint-(\d+)\.npz")


class Checkpoint(Callback):
    """Save all that decides how a training goes on, as it goes on.

    A training that was killed at any moment, and then resumed from its newest
    checkpoint (`Trainer.resume`), ends with the bits of one that was not: same versions
    and number of threads provided. What a callback keeps is saved if it has a state,
    and so is what an object keeps that decides for a `Switch` or `Repeat`; a plain
    function there may draw from the default generator, but from no other.

    A file appears when it is complete and on the disk, never before; it has a checksum.
    A file that was damaged since is passed over for the one before it.

    Parameters
    ----------
    folder : str or path-like
        Made where it does not exist. One folder serves one training.
    every : int, default=None
        Steps of the optimiser between two checkpoints, besides those after each epoch.
    seconds : float, default=None
        The same in seconds.
    keep : int, default=3
        How many of the newest checkpoints to keep.
    settings : dict, default=None
        Plain values that tell what the training is of; saved with it.

    Raises
    ------
    ValueError
        If an argument is not as described; in `Trainer.fit`, if the folder has
        checkpoints of a training that is not resumed.
    OSError
        In `Trainer.fit`, if a checkpoint cannot be written; those before it stay.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import nnmods as nn
    >>> from nnmods.training import Trainer
    >>> def make(folder):
    ...     net = nn.Linear(2, 1, rng=0)
    ...     opt = nn.optim.SGD(net, lr=0.1)
    ...     return Trainer(net, nn.MSECriterion(), opt, callbacks=[Checkpoint(folder)])
    >>> x, target = np.eye(2), np.ones((2, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = make(folder).fit((x, target), 2, batch_size=1, rng=0, show=False)
    ...     trainer = make(folder)  # in another process, say
    ...     print(trainer.resume(folder).name)
    ...     history = trainer.fit((x, target), 5, batch_size=1, rng=0, show=False)
    checkpoint-000000004.npz
    >>> len(history)
    5
    """

    def __init__(self, folder, every=None, seconds=None, keep=3, settings=None):
        self.folder = Path(folder)
        if every is not None:
            every = check_count("Checkpoint", "every", every)
        if seconds is not None:
            seconds = check_number("Checkpoint", "seconds", seconds)
        self.every, self.seconds = every, seconds
        self.keep = check_count("Checkpoint", "keep", keep)
        self.settings = dict(settings or {})
        self._ours = False

    def on_begin(self, trainer):
        self.folder.mkdir(parents=True, exist_ok=True)
        if checkpoints_in(self.folder) and not (trainer.resumed or self._ours):
            raise ValueError(
                f"Checkpoint: folder {self.folder} has checkpoints of another "
                "training; resume that, or choose another folder"
            )
        for left_over in self.folder.glob(".nnmods-*.tmp"):  # by a training killed
            with contextlib.suppress(OSError):
                left_over.unlink()
        self._ours = True
        self._saved_at = time.monotonic()

    def on_step(self, trainer):
        if not trainer.within_epoch:
            return  # the last step of an epoch, whose end follows
        due = self.every is not None and trainer.optimizer.t % self.every == 0
        if not due and self.seconds is not None:
            due = time.monotonic() - self._saved_at >= self.seconds
        if due:
            self.save(trainer)

    def on_epoch(self, trainer):
        self.save(trainer)

    def save(self, trainer):
        """Write a checkpoint, and remove those that are too old; return its path."""
        path = self.folder / f"checkpoint-{trainer.optimizer.t:09}.npz"
        tree = {"settings": self.settings, "training": trainer.state_dict()}
        write_checkpoint(path, tree)
        self._saved_at = time.monotonic()
        for old in checkpoints_in(self.folder)[: -self.keep]:
            with contextlib.suppress(OSError):
                old.unlink()
        return path


def checkpoints_in(folder):
    """Return the paths of the checkpoints in a folder, oldest first."""
    folder = Path(folder)
    found = [path for path in folder.glob("*.npz") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(_NAME.fullmatch(path.name)[1]))


def newest(folder):
    """Return path and contents of the newest whole checkpoint in a folder.

    Returns
    -------
    path : pathlib.Path or None
    tree : dict or None
        With "settings" and "training"; both are None where there is no checkpoint.

    Raises
    ------
    ValueError
        If there are checkpoints, but none is whole.

    Warns
    -----
    UserWarning
        For each damaged checkpoint that is passed over.
    """
    damaged = []
    for path in reversed(checkpoints_in(folder)):
        try:
            tree = read_checkpoint(path)
        except Damaged as err:
            damaged.append(err)
            continue
        for err in damaged:
            warnings.warn(f"{err}; using {path.name} instead", stacklevel=3)
        return path, tree
    if damaged:
        raise ValueError("; ".join(map(str, damaged)))
    return None, None
