"""What the tests of saved files share."""

import json

import numpy as np
import pytest

from nnmods.core import Module
from nnmods.interop import load, save


class Holder(Module):
    """A module that holds whatever attributes it is given."""

    def __init__(self, **attributes):
        super().__init__()
        vars(self).update(attributes)


def again(module, path, classes=(Holder,)):
    """Return what comes back from a file."""
    save(module, path)
    return load(path, classes)


def read(path):
    """Return the document and the arrays of a saved file, by numpy alone."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    return json.loads(bytes(arrays.pop("structure"))), arrays


def write(path, document, arrays):
    """Write a file in the format, whatever stands in it."""
    text = document if isinstance(document, str) else json.dumps(document)
    structure = np.frombuffer(text.encode(), np.uint8)
    with open(path, "wb") as file:
        np.savez(file, structure=structure, **arrays)


def refused(path, classes=(Holder,)):
    """Return what the one error of loading a file says after the name of the file."""
    with pytest.raises(ValueError) as caught:
        load(path, classes)
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and "\n" not in text
    return text.removeprefix(f"{path}: ")


#: The description of an object without attributes.
EMPTY = {"class": "Holder", "module": "nnmods.x", "state": {}}


def document(**changes):
    """Return a sound document, but for some changes."""
    return {"format": "nnmods", "version": 1, "objects": [EMPTY], **changes}


def with_state(**state):
    """Return a document of one Holder with these attributes, spelled as JSON."""
    return document(objects=[{**EMPTY, "state": state}])
