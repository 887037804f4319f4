"""Equal results, before any time is taken."""

import numpy as np


def assert_equal(contestants, rtol, steps=3):
    """Raise AssertionError unless all give the results of the first, step by step.

    Entries may differ by ``rtol`` times the largest of their array. What a parameter
    has changed by is compared as a whole, in the 2-norm, to 5 ``rtol``: Adam makes a
    whole step, in either direction, of a gradient that is 0 but for rounding, as ten
    in a million are.

    Parameters
    ----------
    contestants : dict
        Name: a contestant, as in `harness.row.Row`.
    rtol : float
    steps : int, default=3
        Results are compared before the first and after the first and the last step.
    """
    (name, first), *others = contestants.items()
    for step in range(steps + 1):
        if step in (0, 1, steps):
            wanted = first.results()
            for other, contestant in others:
                compare(wanted, contestant.results(), rtol, f"{other}, {step} steps")
        if step < steps:
            for contestant in contestants.values():
                contestant()


def compare(wanted, got, rtol, where):
    """Compare two dicts of arrays, over the keys that both have."""
    common = wanted.keys() & got.keys()
    assert common, f"{where}: nothing to compare"
    for key in sorted(common):
        a, b = (np.asarray(arrays[key], np.float64) for arrays in (wanted, got))
        assert a.shape == b.shape, f"{where}: {key} has shapes {a.shape}, {b.shape}"
        change = key.startswith("change")
        size, allowed = (np.linalg.norm, 5 * rtol) if change else (_largest, rtol)
        error, scale = size(a - b), size(a)
        assert error <= allowed * scale, (  # NaN is not
            f"{where}: {key} differs by {error:.2g} of {scale:.2g}, rtol {allowed}"
        )


def _largest(a):
    return np.abs(a).max(initial=0)
