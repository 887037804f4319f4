"""Figures: medians, ratios and means of what was measured."""

import math
import statistics

from harness.row import ALL, GROUPS, JAX, MEMORY, REFERENCE


def ratio(times, peer=REFERENCE):
    """Return how many times as long ``peer`` takes, or None where one is missing.

    It is the median of the rounds' ratios, each of turns that followed one another:
    where the processor changes its speed, that is nearer the truth than a ratio of
    medians.

    Parameters
    ----------
    times : dict
        Contestant: its seconds per step, one number for each round.
    """
    if not times.get(peer) or not times.get("nnmods"):
        return None
    rounds = zip(times[peer], times["nnmods"], strict=True)
    return statistics.median(theirs / ours for theirs, ours in rounds)


def geometric_mean(values):
    """Return the geometric mean of numbers above 0, or None where there are none."""
    logs = [math.log(value) for value in values]
    return math.exp(statistics.fmean(logs)) if logs else None


def verdicts(rows):
    """Return what is asked of each group and what was found.

    Parameters
    ----------
    rows : list of dict
        As `harness.worker` returns them: "name", "group", "times" and perhaps "memory".

    Returns
    -------
    list of (str, float, float, str, float)
        What it is about, its figure, the geometric mean, the least row and its ratio.
    """
    found = []
    for group, figure in GROUPS.items():
        ratios = _ratios(rows, lambda row, g=group: row["group"] == g)
        found.append((group, figure, ratios))
    against_jax = _ratios(rows, lambda row: row["group"] == "small MLP", "jax")
    found.append(("small MLP against JAX", JAX, against_jax))
    memory = {row["name"]: row["memory"]["ratio"] for row in rows if row.get("memory")}
    found.append(("peak memory of training", MEMORY, memory))
    lines = [
        (what, figure, geometric_mean(r.values()), *min(r.items(), key=lambda i: i[1]))
        for what, figure, r in found
        if r
    ]
    ratios = _ratios(rows, lambda row: row["group"] != "start-up")
    if ratios:
        mean = geometric_mean(ratios.values())
        lines.append(("geometric mean of all steps", ALL, mean, "", mean))
    return lines


def _ratios(rows, wanted, peer=REFERENCE):
    ratios = {row["name"]: ratio(row["times"], peer) for row in rows if wanted(row)}
    return {name: r for name, r in ratios.items() if r is not None}
