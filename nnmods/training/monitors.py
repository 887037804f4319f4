"""Monitors: callbacks that follow one figure of the history from epoch to epoch."""

import math

from nnmods.core.snapshot import restore, snapshot
from nnmods.optim.checks import check_count, check_number
from nnmods.training.callback import Callback


class Monitor(Callback):
    """Know the best value so far of one figure of the history.

    Parameters
    ----------
    monitor : str, default=None
        A name in the history. None is the validation cost, or without validation the
        training cost.
    mode : {"min", "max"}, default=None
        Which values are better; None takes "max" for accuracies, else "min".
    min_delta : float, default=0.0
        By how much a value must be better to count.

    Attributes
    ----------
    best : float or None
    best_epoch : int or None
        Counted from 1.
    """

    def __init__(self, monitor=None, mode=None, min_delta=0.0):
        owner = type(self).__name__
        if mode not in (None, "min", "max"):
            raise ValueError(f"{owner}: mode is {mode!r}, expected 'min' or 'max'")
        self.monitor = monitor
        self.mode = mode
        self.min_delta = check_number(owner, "min_delta", min_delta)
        self.best = self.best_epoch = None

    def is_better(self, trainer):
        """Tell whether the last epoch is the best so far, and note it then.

        Raises
        ------
        ValueError
            If the history has no such figure.
        """
        record, name = trainer.history[-1], self.monitor
        if name is None:
            name = "validation_cost"
            name = "train_cost" if record.get(name) is None else name
        if record.get(name) is None:
            known = ", ".join(key for key, value in record.items() if value is not None)
            raise ValueError(
                f"{type(self).__name__}: monitor is {name!r}, expected one of {known}"
            )
        mode = self.mode or ("max" if name.endswith("accuracy") else "min")
        value = record[name]
        gain = math.inf if self.best is None else self.best - value
        if mode == "max" and self.best is not None:
            gain = -gain
        if not gain > self.min_delta:
            return False
        self.best, self.best_epoch = value, trainer.epoch
        return True

    def state_dict(self):
        return {"best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state):
        self.best, self.best_epoch = state["best"], state["best_epoch"]


class EarlyStopping(Monitor):
    """End a training when a figure has not become better for some epochs.

    Parameters
    ----------
    patience : int, default=10
        How many epochs without a better value end the training.
    monitor, mode, min_delta
        As in `Monitor`.
    """

    def __init__(self, patience=10, monitor=None, mode=None, min_delta=0.0):
        self.patience = check_count("EarlyStopping", "patience", patience)
        super().__init__(monitor, mode, min_delta)

    def on_epoch(self, trainer):
        if not self.is_better(trainer):
            waited = trainer.epoch - self.best_epoch
            if waited >= self.patience:
                trainer.stop(
                    f"no better than {self.best:.4g} of epoch {self.best_epoch} "
                    f"for {waited} epochs"
                )


class KeepBest(Monitor):
    """Keep the network as it was after its best epoch, and put it back at the end.

    Parameters
    ----------
    monitor, mode, min_delta
        As in `Monitor`.
    """

    def __init__(self, monitor=None, mode=None, min_delta=0.0):
        super().__init__(monitor, mode, min_delta)
        self._kept = None

    def on_epoch(self, trainer):
        if self.is_better(trainer):
            with trainer.averaged():  # as it was measured
                self._kept = snapshot(trainer.net)

    def on_end(self, trainer):
        if self._kept is not None:
            restore(self._kept, trainer.net)

    def state_dict(self):
        return super().state_dict() | {"kept": self._kept}

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self._kept = state["kept"]
