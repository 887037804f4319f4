"""Rows: modules that follow one another, with nothing else between."""

#: Kinds of blocks that are modules, and count for a limit.
SHOWN = ("module", "cost", "container", "folded")


def rows_of(diagram):
    """Return all rows of a diagram, as lists of numbers of blocks."""
    after, before = {}, {}
    for edge in diagram.edges:
        after.setdefault(edge.source, []).append(edge.target)
        before.setdefault(edge.target, []).append(edge.source)

    def follower(k):
        ends = after.get(k, ())
        one = len(ends) == 1 and len(before[ends[0]]) == 1
        return ends[0] if one and diagram.blocks[ends[0]].kind in SHOWN else None

    followers = {
        k: follower(k) for k, b in enumerate(diagram.blocks) if b.kind in SHOWN
    }
    rows = []
    for k in followers.keys() - set(followers.values()):
        row = [k]
        while (k := followers[k]) is not None:
            row.append(k)
        rows.append(row)
    return sorted(rows)


def replace_row(diagram, row, block):
    """Put one block in the place of a part of a row, in place."""
    gone, places, left = set(row[1:]), {}, []
    for k, old in enumerate(diagram.blocks):
        if k not in gone:
            places[k] = len(left)
            left.append(block if k == row[0] else old)
    places |= dict.fromkeys(row, places[row[0]])
    edges, within = [], set(row)
    for edge in diagram.edges:
        if edge.source not in within or edge.target not in within:
            edge.source, edge.target = places[edge.source], places[edge.target]
            edges.append(edge)
    diagram.blocks[:], diagram.edges[:] = left, edges
