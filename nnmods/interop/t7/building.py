"""Building: our modules around the arrays of a file."""

import functools
import math
import re

import numpy as np

from nnmods.core.criterion import Criterion


def build(spec, fields):
    """Return the module or criterion that has these fields, as its spec says."""
    if spec.upgrade:
        spec.upgrade(fields)
    given = {e.argument: e.read(fields) for e in spec.entries} | spec.fixed
    arrays = _arrays(spec, fields, given)
    dtype = fields.dtype
    made = (
        spec.make(fields, given)
        if spec.make
        else construct(spec.cls, given.pop("*", ()), given)
    )
    made._dtype = dtype
    if not isinstance(made, Criterion):
        made.train = fields.boolean("train", True)
    for name, array in arrays.items():
        bind(made, snake_case(name), array, fields, grad_name(name))
    if spec.add:
        made.extend(*(fields.parts[spec.add] or ()))
    if spec.finish:
        spec.finish(made, fields)
    return made


def _arrays(spec, fields, given):
    """Return the arrays that are there, in the shapes that they have here."""
    found = {}
    for name, shape in spec.arrays.items():
        array, shape = fields.array(name, None), shape(given)
        if array is None:
            continue
        if array.size != math.prod(shape) or min(shape, default=0) < 0:
            fields.fail(f"{name} has shape {array.shape}", f"{tuple(shape)}")
        found[name] = array if array.shape == shape else array.reshape(shape)
    return found


@functools.cache
def _hollow(cls):
    """Return the class without initial values, which would only be overwritten."""

    def reset(self, *args, **kwargs):
        return self

    return type(cls.__name__, (cls,), {"reset": reset})


def construct(cls, args, kwargs):
    if not hasattr(cls, "reset"):
        return cls(*args, **kwargs)
    made = _hollow(cls)(*args, **kwargs)
    made.__class__ = cls
    return made


def bind(module, name, array, fields, grad_name):
    """Let an attribute of a module, and its gradient, be arrays of the file."""
    dtype = module.dtype
    setattr(module, name, array.astype(dtype, copy=False))
    if getattr(module, f"grad_{name}", None) is None:
        return
    grad = fields.array(grad_name, None)
    if grad is None or grad.size != array.size:
        grad = np.zeros(array.shape, dtype)
    if grad.shape != array.shape:
        grad = grad.reshape(array.shape)
    grad = grad.astype(dtype, copy=False)
    setattr(module, f"grad_{name}", grad)


def snake_case(name):
    """Return the name of an attribute for that of a field."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def grad_name(name):
    return f"grad{name[0].upper()}{name[1:]}"
