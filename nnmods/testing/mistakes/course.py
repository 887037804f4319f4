"""Course: all checks, one after another, each on a fresh copy of the module."""

import dataclasses

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
from nnmods.testing.mistakes.broken import Broken, term_of
from nnmods.testing.mistakes.shrinking import smallest
from nnmods.testing.mistakes.sources import place_of, place_of_error

CHECKS = (results, memory, derivatives, accumulation, states, precision)
#: Findings that leave those of others in the same term their own meaning.
APART = {"x", "dC_dy"}


def run(module, x, seed, found):
    """Add what all checks find to a `Diagnosis`.

    A call that breaks ends its check; it is reported unless some check explains it.
    """
    told, broken, bench = set(), {}, None
    for check in CHECKS:
        findings = []
        try:
            bench = Bench(module, x, seed) if bench is None else bench.beside()
        except Broken as err:
            broken.setdefault(err.verb, err)
            break
        try:
            findings.extend(check.check(bench))
        except Broken as err:  # what was found before it is there
            broken.setdefault(err.verb, err)
        for finding in findings:
            if finding.term not in told:
                found.findings.append(_placed(module, smallest(bench, check, finding)))
                told |= {finding.term} - APART
        found.kinks += bench.kinks
        found.notes += bench.notes
        if check is results and (findings or broken):
            break  # derivatives of that mean nothing
    for verb, err in broken.items():
        if verb not in {finding.verb for finding in found.findings}:
            found.findings.append(_of_call(module, term_of(verb, bench), err))


def _of_call(module, term, err):
    """Return the finding of a call that no check could explain."""
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
