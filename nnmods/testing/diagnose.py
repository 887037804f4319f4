"""diagnose: which mistake there is in a module, not only that there is one."""

import dataclasses

import numpy as np

from nnmods.core import Container, Module
from nnmods.core.tables import map_table
from nnmods.testing.compare import leaves, structure
from nnmods.testing.diagnosis import Diagnosis, shown_name
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes import (
    accumulation,
    derivatives,
    memory,
    precision,
    results,
    states,
)
from nnmods.testing.mistakes.bench import Bench
from nnmods.testing.mistakes.broken import Broken, place_of, place_of_error
from nnmods.testing.mistakes.generators import unmoved
from nnmods.testing.mistakes.shrinking import smallest
from nnmods.testing.mistakes.twins import without_twin
from nnmods.testing.mistakes.vectors import is_real

CHECKS = (results, memory, derivatives, accumulation, states, precision)
#: Findings that leave those of others in the same term their own meaning.
APART = {"x", "dC_dy"}


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
        If ``module`` is no module.

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
    numbers = not any(hasattr(leaf, "dtype") for leaf in leaves(x))
    x = np.asarray(x) if numbers else map_table(np.asarray, x)
    found = Diagnosis(shown_name(module), structure(x))
    if not any(is_real(leaf) for leaf in leaves(x)):
        found.notes.append("x holds whole numbers: dC_dx was not measured")
    found.notes += without_twin(module)
    with unmoved():
        _run(module, x, seed, found)
        children = _children(module, x, seed) if found.findings else None
    if children:  # a container's mistake is that of a child
        found.findings = children
    return found


def _run(module, x, seed, found):
    try:
        bench = Bench(module, x, seed)
    except Broken as err:
        found.findings.append(_of_forward(module, err))
        return
    bench.kinks = found.kinks
    told = set()
    for check in CHECKS:
        for finding in [*check.check(bench)]:
            if finding.term not in told:
                found.findings.append(_placed(module, smallest(bench, check, finding)))
                told |= {finding.term} - APART
        if check is results and found.findings:
            return  # derivatives of that mean nothing
        bench = bench.beside()
        bench.kinks = found.kinks


def _of_forward(module, err):
    """Return the finding of a `forward` that gives nothing."""
    term = "y" if err.verb == "forward" else "module"
    finding = Finding(term, err.mistake, err.message, err.verb)
    if err.cause is None or err.mistake in ("missing-verb", "wrong-twin"):
        return _placed(module, finding)
    path, line, code = place_of_error(module, err.cause)
    return dataclasses.replace(finding, path=path, line=line, code=code)


def _placed(module, finding):
    """Return a finding with the line to look at."""
    if finding.path is not None:
        return finding
    path, line, code = place_of(module, finding.verb, finding.term)
    return dataclasses.replace(finding, path=path, line=line, code=code)


def _children(module, x, seed):
    """Return the findings of a container's children, each at what went into it."""
    if not isinstance(module, Container):
        return []
    try:
        net = Bench(module, x, seed).module
    except Broken:
        return []  # the error says in which child
    found = []
    for (name, child), given in zip(net.children(), net._inputs, strict=True):
        if given is not None:
            for finding in diagnose(child, given, seed=seed).findings:
                term = f"{name}.{finding.term}"
                found.append(dataclasses.replace(finding, term=term))
    return found
