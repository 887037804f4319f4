"""Routes: the heights of layers, and the curves of edges through them."""

from itertools import zip_longest

from nnmods.drawing.boxes import ARROW

GAP, LABEL_GAP = 28, 14  # between layers: of blocks, and next to labels
SLANT, WIDER = 0.12, 36  # layers are further apart where edges go sideways, up to


def heights(rows):
    """Return the lower and the upper end of each layer, counted upwards from 0."""
    bands, y = [], 0.0
    for row, above in zip_longest(rows, rows[1:]):
        height = max(node.height for node in row)
        bands.append((y, y + height))
        sideways = max((abs(_shift(s)) for node in row for s in node.above), default=0)
        blocks = above and all(any(node.box for node in r) for r in (row, above))
        y += height + (GAP if blocks else LABEL_GAP) + min(SLANT * sideways, WIDER)
    return bands


def _shift(s):
    return s.target.x + s.arrives - s.source.x - s.leaves


def route(path, bands, bottom, top):
    """Return the curve of an edge as the control points of cubic Bezier pieces.

    It is vertical wherever it passes a layer, so that it meets nothing there.

    Parameters
    ----------
    path : list of Segment
    bands : list of tuple of float
        Of `heights`.
    bottom, top : float
        Where it starts and ends.

    Returns
    -------
    points : list of tuple of float
        The first point, then three for each piece.
    """
    first, last = path[0], path[-1]
    lines = [
        [first.source.x + first.leaves, bottom, bands[first.source.layer][1] + ARROW]
    ]
    for segment in path[:-1]:
        lines.append([segment.target.x, *bands[segment.target.layer]])
    lines.append(
        [last.target.x + last.arrives, bands[last.target.layer][0] - ARROW, top]
    )
    straight = [lines[0]]
    for line in lines[1:]:
        if abs(line[0] - straight[-1][0]) < 0.1:
            straight[-1][2] = line[2]
        else:
            straight.append(line)
    points = [(straight[0][0], bottom)]
    for i, (x, low, high) in enumerate(straight):
        if i:
            before, middle = points[-1][0], (points[-1][1] + low) / 2
            points += [(before, middle), (x, middle), (x, low)]
        points += [(x, low + (high - low) * t) for t in (1 / 3, 2 / 3, 1)]
    return points


def along(points, n=16):
    """Yield n points on each piece of a curve, and its end.

    Examples
    --------
    >>> list(along([(0, 0), (0, 1), (0, 2), (0, 3)], 2))
    [(0.0, 0.0), (0.0, 1.5), (0, 3)]
    """
    for i in range(0, len(points) - 1, 3):
        for k in range(n):
            t = k / n
            u = 1 - t
            weights = u**3, 3 * u * u * t, 3 * u * t * t, t**3
            four = points[i : i + 4]
            yield tuple(
                sum(w * p[axis] for w, p in zip(weights, four, strict=True))
                for axis in (0, 1)
            )
    yield points[-1]
