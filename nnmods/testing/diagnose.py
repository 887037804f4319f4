"""diagnose: which mistake there is in a module, not only that there is one."""

import dataclasses

import numpy as np

from nnmods.core import Container, Module
from nnmods.core.arrays import check
from nnmods.core.tables import map_table
from nnmods.testing.compare import leaves, structure
from nnmods.testing.diagnosis import Diagnosis, shown_name
from nnmods.testing.mistakes.bench import Bench
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.course import run
from nnmods.testing.mistakes.generators import unmoved
from nnmods.testing.mistakes.twins import without_twin
from nnmods.testing.mistakes.vectors import is_real


def diagnose(module, x, *, seed=0):
    """Say which mistake there is in the verbs of a module.

    What forward computes is taken for what is wanted. Its true derivatives are
    measured by central differences; where a verb gives others, known mistakes are
    tried: each one predicts what it would give, and the one that does so to rounding
    is named. "unknown" is what is left.

    Parameters
    ----------
    module : Module
        It is left as it is: copies are checked, in float64 and in float32.
    x : array_like or table
        An input. Sizes that are all different, and a batch of more than one sample,
        show more.
    seed : int, default=0
        Of the random gradients that are sent back.

    Returns
    -------
    Diagnosis
        Whose ``findings`` are empty if there is nothing to say.

    Raises
    ------
    TypeError
        If ``module`` is no module, or ``x`` has no real or whole numbers.
    ValueError
        If ``x`` is a list of lists of unequal lengths.

    Examples
    --------
    >>> from nnmods.core import Module
    >>> class Twice(Module):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, x, dC_dy):
    ...         return -2 * dC_dy
    >>> [finding] = diagnose(Twice(), np.ones((3, 2))).findings
    >>> finding.term, finding.mistake
    ('dC_dx', 'wrong-sign')
    """
    if not isinstance(module, Module):
        kind = type(module).__name__
        raise TypeError(f"diagnose: module has type {kind}, expected a Module")
    x = _arrays(x)
    found = Diagnosis(shown_name(module), structure(x))
    if not any(is_real(leaf) for leaf in leaves(x)):
        found.notes.append("x holds whole numbers: dC_dx was not measured")
    found.notes += without_twin(module)
    with unmoved(), np.errstate(all="ignore"):  # of what is not finite
        run(module, x, seed, found)
        children = _children(module, x, seed) if found.findings else None
    if children:  # a container's mistake is that of a child
        found.findings = children
    return found


def _arrays(x):
    """Return x as an array, or a table of arrays, of real or whole numbers."""
    numbers = not any(hasattr(leaf, "dtype") for leaf in leaves(x))
    try:
        x = np.asarray(x) if numbers else map_table(np.asarray, x)
    except ValueError as err:
        raise ValueError(
            "diagnose: x has lists of unequal lengths, expected an array, or a table "
            "of arrays"
        ) from err
    for leaf in leaves(x):
        check("diagnose", "x", leaf, (...,))
    return x


def _children(module, x, seed):
    """Return the findings of a container's children, each at what went into it."""
    if not isinstance(module, Container):
        return []
    try:
        net = Bench(module, x, seed).module
    except Broken:
        return []  # the error says in which child
    if net._inputs is None:
        return []  # its verbs are its own
    found = []
    # inputs of a child's stand-ins come after those of all children
    for (name, child), given in zip(net.children(), net._inputs, strict=False):
        if given is not None:
            for finding in diagnose(child, given, seed=seed).findings:
                term = f"{name}.{finding.term}"
                found.append(dataclasses.replace(finding, term=term))
    return found
