"""Tensor types: names of dtypes, Torch7's too."""

import numpy as np

#: Torch7's types that NumPy has under another name.
NAMES = {
    "ByteTensor": "uint8",
    "CharTensor": "int8",
    "ShortTensor": "int16",
    "IntTensor": "int32",
    "LongTensor": "int64",
    "HalfTensor": "float16",
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
}


def as_dtype(owner, argument, value):
    """Return a dtype's name, as NumPy has it, and None for None.

    Parameters
    ----------
    owner, argument : str
        The class and the argument, for the error.
    value : dtype, str or None
        What NumPy takes for a dtype, or a name such as ``"torch.FloatTensor"``; with
        ``Cuda`` before the type (``"torch.CudaTensor"`` is of floats) it is the same.

    Raises
    ------
    TypeError
        If it is no type of real numbers.

    Examples
    --------
    >>> as_dtype("Copy", "intype", "torch.LongTensor")
    'int64'
    >>> as_dtype("Copy", "intype", np.float32)
    'float32'
    """
    if value is None:
        return None
    name = value
    if isinstance(value, str) and value.startswith("torch."):
        name = value.removeprefix("torch.").removeprefix("Cuda")
        name = NAMES.get("FloatTensor" if name == "Tensor" else name, name)
    try:
        dtype = np.dtype(name)
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind not in "fiub":
        raise TypeError(
            f"{owner}: {argument} is {value!r}, expected a type of real numbers"
        )
    return dtype.name
