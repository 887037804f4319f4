"""Producer: a thread that goes through batches ahead of who asks for them."""

import itertools
import queue
import threading

import numpy as np

from nnmods.core.tables import map_table
from nnmods.data.buffers import Buffer

#: What a source tells about the batch last given.
PLACE = ("indices", "position")


class Slot:
    """Memory for one batch."""

    def __init__(self):
        self._buffers = []

    def keep(self, batch):
        """Return a copy of a batch in this memory; what is no array stays itself."""
        places = itertools.count()

        def kept(leaf):
            if not isinstance(leaf, np.ndarray):
                return leaf
            place = next(places)
            if place == len(self._buffers):
                self._buffers.append(Buffer())
            copy = self._buffers[place].like(leaf)
            copy[...] = leaf
            return copy

        return map_table(kept, list(batch))


class Producer(threading.Thread):
    """Goes through one epoch of batches, as far ahead as there are free slots.

    It knows the source and the slots, and not who asks: that one may be forgotten.

    Parameters
    ----------
    batches : iterable
        With a state_dict.
    slots : list of Slot
    """

    def __init__(self, batches, slots):
        # A daemon, for the interpreter waits for others before it lets them be ended.
        super().__init__(name="nnmods.data.Prefetch", daemon=True)
        self._source = batches
        self._free, self._ready = queue.SimpleQueue(), queue.SimpleQueue()
        self._ended = False
        for slot in slots:
            self._free.put(slot)

    def run(self):
        try:
            for batch in self._source:
                slot = self._free.get()
                if self._ended:
                    return
                source = self._source
                place = [getattr(source, name, None) for name in PLACE]
                self._ready.put((slot, slot.keep(batch), source.state_dict(), *place))
            self._ready.put(None)
        except BaseException as err:  # whatever it is, who asks must not wait for ever
            self._ready.put(err)

    def take(self):
        """Wait for the next batch: (slot, batch, state after it, place), or None."""
        ready = self._ready.get()
        if isinstance(ready, BaseException):
            raise ready
        return ready

    def give_back(self, slot):
        """Let a slot be written to again."""
        self._free.put(slot)

    def end(self):
        """Stop after the batch that is being made, and wait for that."""
        self._ended = True
        self._free.put(None)
        if (
            threading.current_thread() is not self
        ):  # a garbage collection may be run here
            self.join()
