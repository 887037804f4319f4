"""GroupNorm: normalisation of groups of a sample's channels."""

from nnmods.core.arrays import as_size
from nnmods.core.options import as_number
from nnmods.layers.normalization.channel_groups import ChannelGroups


class GroupNorm(ChannelGroups):
    """Group normalisation: mean 0 and variance 1 over groups of channels.

    ::

        xhat = (x - mean) / sqrt(var + eps)     (of each sample's each group)
        y    = weight * xhat + bias             (by channel)

    The other formulas are those of `RowStatistics`. [1]_

    Parameters
    ----------
    num_groups : int
        Into how many groups the channels are divided, in order.
    num_channels : int
    eps : float or None, default=1e-5
        Keeps the division finite. None means the default, here and below.
    affine : bool or None, default=True
        Whether there is a weight and a bias.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Nothing is drawn: the weight begins as 1 and the bias as 0.

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (num_channels,), or None

    Raises
    ------
    ValueError
        If ``num_groups`` does not divide ``num_channels``. If ``x`` is not
        (N, num_channels, *S), or ``dC_dy`` not shaped like ``x``.

    References
    ----------
    .. [1] Y. Wu, K. He, "Group normalization", ECCV 2018; as in PyTorch's
           ``GroupNorm``.

    Examples
    --------
    >>> import numpy as np
    >>> GroupNorm(2, 4, eps=0.0)(np.array([[1.0, 3.0, 10.0, 50.0]]))
    array([[-1.,  1., -1.,  1.]])
    """

    def __init__(
        self, num_groups, num_channels, eps=None, affine=None, *, dtype=None, rng=None
    ):
        super().__init__(dtype)
        self.num_groups = as_size("GroupNorm", "num_groups", num_groups)
        self.num_channels = as_size("GroupNorm", "num_channels", num_channels)
        if min(self.num_groups, self.num_channels) < 1 or num_channels % num_groups:
            raise ValueError(
                f"GroupNorm: num_channels is {num_channels}, expected a multiple of "
                f"num_groups, {num_groups}, and both at least 1"
            )
        self.eps = as_number(self, "eps", eps, 1e-5)
        affine = True if affine is None else affine
        self._add_parameters(self.num_channels, affine, affine)
        self.reset(rng)

    def __repr__(self):
        options = [f"{self.num_groups}, {self.num_channels}"]
        options += [f"eps={self.eps:g}"] if self.eps != 1e-5 else []
        options += ["affine=False"] if self.weight is None else []
        return f"GroupNorm({', '.join(options)})"
