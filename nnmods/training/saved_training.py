"""Saved training: all that decides the next step, taken out and put back."""

import time

from nnmods.core import get_rng
from nnmods.core.generators import generator_state
from nnmods.core.states import check_names, load_parts, states_of
from nnmods.training.checkpoint import newest
from nnmods.training.evaluation import Tally
from nnmods.training.parts import DefaultGenerator, NetworkState


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
    validation : iterable or None
        What the network is measured on.
    within_epoch : bool
        Whether more of them may follow in this epoch.
    resumed : bool
        Whether the training goes on from a state that was saved.
    """

    def __init__(self):
        self.goal = self.batch = self._begun_at = 0
        self.stopped = None
        self.tally = Tally(self.metrics)
        self.batches = self.validation = None
        self._waiting_state = self._epoch_rng = None
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
        parts = self._parts() | self._sources()
        return states_of(parts) | {
            "callbacks": [callback.state_dict() for callback in self.callbacks],
            "epoch_rng": self._epoch_rng,
            "batch": self.batch,
            "stopped": self.stopped,
            "begun_at": self._begun_at,
            "seconds": self._seconds(),
        }

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken, of a trainer that was made alike.

        The next `fit` completes the training that was under way.

        Raises
        ------
        TypeError, ValueError
            If it is the state of another training; nothing has changed then.
        """
        check_names("Trainer", state, self.state_dict())
        saved = state["callbacks"]
        if len(saved) != len(self.callbacks):
            raise ValueError(
                f"Trainer: state has {len(saved)} callbacks, expected "
                f"{len(self.callbacks)}"
            )
        names = [f"callback {i}" for i in range(len(saved))]
        parts = self._parts() | dict(zip(names, self.callbacks, strict=True))
        load_parts("Trainer", parts, state | dict(zip(names, saved, strict=True)))
        self.batch, self._begun_at = state["batch"], state["begun_at"]
        self.stopped = state["stopped"]
        self._epoch_rng = state["epoch_rng"]
        self._elapsed, self._since = state["seconds"], None
        self._waiting_state = state

    def resume(self, folder):
        """Go on from the newest whole checkpoint in a folder, if there is one.

        The next `fit` then completes the training that was interrupted.

        Returns
        -------
        pathlib.Path or None
            The checkpoint; None where the folder has none, or does not exist.

        Raises
        ------
        ValueError
            If checkpoints are of another training, or none of them is whole.

        Warns
        -----
        UserWarning
            For each damaged checkpoint that is passed over.
        """
        path, tree = newest(folder)
        if path is not None:
            try:
                self.load_state_dict(tree["training"])
            except (KeyError, TypeError, ValueError) as err:
                raise ValueError(
                    f"{path}: is of another training than this one: {err}"
                ) from err
        return path

    def _parts(self):
        """Return what has a state, besides the callbacks and `_sources`."""
        return {
            "network": NetworkState(self.net, self.criterion),
            "optimizer": self.optimizer,
            "average": self.average,
            "tally": self.tally,
            "history": self.history,
            "rng": DefaultGenerator(),
        }

    def _sources(self):
        return {"batches": self.batches, "validation": self.validation}

    def _begin(self, batches, validation, epochs):
        """Set the goal, and put the minibatches where an interrupted training was."""
        state = self._waiting_state
        self.batches, self.validation, self._iterator = batches, validation, None
        self.resumed = state is not None
        if state is None:
            self._begun_at, self.stopped = self.epoch, None
            self._new_epoch()
        else:
            sources = self._sources()
            if state["batches"] is None and not self.batch:  # of before the first `fit`
                del sources["batches"]
            if state["validation"] is None and self.epoch == self._begun_at:
                del sources["validation"]
            load_parts("Trainer", sources, state)
            if self.batch and state["batches"] is None:
                # they are made again up to there, with the random numbers of that time
                DefaultGenerator().load_state_dict(self._epoch_rng)
                self._iterator = iter(batches)
                for _ in range(self.batch):
                    next(self._iterator, None)
            DefaultGenerator().load_state_dict(state["rng"])
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
