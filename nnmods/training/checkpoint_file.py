"""Checkpoint files: a state tree in a file that knows whether it is whole."""

import hashlib
import json

import numpy as np

from nnmods.core.archive import Archive
from nnmods.core.files import replacing
from nnmods.core.values import Unreadable, decode, encode, is_plain

FORMAT, VERSION = "nnmods checkpoint", 1


class Damaged(ValueError):
    """A checkpoint that is not as it was written."""


def write_checkpoint(path, tree):
    """Write a state tree to a file, as a whole or not at all.

    Parameters
    ----------
    path : str or path-like
        An uncompressed ``.npz``: arrays, a JSON document that refers to them, and the
        SHA-256 of both.
    tree : dict
        Of arrays, plain values, and lists, tuples and dicts of these.

    Raises
    ------
    TypeError
        If it holds anything else.
    OSError
        If the file cannot be written, as where the disk is full; an old file of that
        name stands as it was.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "last.npz"
    ...     write_checkpoint(path, {"t": 3, "w": np.ones(2)})
    ...     read_checkpoint(path)
    {'t': 3, 'w': array([1., 1.])}
    """
    arrays = _Arrays()
    document = {"format": FORMAT, "version": VERSION}
    document["tree"] = encode(tree, "tree", arrays)
    text = np.frombuffer(json.dumps(document, allow_nan=False).encode(), np.uint8)
    digest = _digest(text, arrays.found)
    try:
        with replacing(path) as file:
            np.savez(file, structure=text, sha256=digest, **arrays.found)
    except OSError as err:
        why = err.strerror or str(err)  # zipfile's own come without a name
        raise OSError(
            err.errno, f"cannot write the checkpoint: {why}", str(path)
        ) from err


def read_checkpoint(path):
    """Return the state tree in a file.

    Raises
    ------
    Damaged
        If the file is not as `write_checkpoint` left it.
    OSError
        If it is missing or cannot be read.
    """
    with open(path, "rb") as file:
        try:
            archive = Archive(file)
            text = archive["structure"]
            document = json.loads(text.tobytes().decode())
            used = {}

            def find(name):
                used[name] = archive[name]
                return used[name]

            tree = decode(document["tree"], {"array": find})
            if document["format"] != FORMAT or document["version"] != VERSION:
                raise Unreadable(
                    f"has format {document['format']!r} version "
                    f"{document['version']!r}, expected {FORMAT!r} version {VERSION}"
                )
            if not np.array_equal(_digest(text, used), archive["sha256"]):
                raise Unreadable("has another checksum than its contents")
        except MemoryError:
            raise  # the file may well be whole
        except Unreadable as err:
            raise Damaged(f"{path}: is damaged: {err}") from err
        except Exception as err:  # zipfile, numpy and json raise whatever comes up
            raise Damaged(f"{path}: is damaged ({type(err).__name__}: {err})") from err
    return tree


class _Arrays:
    """Arrays by name, as `nnmods.core.values.encode` asks for them."""

    def __init__(self):
        self.found = {}

    def refer(self, value, where):
        if not isinstance(value, np.ndarray) or not is_plain(value.dtype):
            got = getattr(value, "dtype", type(value).__name__)
            self.refuse(where, f"has type {got}", "numbers, text, lists, dicts, arrays")
        name = f"array{len(self.found)}"
        self.found[name] = value
        return {"array": name}

    def refuse(self, where, got, wanted=None, error=TypeError, advice=None):
        wanted = f", expected {wanted}" if wanted else ""
        raise error(f"checkpoint: {where} {got}{wanted}")


def _digest(text, arrays):
    """Return the SHA-256 of a document and of its arrays, as 32 bytes."""
    sum_ = hashlib.sha256(text.tobytes())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        sum_.update(f"{name} {array.dtype.str} {array.shape}".encode())
        sum_.update(array.reshape(-1).view(np.uint8).data)
    return np.frombuffer(sum_.digest(), np.uint8)
