"""The steps of the layout, each on its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnmods.drawing.boxes import box
from nnmods.drawing.crossings import crossings, reduce_crossings
from nnmods.drawing.diagram import Block, Diagram, Edge
from nnmods.drawing.layers import layers_of
from nnmods.drawing.places import distance, set_places
from nnmods.drawing.ports import set_ports
from nnmods.drawing.ranks import ranks, skips


def diagram_of(*pairs, **kinds):
    """A diagram of modules with these edges; kinds such as ``output=[3]``."""
    n = 1 + max(max(pair) for pair in pairs)
    diagram = Diagram([Block("module", [str(i)]) for i in range(n)])
    for kind, numbers in kinds.items():
        for i in numbers:
            diagram.blocks[i].kind = kind
    diagram.edges += [Edge(*pair) for pair in pairs]
    return diagram


def layers(diagram):
    return layers_of(diagram, [box(b) for b in diagram.blocks], ports=False)


@pytest.mark.parametrize(
    "pairs, kinds, ports, expected",
    [
        ([(0, 1), (1, 2), (0, 2)], {}, False, [0, 1, 2]),
        # an input, and what is made of it alone, stand near what uses them
        ([(0, 1), (1, 2), (3, 2)], {}, False, [0, 1, 2, 1]),
        ([(0, 1), (1, 2), (2, 5), (3, 4), (4, 5)], {}, False, [0, 1, 2, 1, 2, 3]),
        # a block with one use and one source shortens nothing by moving
        ([(0, 1), (0, 2), (2, 3), (1, 4), (3, 4)], {}, False, [0, 1, 1, 2, 3]),
        # ports stay on the border, outputs stand on top
        ([(0, 1), (1, 2), (3, 2)], {"input": [0, 3]}, True, [0, 1, 2, 0]),
        ([(0, 1), (0, 2), (2, 3)], {"output": [1, 3]}, False, [0, 2, 1, 2]),
        # what comes from nowhere is no port
        ([(0, 2), (1, 2)], {"input": [0]}, True, [0, 1, 2]),
    ],
)
def test_ranks(pairs, kinds, ports, expected):
    assert ranks(diagram_of(*pairs, **kinds), ports) == expected


def test_skips_are_edges_with_a_longer_way_between_their_ends():
    pairs = [(0, 1), (1, 2), (0, 2), (2, 4), (3, 4), (0, 4), (3, 4)]
    assert skips(diagram_of(*pairs)) == [False, False, True, False, False, True, False]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(5, 9)), min_size=1))
def test_crossings_are_counted_and_never_more(pairs):
    diagram = diagram_of(*pairs)
    for j in range(5, len(diagram.blocks)):  # so that there are two full rows
        if all(t != j for _, t in pairs):
            pairs.append((j - 5, j))
            diagram.edges.append(Edge(j - 5, j))
    rows = layers(diagram).rows
    place = {node.box.block.lines[0]: node.place for row in rows for node in row}
    ends = [(place[str(s)], place[str(t)]) for s, t in pairs]
    crossed = sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0 for i, a in enumerate(ends) for b in ends[:i]
    )
    assert crossings(rows) == crossed
    reduce_crossings(rows)
    assert crossings(rows) <= crossed


def test_edges_that_cross_on_their_way_keep_their_distance():
    chain = [(8, 2), (2, 3), (3, 4), (4, 5), (5, 6), (5, 7)]
    # what 0 and 1 have to their other users keeps them at the bottom
    found = layers(diagram_of((0, 6), (1, 7), (0, 9), (1, 10), *chain))
    for row in found.rows[2:]:
        row.reverse()
        for place, node in enumerate(row):
            node.place = place
    set_ports(found.nodes)
    set_places(found.rows)
    for row in found.rows:
        for a, b in zip(row, row[1:], strict=False):
            assert b.x - a.x >= distance(a, b) - 1e-6
