"""The smallest input that still shows a mistake."""

import dataclasses

from nnmods.core.tables import is_table, map_table
from nnmods.testing.compare import leaves

#: Lengths of an axis that are tried.
LENGTHS = 6


def smallest(bench, check, finding):
    """Return a finding at a smaller input, as few samples and features as show it.

    One axis after another is cut, the batch first; what the module does not take, or
    is right for, is not small but useless. The message stays that of the first input.
    """
    if finding.shape is None:
        return finding
    x = bench.x
    axes = [0] if is_table(x) else range(x.ndim)
    if is_table(x) and bench.batch is None:
        axes = []
    for axis in axes:
        length = leaves(x)[0].shape[axis]
        for n in range(1, min(length, LENGTHS + 1)):
            part = (*axis * (slice(None),), slice(n))
            smaller = map_table(lambda a, part=part: a[part], x)
            found = _shown(bench, check, finding, smaller)
            if found is not None:
                x, finding = (
                    smaller,
                    dataclasses.replace(found, message=finding.message),
                )
                break
    return finding


def _shown(bench, check, finding, x):
    """Return the finding of the same mistake at another input, or None."""
    try:
        other = bench.beside(x)
        for found in check.check(other, finding):
            if (found.term, found.mistake) == (finding.term, finding.mistake):
                return found
    except Exception:  # whatever a module does with a shape that it is not made for
        return None
    return None
