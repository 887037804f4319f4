"""Verdict: which module stops the gradient, or the numbers, and how."""

import math

from nnmods.analysis.decay import LEFT, judge_decay, remains
from nnmods.analysis.words import name, number, share

#: More than this share of a module's units dead, or of its entries saturated, is no
#: sparsity any more: of a ReLU's units, half are off for a sample by rights, and few
#: for all samples.
MOSTLY = 0.9


def judge(whole, records):
    """Return a verdict in one line, and the path of the module to blame, or None.

    In this order: what is not finite; where the gradient ends, vanishes or explodes;
    what hardly learns.

    Parameters
    ----------
    whole : dict
        The record of the network, with all its parameters.
    records : list of dict
        Those of its modules, in the order of `forward`.
    """
    records = [record for record in records if record["calls"]]
    rules = _not_finite, _no_gradient, _end, judge_decay, _hardly_learns, _all_is_well
    return next(found for rule in rules if (found := rule(whole, records)))


def _not_finite(whole, records):
    results = "y_norm", "dC_dx_norm", "parameter_norm", "gradient_norm"
    if not any(_kind(whole[key]) for key in (*results, "dC_dy_norm")):
        return None  # an inf on the way, as in a mask, does no harm then
    if kind := _kind(whole["x_norm"]):
        return f"x, as given, holds {kind}", None
    for record in records:
        if found := _not_finite_ahead(record):
            return found, record["path"]
    if kind := _kind(whole["dC_dy_norm"]):
        return f"dC_dy, as given, holds {kind}", None
    for record in reversed(records):
        if found := _not_finite_back(record):
            return found, record["path"]
    return None


def _not_finite_ahead(record):
    what, label = record["finite"], name(record)
    if kind := _kind(record["x_norm"]):
        return f"x of {label} holds {kind}, which no module before it made"
    if kind := _kind(record["parameter_norm"]):
        return f"{what} of {label} holds {kind}"
    if kind := _kind(record["y_norm"]):
        low, high = map(number, record["x_range"] or (None, None))
        return f"y turns {kind} at {label}: its x reaches from {low} to {high}"
    return None


def _not_finite_back(record):
    what, label = record["finite"], name(record)
    if kind := _kind(record["dC_dy_norm"]):
        return f"dC_dy of {label} holds {kind}, which no module after it made"
    if kind := _kind(record["dC_dx_norm"]):
        return f"dC_dx turns {kind} at {label}"
    if kind := _kind(record["gradient_norm"]):
        return f"{what} of {label} turns {kind}"
    return None


def _kind(value):
    """Return what a norm that is not finite is called, or None."""
    if value is None or math.isfinite(value):
        return None
    return "nan" if math.isnan(value) else "inf"


def _no_gradient(whole, records):
    if not whole["jacobian"][0]:
        return "y is empty: there is no gradient to judge", None
    return None if whole["dC_dy_norm"] else ("dC_dy is 0: no gradient goes back", None)


def _end(whole, records):
    if 0 not in [whole["dC_dx_norm"], *(r["dC_dy_norm"] for r in records)]:
        return None  # a gradient gets everywhere, by one path or another
    if any(0 < part < LEFT for _, part in remains(whole, records)):
        return None  # it vanished before it was rounded to 0
    for record in reversed(records):
        if record["dC_dy_norm"] and record["dC_dx_norm"] == 0:
            text = f"the gradient ends at {name(record)}: {_reason(record)}"
            return text, record["path"]
    return None


def _reason(record):
    entries = record["jacobian"][0]
    if record["dead"] == 1 and record["calls"] == 1:
        return f"all its {entries // record['y_shape'][0]} units are off"
    if record["zero"] == 1:
        return f"all {entries} entries of its y are 0"
    return f"its |dC_dy| is {number(record['dC_dy_norm'])}, and its dC_dx 0"


def _hardly_learns(whole, records):
    words = {
        "dead": "units of {} are dead: they are 0 in all samples",
        "saturated": "entries of {} are saturated: their slope is less than 0.01",
    }
    found = [
        (record[key], text.format(name(record)), record["path"])
        for record in records
        for key, text in words.items()
        if (record[key] or 0) > MOSTLY
    ]
    if not found:
        return None
    part, text, path = max(found, key=lambda entry: entry[0])
    return f"{share(part)} of the {text}", path


def _all_is_well(whole, records):
    ratios = [record["ratio"] for record in records if record["ratio"] is not None]
    parts = []
    if whole["ratio"] is not None:
        parts.append(f"|dC_dx| is {number(whole['ratio'])} of |dC_dy|")
    if ratios:
        parts.append(f"ratios from {number(min(ratios))} to {number(max(ratios))}")
    text = "no module stops the gradient"
    return ": ".join([text, *filter(None, [", ".join(parts)])]), None
