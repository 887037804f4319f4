"""Parts: what has no state_dict of its own, as a part of a training that has one."""

from nnmods.core import get_rng, manual_seed
from nnmods.core.generators import generator_state, restore_generator
from nnmods.core.snapshot import restore, snapshot
from nnmods.core.states import Restorable


class NetworkState:
    """The states of a network and its criterion, as one part."""

    def __init__(self, *roots):
        self._roots = roots

    def state_dict(self):
        return snapshot(*self._roots)

    def load_state_dict(self, state):
        restore(state, *self._roots)


class DefaultGenerator:
    """The default generator as a part, which takes another's place if it has to."""

    def state_dict(self):
        return generator_state(get_rng())

    def load_state_dict(self, state):
        try:
            Restorable("Trainer", get_rng()).load_state_dict(state)
        except ValueError:  # of another kind
            manual_seed(restore_generator(state))
