"""Ports: where on the border of a block its edges start and end."""

from nnmods.drawing.boxes import ARROW

APART = 24  # at most, between the ends of two edges


def set_ports(nodes):
    """Set where segments leave and arrive, once the rows have their order."""
    for node in nodes:
        node.above.sort(key=lambda s: s.target.place + s.last)
        node.below.sort(key=lambda s: s.source.place + s.first)
        _set(node, node.above, "leaves", "first", node.box.outputs)
        _set(node, node.below, "arrives", "last", node.box.inputs)


def _set(node, segments, name, port, ports):
    if len(ports) == len(segments) > 1:
        ordered = sorted(segments, key=lambda s: getattr(s, port))
        offsets = dict(zip(ordered, sorted(ports), strict=True))
    else:
        centre = sum(ports) / len(ports) if ports else 0
        offsets = dict(zip(segments, _spread(node, segments, centre), strict=True))
    for segment, offset in offsets.items():
        setattr(segment, name, offset)


def _spread(node, segments, centre):
    """Return ends next to one another, or one for all where there is no room.

    The one edge that wants to be straight ends in the middle.
    """
    n = len(segments)
    if n < 2 or node.box.block.kind == "fan":
        return [centre] * n
    most = max(s.weight for s in segments)
    strong = [i for i, s in enumerate(segments) if s.weight == most]
    middle = strong[0] if len(strong) == 1 else (n - 1) / 2
    room = node.box.width / 2 - ARROW - abs(centre)
    apart = min(APART, room / max(middle, n - 1 - middle))
    if apart < ARROW:
        apart = 0
    return [centre + (i - middle) * apart for i in range(n)]
