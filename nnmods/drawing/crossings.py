"""Crossings: the order of each layer, such that few edges cross.

Sweeps up and down put each node at the mean of its neighbours (K. Sugiyama, S. Tagawa,
M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Transactions on Systems, Man, and Cybernetics 11, 1981). Then nodes side by side are
exchanged as long as that helps (E. Gansner et al., "A technique for drawing directed
graphs", IEEE Transactions on Software Engineering 19, 1993).
"""

from bisect import bisect_left, bisect_right, insort

SWEEPS, STEPS = 24, 100_000  # at most: of sweeps, and of segments looked at


def reduce_crossings(rows):
    """Order the nodes of each row, in place."""
    n_segments = sum(len(node.above) for row in rows for node in row)
    best, n = [list(row) for row in rows], crossings(rows)
    idle, effort = 0, STEPS // max(n_segments, 1)
    for sweep in range(min(SWEEPS, 2 + effort)):
        if not n or idle > 5:
            break
        _sweep(rows, up=sweep % 2 == 0)
        _exchange(rows, min(4, effort))
        now = crossings(rows)
        idle += 1
        if now < n:
            best, n, idle = [list(row) for row in rows], now, 0
    for row, ordered in zip(rows, best, strict=True):
        _arrange(row, ordered)


def crossings(rows):
    """Return how many pairs of edges cross."""
    count = 0
    for row in rows:
        ends = sorted((_start(s), _end(s)) for node in row for s in node.above)
        seen = []
        for _, end in ends:
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return count


def _start(segment):
    return segment.source.place + segment.first


def _end(segment):
    return segment.target.place + segment.last


def _arrange(row, ordered):
    row[:] = ordered
    for place, node in enumerate(row):
        node.place = place


def _sweep(rows, up):
    for row in rows if up else reversed(rows):
        means = {}
        for node in row:
            ends = _neighbours(node, up)
            if ends:
                means[node] = sum(ends) / len(ends)
        moving = iter(sorted(means, key=means.get))  # nodes without edges stay
        _arrange(row, [next(moving) if node in means else node for node in row])


def _neighbours(node, below):
    if below:
        return sorted(map(_start, node.below))
    return sorted(map(_end, node.above))


def _exchange(rows, times):
    for _ in range(times):
        if not sum(map(_exchange_row, rows)):
            return


def _exchange_row(row):
    """Return how many neighbours changed places."""
    ends = [(_neighbours(node, True), _neighbours(node, False)) for node in row]
    changes = 0
    for i in range(len(row) - 1):
        if _gain(ends[i], ends[i + 1]) > 0:
            for swapped in (row, ends):
                swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
            changes += 1
    if changes:
        _arrange(row, list(row))
    return changes


def _gain(a, b):
    """Return how many crossings fewer there are with b to the left of a."""
    gain = 0
    for left, right in zip(a, b, strict=True):
        for end in left:
            gain += bisect_left(right, end) - (len(right) - bisect_right(right, end))
    return gain
