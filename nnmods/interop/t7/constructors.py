"""Constructors: which fields those of Torch7 set."""

import functools
import json
from pathlib import Path


@functools.cache
def constructors():
    """Return a dict of the names of classes to sets of those of fields."""
    text = Path(__file__).with_name("lua_fields.json").read_text(encoding="utf-8")
    return {name: frozenset(names.split()) for name, names in json.loads(text).items()}


def constructor_fields(name):
    """Return the fields that the constructor of a class of Torch7 sets, a set.

    They are what ``__init`` of each class of torch/nn 8726825 and of the package rnn
    ba937a0 assigns, and that of its parents where it calls them.
    """
    return constructors().get(name, frozenset())
