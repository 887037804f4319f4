"""Broken: a call that led to no result."""

import numbers

import numpy as np

from nnmods.testing.compare import leaves


class Broken(Exception):
    """A verb raised an error, or returned something that is no result.

    Parameters
    ----------
    verb : str
    mistake : str
    message : str
    cause : Exception, default=None
        What it raised.
    """

    def __init__(self, verb, mistake, message, cause=None):
        super().__init__(message)
        self.verb, self.mistake, self.message = verb, mistake, message
        self.cause = cause


def verb_of(term):
    """Return the verb that gives a term."""
    return {"y": "forward", "dC_dx": "backward"}.get(term, "acc_grad_params")


def term_of(verb, bench):
    """Return the term that a verb gives: the first, of several gradients."""
    if verb == "acc_grad_params":
        return bench.twins[0][0]
    return {"forward": "y", "backward": "dC_dx"}.get(verb, "module")


def require_arrays(verb, result):
    """Raise `Broken` unless a verb returned an array, a number or a table of them."""
    if result is None:
        text = f"{verb} returns None; end it with return"
        raise Broken(verb, "missing-return", text)
    for leaf in leaves(result):
        if isinstance(leaf, (np.ndarray, numbers.Number)) and (
            np.asarray(leaf).dtype.kind in "fiub"
        ):
            continue
        what = type(leaf).__name__
        if isinstance(leaf, np.ndarray):
            what = f"an array of dtype {leaf.dtype}"
        if leaf is not result:
            what = f"a {type(result).__name__} with {what} in it"
        text = f"{verb} returns {what}, expected an array of real numbers"
        raise Broken(verb, "wrong-type", text)
