"""Saving: a module and all that it consists of, in one .npz file."""

import json
from pathlib import Path

import numpy as np

from nnmods.core.files import replacing
from nnmods.core.state import State
from nnmods.core.values import FORMAT, VERSION
from nnmods.interop.survey import Survey


def save(module, path):
    """Write a module or criterion to a file.

    What a copy carries is saved: settings, parameters and their gradients, running
    statistics, modes and the states of random generators; not the results of the last
    call. An array, module or generator that is used at several places stays one, and
    flattened parameters are flattened again after loading. Arrays that overlap only in
    part become arrays of their own, as in a copy.

    The file is an uncompressed ``.npz`` without pickle. Its array ``structure`` is a
    JSON document in UTF-8, which describes the objects and names the other arrays.

    Parameters
    ----------
    module : Module or Criterion
        Nested as deeply as need be; classes of one's own serve without preparation.
    path : str or path-like
        Taken as it is: no suffix is added. An old file is replaced once the new one is
        complete, and stands as it was after an error.

    Raises
    ------
    TypeError
        If an attribute, which the error names, is of a type that has no place in the
        file: a function, an open file, a set, an object of another kind. A class keeps
        it out, and puts it back, in ``__getstate__`` and ``__setstate__``.
    ValueError
        If lists nest deeper than 100, two classes have one name, or parameters that
        were flattened cannot be any longer.
    OSError
        If the file cannot be written.

    See Also
    --------
    load

    Examples
    --------
    >>> import tempfile
    >>> from nnmods.interop import load
    >>> from nnmods.layers import Linear
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Linear(3, 2), Path(folder) / "linear.npz")
    ...     load(Path(folder) / "linear.npz")
    Linear(3 -> 2)
    """
    path = Path(path)
    if not isinstance(module, State):
        raise TypeError(
            f"save: module has type {type(module).__name__}, "
            "expected a Module or a Criterion"
        )
    survey = Survey(module)
    document = {"format": FORMAT, "version": VERSION, "objects": survey.objects}
    text = json.dumps(document, allow_nan=False)
    structure = np.frombuffer(text.encode(), np.uint8)
    with replacing(path) as file:
        np.savez(file, structure=structure, **survey.arrays)
