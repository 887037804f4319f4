"""Loading: a module from a file, without running anything that stands in it."""

import json
from pathlib import Path

from nnmods.core.archive import Archive
from nnmods.core.generators import restore_generator
from nnmods.core.state import State
from nnmods.core.values import FORMAT, VERSION, Unreadable, decode, is_attribute
from nnmods.interop.classes import by_name, find_classes


def load(path, classes=()):
    """Return the module or criterion that `save` wrote to a file.

    No code comes from the file and no constructor runs: classes are looked up by name
    among nnmods' own and those that are passed, and get their attributes back.

    Parameters
    ----------
    path : str or path-like
    classes : sequence of classes, or dict of classes by name
        Classes of one's own that the file may use. They go before nnmods' classes of
        the same name.

    Returns
    -------
    Module or Criterion
        In the mode, training or evaluation, in which it was saved.

    Raises
    ------
    TypeError
        If ``classes`` holds anything but classes of modules and criterions.
    ValueError
        If the file was not written by `save`, is damaged or of a newer format, or
        needs a class that it is not given.
    OSError
        If the file is missing or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from nnmods.core import Elementwise
    >>> from nnmods.interop import save
    >>> class Square(Elementwise):
    ...     def f(self, x, out):
    ...         np.square(x, out=out)
    ...     def df(self, x, y, out):
    ...         np.multiply(x, 2, out=out)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Square(), Path(folder) / "square.npz")
    ...     load(Path(folder) / "square.npz", classes=(Square,))(np.array([3.0]))
    array([9.])
    """
    path, own = Path(path), by_name(classes)
    with open(path, "rb") as file:
        try:
            archive = Archive(file)
            return _restore(archive, _read_objects(archive), own)
        except Unreadable as err:
            raise ValueError(f"{path}: {err}") from err.__cause__
        except MemoryError:
            raise  # the file may well be whole
        except Exception as err:  # zipfile, numpy and json raise whatever comes up
            raise ValueError(
                f"{path}: is damaged, or was not written by nnmods.save "
                f"({type(err).__name__}: {err})"
            ) from err


def _read_objects(archive):
    """Return the descriptions of the objects, parts before wholes."""
    if "structure" not in archive:
        raise Unreadable("has no array 'structure': it was not written by nnmods.save")
    document = json.loads(archive["structure"].tobytes().decode())
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Unreadable("has another structure than nnmods.save writes")
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise Unreadable(f"has format version {version!r}, expected a number from 1")
    if version > VERSION:
        raise Unreadable(
            f"has format version {version}, expected {VERSION} at most; "
            "a newer nnmods reads it"
        )
    objects = document.get("objects")
    if not isinstance(objects, list) or not objects:
        raise Unreadable("describes no objects")
    for description in objects:
        match description:
            case {"generator": dict()}:
                continue
            case {"class": str(), "module": str(), "state": dict(state)}:
                if all(map(is_attribute, state)):
                    continue
        raise Unreadable(f"has a broken description, {str(description)[:80]}")
    return objects


def _restore(archive, objects, own):
    """Return the last of the objects, put together."""
    classes = find_classes(objects, own)
    things = []

    def thing(number):
        if type(number) is not int or not 0 <= number < len(things):
            raise Unreadable(f"has no object {number!r}")
        return things[number]

    find = {"array": archive.__getitem__, "object": thing}
    for description in objects:  # all of them, before any refers to a later one
        if "generator" in description:
            state = decode({"dict": description["generator"]}, find)
            things.append(restore_generator(state))
        else:
            cls = classes[description["class"]]
            things.append(cls.__new__(cls))
    for description, made in zip(objects, things, strict=True):
        if isinstance(made, State):
            state = {k: decode(node, find) for k, node in description["state"].items()}
            try:
                made.__setstate__(state)
            except Exception as err:
                raise Unreadable(
                    f"has a state that {type(made).__name__} does not take "
                    f"({type(err).__name__}: {err})"
                ) from err
    if not isinstance(things[-1], State):
        raise Unreadable("holds a random generator, expected a module or criterion")
    return things[-1]
