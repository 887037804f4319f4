"""Epochs: once through all minibatches, and what is recorded of it."""

import math
import warnings

import numpy as np

from nnmods.training.batching import pairs
from nnmods.training.blame import Diverged
from nnmods.training.callback import Callback
from nnmods.training.history import Record
from nnmods.training.measuring import Measuring
from nnmods.training.saved_training import SavedTraining


class Epochs(SavedTraining, Measuring):
    """The part of a `Trainer` that goes through an epoch."""

    def _train(self, batches, callbacks):
        """Go through what is left of the present epoch's minibatches."""
        self.net.training()
        stepper = self._stepper
        stepper.drop()
        self.within_epoch = True
        told = [c.on_step for c in callbacks if _does_something(c.on_step)]
        try:
            for x, target in pairs("Trainer", self._rest_of(batches)):
                if not self._dtypes_seen:
                    self._compare_dtypes(x)
                self.batch += 1
                if stepper.take(x, target, self.tally):
                    self._stepped(told)
            self.within_epoch = False
            if stepper.waiting:
                stepper.finish()
                self._stepped(told)
        except Diverged as err:
            raise Diverged(
                f"in epoch {self.epoch + 1}, batch {self.batch}, {err}; a smaller "
                "learning rate may help"
            ) from None
        if self.tally.samples == 0:
            raise ValueError(
                f"Trainer: batches are none in epoch {self.epoch + 1}, expected at "
                "least one; a generator lasts for one epoch only"
            )

    def _stepped(self, told):
        if self.average is not None:
            self.average.update()
        for on_step in told:
            on_step(self)

    def _record(self, validation):
        """Measure the network at the end of an epoch, and add to the history."""
        tally = self.tally
        record = {"train_cost": tally.cost, "train_accuracy": tally.accuracy}
        record |= {f"train_{name}": value for name, value in tally.metrics.items()}
        record |= {"validation_cost": None, "validation_accuracy": None}
        if validation is not None:
            measured = self.evaluate(validation)
            if not math.isfinite(measured[0]):
                raise Diverged(
                    f"after epoch {self.epoch + 1}, the validation cost is "
                    f"{measured[0]}; a smaller learning rate may help"
                )
            names = ["validation_cost", "validation_accuracy"]
            record |= dict(zip(names, measured, strict=False))
            for name, value in (measured[2] if self.metrics else {}).items():
                record[f"validation_{name}"] = value
        record["lr"] = self.optimizer.current_lr
        record["seconds"] = self._seconds()
        self.history.add(Record(record))
        self._new_epoch()
        report = getattr(self.optimizer.schedule, "report", None)
        if report is not None:
            cost = record["validation_cost"]
            report(record["train_cost"] if cost is None else cost, self.optimizer.t)

    def _tell(self, callbacks, event):
        for callback in callbacks:
            getattr(callback, event)(self)

    def _compare_dtypes(self, x):
        self._dtypes_seen = True
        wanted = self.optimizer.w.dtype
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.dtype != wanted:
            warnings.warn(
                f"Trainer: x has dtype {x.dtype}, the parameters have {wanted}; "
                "net.astype() or x.astype() makes them one",
                stacklevel=4,
            )


def _does_something(on_step):
    return getattr(on_step, "__func__", None) is not Callback.on_step
