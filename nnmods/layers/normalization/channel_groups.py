"""ChannelGroups: normalisations over the places of some of a sample's channels."""

from math import prod

from nnmods.core import check
from nnmods.layers.normalization.row_statistics import RowStatistics


class ChannelGroups(RowStatistics):
    """A row is a group of channels of a sample of (N, num_channels, *S).

    Each channel has a weight and a bias.
    """

    num_groups = num_channels = None
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
