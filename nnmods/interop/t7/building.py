"""Building: our modules around the arrays of a file."""

import functools
import re

import numpy as np


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
