"""Random diagrams, and what is true of rectangles."""

from hypothesis import strategies as st

from nnmods.drawing.diagram import Block, Diagram, Edge

TEXTS = st.one_of(
    st.sampled_from(
        ["(0) Linear(4 -> 3)", "(5, 4)", "dC/dy_{0.2}", "_{x}y_{", "+", ""]
    ),
    st.text(max_size=12),
    st.text("<>&\"' \0\n\t\r\x1b\ufffe\u2028\ud800{}_層é\u0301\u202e👩", max_size=12),
)
LABELS = st.one_of(st.just(""), TEXTS)
LINES = st.lists(TEXTS, max_size=3)


@st.composite
def diagrams(draw, depth=2, most=9):
    kinds = ["input", "output", "module", "cost", "fan", "joint", "folded"]
    kinds += ["container"] * 2 * (depth > 0)
    blocks = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=most)):
        inside = None
        if kind == "container":
            inside = draw(st.none() | diagrams(depth - 1, most - 3))
        named = kind not in ("input", "output") or draw(st.booleans())
        lines = (draw(LINES), draw(LINES)) if named else ([], [])
        blocks.append(Block(kind, *lines, inside, draw(TEXTS)))
    pairs = [
        (i, j)
        for j, target in enumerate(blocks)
        for i, source in enumerate(blocks[:j])
        if source.kind != "output" and target.kind != "input"
    ]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=2 * most)) if pairs else []
    edges = [Edge(*p, draw(LABELS), draw(LABELS), draw(st.booleans())) for p in edges]
    order = draw(st.permutations(range(len(blocks))))  # edges may lead either way
    place = {old: new for new, old in enumerate(order)}
    for edge in edges:
        edge.source, edge.target = place[edge.source], place[edge.target]
    return Diagram([blocks[i] for i in order], edges)


def rectangle(placed):
    return placed.x, placed.y, placed.width, placed.height


def overlap(a, b, slack=0.01):
    """Whether two rectangles have more than a border in common."""
    return all(
        a[i] + slack < b[i] + b[i + 2] and b[i] + slack < a[i] + a[i + 2]
        for i in (0, 1)
    )


def within(inner, outer, slack=0.01):
    """Whether one rectangle lies in the other."""
    return all(
        outer[i] <= inner[i] + slack
        and inner[i] + inner[i + 2] <= outer[i] + outer[i + 2] + slack
        for i in (0, 1)
    )
