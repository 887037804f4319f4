"""Arrays one after another, in scratch memory."""

import numpy as np

from nnmods.kernels.sparse import scratch


def joined(arrays, work, name):
    """Return arrays one after another, in scratch memory of a name.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> joined([np.zeros((1, 2)), np.ones((2, 2))], Workspace(), "pairs").tolist()
    [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """
    dtype = np.result_type(*{a.dtype for a in arrays})
    shape = sum(map(len, arrays)), *arrays[0].shape[1:]
    out = scratch(work, name, int(np.prod(shape)), dtype).reshape(shape)
    return np.concatenate(arrays, out=out)
