"""Decay: whether the gradient vanishes or explodes on its way back."""

import math

from nnmods.analysis.words import name, number

#: Less of dC_dy than this is vanishing, and more than its inverse exploding: layers
#: whose gradients are four orders of magnitude apart cannot learn at one rate, and a
#: net that keeps the scale stays within one or two, averages over a batch included.
LEFT = 1e-4


def remains(whole, records):
    """Return pairs of a record and its |dC_dx|, as a share of the network's |dC_dy|.

    They are in the order of `backward`, without modules that no gradient came to, or
    whose x has none.
    """
    return [
        (record, record["dC_dx_norm"] / whole["dC_dy_norm"])
        for record in reversed(records)
        if record["dC_dy_norm"] and record["dC_dx_norm"] is not None
    ]


def judge_decay(whole, records):
    """Return a verdict and the path of a culprit, or None if the gradient lasts.

    What counts is what comes to the parameters of each module, and to x.
    """
    left = [pair for pair in remains(whole, records) if pair[1]]
    if not left:  # or it ended at once, as at a constant
        return None
    learning = [r for r in records if r["gradient_norm"] is not None]
    counts = [r["dC_dy_norm"] / whole["dC_dy_norm"] for r in learning]
    counts = [part for part in counts if part]  # 0: of another path
    end = whole["ratio"]
    counts.append(left[-1][1] if end is None else end)
    if min(counts) < LEFT:
        return _told(left, "vanishes", "of dC_dy is left", "below", min, LEFT)
    if max(counts) > 1 / LEFT:
        return _told(left, "explodes", "times dC_dy", "above", max, 1 / LEFT)
    return None


def _told(left, verb, what, beyond, extreme, limit):
    """Return the verdict, ``extreme`` being min or max."""
    past = [pair for pair in left if extreme(pair[1], limit) != limit]
    (first, _), (last, part) = (past or left)[0], (past or left)[-1]
    text = f"the gradient {verb}: at {name(last)} {number(part)} {what}; "
    if past:
        text += f"{beyond} {number(limit)} from {name(first)} on; "
    worst = extreme((record for record, _ in left), key=lambda r: r["ratio"])
    side = "smallest" if extreme is min else "largest"
    text += f"the {side} ratio is {number(worst['ratio'])}, at {name(worst)}"
    return f"{text}; geometric means: {_by_class(left, extreme)}", worst["path"]


def _by_class(left, extreme):
    """Return the mean ratios of up to three classes, beginning with the worst."""
    ratios = {}
    for record, _ in left:
        ratios.setdefault(record["class"], []).append(record["ratio"])
    means = {cls: _geometric_mean(values) for cls, values in ratios.items()}
    classes = sorted(means, key=means.get, reverse=extreme is max)[:3]
    return ", ".join(f"{number(means[c])} of {len(ratios[c])} {c}" for c in classes)


def _geometric_mean(values):
    return math.exp(math.fsum(map(math.log, values)) / len(values))
