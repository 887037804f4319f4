"""Saved training: all that decides the next step, taken out and put back."""

import time

from nnmods.core import get_rng, manual_seed
from nnmods.core.generators import (
    generator_state,
    put_generator_state,
    restore_generator,
)
from nnmods.core.snapshot import restore, snapshot
from nnmods.training.evaluation import Tally


class SavedTraining:
    """The part of a `Trainer` that knows how far a training is, and goes on from there.

    Attributes
    ----------
    goal : int
        The number of epochs at which the present training ends.
    batch : int
        How many minibatches of the present epoch were taken.
    tally : Tally
        Of these.
    batches : iterable
        The minibatches.
    within_epoch : bool
        Whether more of them may follow in this epoch.
    resumed : bool
        Whether the training goes on from a state that was saved.
    """

    def __init__(self):
        self.goal = self.batch = self._begun_at = 0
        self.stopped = None
        self.tally = Tally(self.metrics)
        self.batches = self._waiting_state = self._epoch_rng = None
        self._iterator = None
        self.resumed = self.within_epoch = False
        self._elapsed, self._since = 0.0, None

    def state_dict(self):
        """Return all that decides how the training goes on, and its history.

        Taken between two steps of the optimiser: in callbacks, and outside of `fit`.
        It holds parameters and running statistics, the optimiser's state with that of
        the schedule, random generators (the default one, those of modules and of the
        minibatches), the position in the epoch, sums of the present epoch, the history,
        and the states of callbacks.
        """
        batches = self.batches
        return {
            "network": snapshot(self.net, self.criterion),
            "optimizer": self.optimizer.state_dict(),
            "rng": generator_state(get_rng()),
            "epoch_rng": self._epoch_rng,
            "batches": batches.state_dict() if hasattr(batches, "state_dict") else None,
            "batch": self.batch,
            "stopped": self.stopped,
            "begun_at": self._begun_at,
            "tally": self.tally.state_dict(),
            "seconds": self._seconds(),
            "history": self.history.state_dict(),
            "average": self.average and self.average.state_dict(),
            "callbacks": [callback.state_dict() for callback in self.callbacks],
        }

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken, of a trainer that was made alike.

        The next `fit` completes the training that was under way.

        Raises
        ------
        TypeError, ValueError
            If it is the state of another training; nothing has changed then.
        """
        before = self.state_dict()
        try:
            self._load(state)
        except BaseException:
            self._load(before)
            self._waiting_state = None
            raise

    def _load(self, state):
        if len(state["callbacks"]) != len(self.callbacks):
            raise ValueError(
                f"Trainer: state has {len(state['callbacks'])} callbacks, expected "
                f"{len(self.callbacks)}"
            )
        restore(state["network"], self.net, self.criterion)
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self.history.load_state_dict(state["history"])
        self.tally.load_state_dict(state["tally"])
        for callback, saved in zip(self.callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(saved)
        _put_default_rng(state["rng"])
        self.batch, self._begun_at = state["batch"], state["begun_at"]
        self.stopped = state["stopped"]
        self._epoch_rng = state["epoch_rng"]
        self._elapsed, self._since = state["seconds"], None
        self._waiting_state = state

    def _begin(self, batches, epochs):
        """Set the goal, and put the minibatches where an interrupted training was."""
        state, self._waiting_state = self._waiting_state, None
        self.batches = batches
        self.resumed = state is not None
        if state is None:
            self._begun_at, self.stopped = self.epoch, None
            self._new_epoch()
        elif hasattr(batches, "load_state_dict") and state["batches"] is not None:
            batches.load_state_dict(state["batches"])
        elif self.batch:
            # they are made again up to there, with the random numbers of that time
            _put_default_rng(self._epoch_rng)
            self._iterator = iter(batches)
            for _ in range(self.batch):
                next(self._iterator, None)
            _put_default_rng(state["rng"])
        self.goal = self._begun_at + epochs

    def _new_epoch(self):
        self.batch, self._elapsed, self._since = 0, 0.0, None
        self.tally = Tally(self.metrics)

    def _rest_of(self, batches):
        """Return the minibatches that are left of the present epoch."""
        self._since = time.perf_counter()
        iterator, self._iterator = self._iterator, None
        if iterator is None:
            if self.batch == 0 and not hasattr(batches, "state_dict"):
                self._epoch_rng = generator_state(get_rng())
            iterator = iter(batches)
        return iterator

    def _seconds(self):
        now = time.perf_counter()
        return self._elapsed + (0.0 if self._since is None else now - self._since)


def _put_default_rng(state):
    """Put a state into the default generator, or make one of another kind."""
    try:
        put_generator_state(get_rng(), state)
    except ValueError:
        manual_seed(restore_generator(state))
