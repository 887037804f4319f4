"""The lists of modules with and without a planted mistake."""

import numpy as np

PLANTED, RIGHT = [], []


def planted(term, mistake, *shape, x=None):
    """Note a class as a case: what is to be found, at random numbers of a shape."""

    def note(cls):
        PLANTED.append((cls, draw(shape) if x is None else x, term, mistake))
        return cls

    return note


def draw(shape):
    return np.random.default_rng(0).standard_normal(shape)
