"""InstanceNorm: normalisation of each channel of each sample."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.core.options import as_number
from nnmods.layers.normalization.channel_groups import ChannelGroups
from nnmods.layers.normalization.channels import normalise
from nnmods.layers.normalization.folding import in_order
from nnmods.layers.normalization.running_statistics import RunningStatistics


class InstanceNorm(RunningStatistics, ChannelGroups):
    """Instance normalisation: mean 0 and variance 1 over each channel's places.

    ::

        xhat = (x - mean) / sqrt(var + eps)     (of each sample's each channel)
        y    = weight * xhat + bias             (by channel)

        training with track_running_stats, M places in a channel:
        running_mean = (1 - momentum) * running_mean + momentum * mean_n(mean)
        running_var  = (1 - momentum) * running_var
                       + momentum * mean_n(var) * M / (M - 1)

        evaluation with track_running_stats:
        mean, var    = running_mean, running_var
        dC_dx        = weight * dC_dy / sqrt(running_var + eps)

    The other formulas are those of `RowStatistics`. [1]_

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float or None, default=1e-5
        Keeps the division finite. None means the default, here and below.
    momentum : float or None, default=0.1
        The weight of the new samples in the running statistics.
    affine : bool or None, default=False
        Whether there is a weight and a bias.
    track_running_stats : bool or None, default=False
        Whether to keep running statistics, for use in evaluation.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Nothing is drawn: the weight begins as 1 and the bias as 0.

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (num_features,), or None
    running_mean, running_var : ndarray, shape (num_features,), or None
        0 and 1 at first. They are not parameters.

    Raises
    ------
    ValueError
        If ``x`` is not (N, num_features, *S) with at least one axis in S, and with two
        places or more where its own variance is used. If ``dC_dy`` is not shaped like
        ``x``.

    References
    ----------
    .. [1] D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization: the missing
           ingredient for fast stylization", 2016; as in PyTorch's ``InstanceNorm1d``,
           ``2d`` and ``3d``.

    Examples
    --------
    >>> InstanceNorm(2, eps=0.0)(np.array([[[1.0, 3.0], [10.0, 50.0]]]))
    array([[[-1.,  1.],
            [-1.,  1.]]])
    """

    least_axes = 3

    def __init__(
        self,
        num_features,
        eps=None,
        momentum=None,
        affine=None,
        track_running_stats=None,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        C = as_size("InstanceNorm", "num_features", num_features)
        if C == 0:
            raise ValueError("InstanceNorm: num_features is 0, expected 1 or more")
        self.num_features = self.num_channels = self.num_groups = C
        self.eps = as_number(self, "eps", eps, 1e-5)
        self.momentum = as_number(self, "momentum", momentum, 0.1)
        self._add_parameters(C, affine, affine)
        if track_running_stats:
            self._add_running(C)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Set the weight to 1, the bias to 0, forget all statistics; return self."""
        if self.running_mean is not None:
            self._forget()
        return super().reset(rng, stdv)

    def _normalise(self, x, out):
        if self._fixed():
            x3 = self._rows(self._input(x, out.dtype))
            mean, invstd = self._statistics(x, x3)
            normalise(x3, mean, invstd, None, None, self._rows(out))
            self._scale(out, self.weight, self.bias)
            return
        super()._normalise(x, out)
        if self.running_mean is not None and x.size:
            M = x.size // (x.shape[0] * x.shape[1])
            mean, var, _ = self._moments.reshape(3, -1, self.num_features)
            self._follow(mean.mean(axis=0), var.mean(axis=0), M)

    def _rows_back(self, x, dC_dy, out, learn):
        if not self._fixed():
            return super()._rows_back(x, dC_dy, out, learn)
        v = in_order(dC_dy, out.dtype, self.work, "v")
        self._times_jacobian(x, self._weighted(v, self.weight), out)
        return None

    def _times_jacobian(self, x, v, out, forward=False):
        if not self._fixed():
            super()._times_jacobian(x, v, out, forward)
            return
        x3, v3 = self._rows(self._input(x, out.dtype)), self._rows(v)
        np.multiply(v3, self._statistics(x, x3)[1], out=self._rows(out))

    def _turn_jacobian(self, x, v, dx, out):
        if self._fixed():
            out.fill(0)
        else:
            super()._turn_jacobian(x, v, dx, out)

    def _square_jacobian(self, x, h, out):
        if self._fixed():  # a diagonal
            self._times_jacobian(x, h, out)
            self._times_jacobian(x, out, out)
        else:
            super()._square_jacobian(x, h, out)

    def _add_own_diagonal(self, x, v, out):
        if not self._fixed():
            super()._add_own_diagonal(x, v, out)

    def _statistics(self, x, x3):
        if not self._fixed():
            return super()._statistics(x, x3)
        found = self._found(x3.shape[1], x3.dtype).reshape(3, -1, self.num_features)
        found[0], found[2] = self.running_mean, self._running_invstd()
        mean, _, invstd = found.reshape(3, -1, 1)
        return mean, invstd

    def _has_columns(self, x):
        return not self._fixed() and super()._has_columns(x)

    def _fixed(self):
        """Tell whether the running statistics serve."""
        return self.running_mean is not None and not self.train

    def _check(self, x):
        super()._check(x)
        if x.size and x.size == x.shape[0] * x.shape[1] and not self._fixed():
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected two places or more; "
                "a variance takes two numbers"
            )

    def __repr__(self):
        options = [str(self.num_features)]
        options += [f"eps={self.eps:g}"] if self.eps != 1e-5 else []
        options += [f"momentum={self.momentum:g}"] if self.momentum != 0.1 else []
        options += [] if self.weight is None else ["affine=True"]
        options += [] if self.running_mean is None else ["track_running_stats=True"]
        return f"InstanceNorm({', '.join(options)})"
