"""RunningStatistics: the mean and variance of what training has met."""

import numpy as np

from nnmods.layers.normalization.channel_moments import inverse_root


class RunningStatistics:
    """Running statistics of a module that has ``eps`` and ``momentum``.

    ::

        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var  = (1 - momentum) * running_var  + momentum * var * M / (M - 1)
    """

    running_mean = running_var = None

    def _add_running(self, n_channels):
        self.running_mean = np.empty(n_channels, self.dtype)
        self.running_var = np.empty(n_channels, self.dtype)

    def _forget(self):
        self.running_mean[...] = 0
        self.running_var[...] = 1

    def _follow(self, mean, var, M):
        """Take in the mean and variance of each channel, over M numbers."""
        self.running_mean *= 1 - self.momentum
        self.running_mean += self.momentum * mean
        self.running_var *= 1 - self.momentum
        self.running_var += self.momentum * M / (M - 1) * var

    def _running_invstd(self):
        out = np.empty_like(self.running_var)
        return inverse_root(self.running_var, self.eps, out)
