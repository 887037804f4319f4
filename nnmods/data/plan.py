"""Plan: which samples each batch of an epoch holds."""

import operator

import numpy as np

from nnmods.core import get_rng
from nnmods.core.states import Restorable, states_of

USUAL = 32  # samples in a batch


class Plan:
    """The order of the samples, epoch after epoch, and the place in it.

    Parameters
    ----------
    n_samples, batch_size, shuffle, rng, drop_last, sampler
        As in `Minibatches`.

    Attributes
    ----------
    given : int
        Batches given in this epoch.
    rngs : list
        Of the generator that orders are drawn from, or empty where none is.
    """

    def __init__(self, n_samples, batch_size, shuffle, rng, drop_last, sampler):
        self.n_samples = n_samples
        self.n_draws = n_samples if sampler is None else sampler.n_draws
        if batch_size is None:
            batch_size = min(USUAL, self.n_draws)
        self.batch_size = operator.index(batch_size)
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.sampler = sampler
        self._check()
        rng = get_rng(rng)
        self.rngs = [rng] if shuffle == "epoch" else []
        self._order = rng.permutation(n_samples) if shuffle == "once" else None
        self.restart()

    def _check(self):
        if self.shuffle not in ("epoch", "once", "never"):
            raise ValueError(
                f"Minibatches: shuffle is {self.shuffle!r}, "
                "expected 'epoch', 'once' or 'never'"
            )
        if self.batch_size < 1:
            raise ValueError(
                f"Minibatches: batch_size is {self.batch_size}, expected 1 or more"
            )
        if self.sampler is not None:
            if self.shuffle != "epoch":
                raise ValueError(
                    f"Minibatches: shuffle is {self.shuffle!r}, expected 'epoch' with "
                    "a sampler"
                )
            if self.sampler.n_samples != self.n_samples:
                raise ValueError(
                    f"Minibatches: sampler is for {self.sampler.n_samples} samples, "
                    f"expected {self.n_samples}"
                )
        if self.n_draws < self.batch_size:
            raise ValueError(
                f"Minibatches: batch_size is {self.batch_size}, expected at most the "
                f"{self.n_draws} samples there are"
            )

    def __len__(self):
        if self.drop_last:
            return self.n_draws // self.batch_size
        return -(-self.n_draws // self.batch_size)

    def batches(self):
        """Yield (order, k, where) of each batch k to come in this epoch.

        The order is None, and where a slice, if the samples stay as they are; where is
        an array of indices otherwise.
        """
        order, start = self._order, self.given
        if not self._loaded:
            order, start = self._new_order(), 0
        self._loaded = False
        for k in range(start, len(self)):
            where = slice(k * self.batch_size, (k + 1) * self.batch_size)
            yield order, k, where if order is None else order[where]

    def _new_order(self):
        if self.shuffle != "epoch":
            return self._order
        (rng,) = self.rngs
        if self.sampler is None:
            return rng.permutation(self.n_samples)
        return self.sampler.order(rng, self.batch_size)

    def reach(self, order, k):
        """Take batch ``k`` of an order as given."""
        self._order, self.given = order, k + 1

    def restart(self):
        """Let the next epoch be a new one."""
        self.given, self._loaded = 0, False
        if self.shuffle == "epoch":
            self._order = None

    @property
    def parts(self):
        """What has a state of its own."""
        rng = Restorable("Minibatches", self.rngs[0]) if self.rngs else None
        return {"rng": rng, "sampler": self.sampler}

    def state_dict(self):
        """Return the place in the epoch, and the states of its parts at this moment."""
        own = {
            "n_samples": self.n_samples,
            "batch_size": self.batch_size,
            "order": None if self._order is None else read_only(self._order),
            "given": self.given,
        }
        return own | states_of(self.parts)

    def check_state(self, state):
        """Return order and place of a state, once known to fit this plan."""
        for name in ("n_samples", "batch_size"):
            if state[name] != getattr(self, name):
                raise ValueError(
                    f"Minibatches: state has {name} {state[name]}, "
                    f"expected {getattr(self, name)}"
                )
        order, given = state["order"], operator.index(state["given"])
        if not 0 <= given <= len(self):
            raise ValueError(
                f"Minibatches: state has {given} batches given, "
                f"expected 0 to {len(self)}"
            )
        fresh = self.shuffle == "epoch" and given == 0
        if (order is None) != (fresh or self.shuffle == "never"):
            raise ValueError(
                f"Minibatches: state has {'no' if order is None else 'an'} order and "
                f"{given} batches given, which does not go with "
                f"shuffle={self.shuffle!r}"
            )
        return self._checked_order(order), given

    def _checked_order(self, order):
        """Return a copy of an order; None stays None."""
        if order is None:
            return None
        order = np.array(order)
        if order.shape != (self.n_draws,) or order.dtype.kind not in "iu":
            raise ValueError(
                f"Minibatches: order has shape {order.shape} of {order.dtype}, "
                f"expected ({self.n_draws},) of integers"
            )
        if order.min() < 0 or order.max() >= self.n_samples:
            raise ValueError(
                f"Minibatches: order has samples {order.min()} to {order.max()}, "
                f"expected 0 to {self.n_samples - 1}"
            )
        return order

    def go_on(self, order, given):
        """Let the next loop go on in this order, after so many batches."""
        self._order, self.given, self._loaded = order, given, given > 0


def read_only(array):
    """Return a view that nobody writes to; np.take would copy indices of that kind."""
    view = array.view()
    view.flags.writeable = False
    return view
