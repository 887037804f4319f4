"""ChannelGroups: normalisations over the places of some of a sample's channels."""

from math import prod

from nnmods.core import check
from nnmods.layers.normalization.batch_last_groups import BatchLastGroups
from nnmods.layers.normalization.channels import apply_jacobian, normalise_batch
from nnmods.layers.normalization.folding import in_order
from nnmods.layers.normalization.group_passes import groups_back, normalise_groups


class ChannelGroups(BatchLastGroups):
    """A row is a group of channels of a sample of (N, num_channels, *S).

    Each channel has a weight and a bias.
    """

    num_channels = None
    least_axes = 2

    def _check(self, x):
        ndim = max(getattr(x, "ndim", 0), self.least_axes)
        check(self, "x", x, (None, self.num_channels, *(None,) * (ndim - 2)))

    def _rows(self, x):
        N, size = len(x), prod(x.shape[2:])
        K = self.num_channels // self.num_groups * size
        return x.reshape(1, N * self.num_groups, K)

    def _cut(self, x):
        return x.reshape(len(x), self.num_channels, prod(x.shape[2:]))

    def _normalise_rows(self, x, eps, out, found):
        weight, bias = self._by_row(found[0], out.dtype)
        if weight is None or weight.shape[1] == 1:
            normalise_batch(x, eps, weight, bias, out, found)
        else:
            normalise_groups(x, eps, weight, bias, out, found)

    def _rows_back(self, x, dC_dy, out, learn):
        if self._has_columns(out):
            return self._columns_back(x, dC_dy, out, learn)
        v = in_order(dC_dy, out.dtype, self.work, "v")
        x3, v3, out3 = self._rows(self._input(x, out.dtype)), *map(self._rows, (v, out))
        mean, invstd = self._statistics(x, x3)
        weight, _ = self._by_row(mean, out.dtype)
        Q = 1 if weight is None else weight.shape[1]
        found = self.work("sums by channel", (3, len(mean), Q), out.dtype)
        rows = x3, v3, mean, invstd, weight, out3
        if Q == 1:
            apply_jacobian(*rows, found)
        else:
            groups_back(*rows, found[0], found[1])
        return found[:2] if learn else None

    def _by_row(self, mean, dtype):
        """Return the weights and the biases of the channels of each row, or None."""
        if self.weight is None:
            return None, None
        samples = len(mean) // self.num_groups
        both = self.work("by row", (2, samples, self.num_channels), dtype)
        both[0], both[1] = self.weight, self.bias
        return both.reshape(2, len(mean), -1)
