"""Lanes: an optimiser's vectors in blocks, which threads share among them."""

import numpy as np

from nnmods.kernels.copies import clear
from nnmods.kernels.threads import LEAST_BYTES, in_lanes, lanes_for
from nnmods.optim.blocks import cut, flush_tiny
from nnmods.optim.groups import joined, slots_of, split

# Steps between two searches for tiny numbers: of no cost, and too few for a moment
# with a decay of 0.81 or more to fall through the margin of 2^20
FLUSH_EVERY = 64


class InLanes:
    """The part of an `Optimizer` that goes through its vectors."""

    def zero_grad(self):
        """Fill ``dC_dw`` with 0."""
        clear(self.dC_dw)

    def _fill(self, name, setting):
        """Fill a vector of the state with the setting of each weight's group."""
        position = 2 + self._state.index(name)
        for lane in self._lanes:
            for rule, blocks in lane:
                for block in blocks:
                    block[position].fill(getattr(rule, setting))

    def _apply(self):
        """Let the rule of each group update its blocks."""
        lanes = lanes_for(self._bytes) if self._bytes >= LEAST_BYTES else 1
        if self.by_parameter:
            lanes = 1
        if lanes != len(self._lanes):
            self._lanes = self._cut(lanes)
        factor = 1.0 if self.schedule is None else self.schedule(self.t)
        if lanes == 1:
            self._update_lane(0, factor)
        else:
            in_lanes(lambda lane: self._update_lane(lane, factor), lanes)
        if (self.t + 1) % FLUSH_EVERY == 0 and self._state:
            in_lanes(self._flush, lanes)

    def _update_lane(self, lane, factor):
        for rule, blocks in self._lanes[lane]:
            # a NumPy scalar would draw float32 vectors up to float64
            rule._update(float(rule.lr * factor), blocks)

    def _flush(self, lane):
        for _, blocks in self._lanes[lane]:
            for _, _, *vectors, a, b in blocks:
                for vector in vectors[: len(self._state)]:
                    flush_tiny(vector, a, b)

    def _cut(self, lanes):
        """Return for each lane a list of rules, each with its blocks."""
        names = (*self._state, *self._vectors)
        vectors = [self.w, self.dC_dw, *(getattr(self, name) for name in names)]
        self._bytes = 2 * len(vectors) * self.w.nbytes
        if not self.groups and not self.by_parameter:
            return [[(self, blocks)] for blocks in cut(vectors, 2, lanes)]
        slots = slots_of(self.net, self.w)
        parts, rest = split(slots, self.groups, type(self).__name__)
        result = [[] for _ in range(lanes)]
        for rule, part in [
            (self, rest),
            *zip(self.groups.values(), parts, strict=True),
        ]:
            if self.by_parameter:
                pieces = [[rule._block(vectors, slot) for slot in part]]
            else:
                pieces = cut(vectors, 2, lanes, joined(part))
            for lane, blocks in zip(result, pieces, strict=True):
                lane.append((rule, blocks))
        return result

    def _block(self, vectors, slot):
        """Return the block of one parameter, in its shape."""
        scratch = [np.empty(slot.shape, self.w.dtype) for _ in range(2)]
        return (*(v[slot.span].reshape(slot.shape) for v in vectors), *scratch)
