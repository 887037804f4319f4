"""Registry: the classes of Torch7 by name, and those of our users."""

import functools
import importlib

from nnmods.interop.t7.errors import T7Error, one_line

#: The files of `classes/`, each with a dict CLASSES and one ALIASES.
FAMILIES = (
    "activations",
    "containers",
    "convolution",
    "criterions",
    "elements",
    "graphs",
    "linear",
    "normalization",
    "pooling",
    "recurrent",
    "reductions",
    "shape",
    "sparse",
    "spatial",
    "tables",
    "tools",
    "training",
)

_own = {}


class _Registered:
    """A class of a user's own."""

    parts, wants_all, version = (), True, 1

    def __init__(self, name, load, cls, save):
        self.name, self._load, self.cls, self._save = name, load, cls, save

    def known(self):
        return None

    def load(self, fields):
        try:
            return self._load(fields.values)
        except Exception as err:
            raise T7Error(f"{fields.where}: {one_line(err)}", fields.offset) from err

    def save(self, value):
        return self._save(value)


def register_t7(class_name, load, cls=None, save=None):
    """Say how instances of a class of Torch7 are made here, and written.

    It goes before what is known of a class of that name.

    Parameters
    ----------
    class_name : str
        Such as ``"nn.MyLayer"``.
    load : function of (fields)
        Returns what stands for the instance: a module, or anything else. ``fields`` is
        a dict with tensors as arrays, and modules as modules.
    cls : class, default=None
        Instances of it are written by `save_t7` as ``class_name``.
    save : function of (instance), default=None
        Returns the dict of fields to write; needed together with ``cls``.

    Examples
    --------
    >>> import nnmods as nn
    >>> register_t7("nn.Gain", lambda fields: nn.MulConstant(fields["gain"]))
    """
    if not isinstance(class_name, str) or not callable(load):
        raise TypeError(
            f"register_t7: class_name is {class_name!r} and load {load!r}, expected a "
            "str and a function"
        )
    if (cls is None) != (save is None):
        raise TypeError("register_t7: cls and save are expected together")
    _own[class_name] = _Registered(class_name, load, cls, save)


def find(name):
    """Return what reads instances of the class of that name, or None."""
    return _own.get(name) or known_classes().get(name)


def find_writer(value):
    """Return what writes an instance, or None."""
    for own in reversed(_own.values()):
        if own.cls is not None and type(value) is own.cls:
            return own
    if type(value).__module__.startswith("nnmods."):
        return _writers().get(type(value).__name__)
    return None


@functools.cache
def known_classes():
    """Return a dict of Torch7's names to specs."""
    found = {}
    for family in FAMILIES:
        module = importlib.import_module(f"nnmods.interop.t7.classes.{family}")
        for name, spec in module.CLASSES.items():
            spec.name = spec.name or f"nn.{name}"
            found[f"nn.{name}"] = spec
        for alias, name in module.ALIASES.items():
            found[alias] = module.CLASSES[name]
    return found


@functools.cache
def _writers():
    """Return a dict of the names of our classes to specs, the first of each."""
    writers = {}
    for spec in known_classes().values():
        writers.setdefault(spec.ours or spec.name.partition(".")[2], spec)
    return writers
