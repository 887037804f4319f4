"""DepthConcat: outputs of unequal sizes, centred in zeros and joined."""

from nnmods.containers.joining import Branches
from nnmods.core import reuse


class DepthConcat(Branches):
    """Give x to each child, and join outputs of unequal sizes, centred in zeros.

    ::

        y[..., window_i, ...] = f_i(x), 0 elsewhere
        dC_dx                 = sum_i J_i^T dC_dy[..., window_i, ...]

    The windows follow one another along the axis. Along every other axis y is as long
    as the longest output, n, and an output of length m starts at (n - m) // 2.

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    *modules : Module

    Raises
    ------
    ValueError
        If there is no child, no such axis, the outputs differ in their number of axes,
        or ``dC_dy`` is not shaped like ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    C. Szegedy et al., "Going Deeper with Convolutions", CVPR 2015; Torch7,
    ``nn.DepthConcat``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Identity, SpatialMaxPooling
    >>> net = DepthConcat(0, Identity(), SpatialMaxPooling(3, 3))
    >>> net(np.arange(9.0).reshape(1, 3, 3))[1]
    array([[0., 0., 0.],
           [0., 8., 0.],
           [0., 0., 0.]])
    """

    def join(self, outputs, axis):
        place = self.joining_axis(outputs, axis)
        shapes = [output.shape for output in outputs]
        for i, shape in enumerate(shapes):
            if len(shape) != len(shapes[0]):
                raise ValueError(
                    f"DepthConcat: output of module {i} has shape {shape}, "
                    f"expected {len(shapes[0])} axes, as that of module 0 has"
                )
        lengths = [max(along) for along in zip(*shapes, strict=True)]
        lengths[place] = 0
        self._windows = []
        for shape in shapes:
            pairs = zip(lengths, shape, strict=True)
            starts = [(n - m) // 2 for n, m in pairs]
            starts[place] = lengths[place]
            lengths[place] += shape[place]
            pairs = zip(starts, shape, strict=True)
            self._windows.append(tuple(slice(i, i + m) for i, m in pairs))
        self._shape = tuple(lengths)
        self.y = reuse(self.y, self._shape, *outputs, module=self)
        self.y.fill(0)
        for window, output in zip(self._windows, outputs, strict=True):
            self.y[window] = output
        return self.y
