"""Tensor types: dtypes, and Torch7's names of them."""

import numpy as np

from nnmods.core.tensor_types import as_dtype


def tensor_dtype(owner, tensor_type):
    """Return the dtype that a numpy dtype or a name such as torch.FloatTensor means.

    Raises
    ------
    TypeError
        If it is no floating-point type.

    Examples
    --------
    >>> tensor_dtype("Serial", "torch.CudaTensor")
    dtype('float32')
    """
    try:
        dtype = np.dtype(as_dtype(owner, "tensor_type", tensor_type))
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind != "f":
        raise TypeError(
            f"{owner}: tensor_type is {tensor_type!r}, expected a floating-point type"
        )
    return dtype
