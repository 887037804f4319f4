"""Callback: what is called as a training goes on."""


class Callback:
    """Take part in a training; a subclass overrides what it needs.

    Each method is given the `Trainer`, whose attributes tell how far it is. Callbacks
    are called in the order in which they are given, `Checkpoint` after all others.
    """

    def on_begin(self, trainer):
        """Called when `Trainer.fit` begins, or goes on with what was interrupted."""

    def on_step(self, trainer):
        """Called after each step of the optimiser."""

    def on_epoch(self, trainer):
        """Called after each epoch, when its record is in ``trainer.history``."""

    def on_end(self, trainer):
        """Called when all epochs are done, or `Trainer.stop` ended them."""

    def close(self):
        """Called at the very end, also after an error: let go of what was opened."""

    def state_dict(self):
        """Return what decides what this callback will do, as a state tree."""
        return {}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken."""
