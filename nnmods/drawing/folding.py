"""Folding: from a large diagram to one that can be read."""

from nnmods.drawing.diagram import Block, Edge
from nnmods.drawing.rows import SHOWN, replace_row, rows_of

LONG = 12  # blocks in a row, from which on a few of them stand for all
KEPT = (3, 2, 1)  # how many at each end of a row


def fold(diagram, limit, depth=None, whole=None):
    """Fold parts of a diagram, in place, until so many blocks are left at most.

    Long rows of blocks first, from the outermost diagram inwards; then containers, the
    deepest first, and among these the largest; then shorter rows, and the whole at
    last.

    Parameters
    ----------
    diagram : Diagram
    limit : int
        How many blocks of modules and containers may be shown.
    depth : int, default=None
        How many containers around one another may stand open.
    whole : Block, default=None
        What takes the place of all, at worst.
    """
    folder = _Folder(diagram, limit)
    if depth is not None:
        folder.fold_containers(below=depth)
    if folder.is_done():
        return
    for level in folder.levels():
        for block in level:
            folder.fold_rows(block.inside, LONG, KEPT[0])
    folder.fold_containers()
    for kept in KEPT:
        folder.fold_rows(diagram, 2 * kept + 2, kept)
    if not folder.is_done():
        fold_all(diagram, whole, folder.modules)


def fold_all(diagram, whole=None, modules=None):
    """Put one block in the place of all but inputs and outputs, in place."""
    blocks, edges = diagram.blocks, diagram.edges
    counts = _Counts() if modules is None else modules
    shown = [block for block in blocks if block.kind in SHOWN]
    block = whole or Block("container", ["network"], ["network"])
    _fold(block, sum(map(counts, shown)))
    ends = [k for k, b in enumerate(blocks) if b.kind in ("input", "output")]
    places = {k: i for i, k in enumerate(ends)}
    middle, seen, kept = len(ends), set(), []
    for edge in edges:
        source = places.get(edge.source, middle)
        target = places.get(edge.target, middle)
        if source == target or (source, target) in seen:
            continue
        seen.add((source, target))
        kept.append(Edge(source, target, edge.label, edge.back))
    diagram.blocks[:] = [*(blocks[k] for k in ends), block]
    diagram.edges[:] = kept


class _Counts:
    """The number of modules in a block, whatever was folded in it since."""

    def __init__(self):
        self._known = {}  # by id, beside the block that so lasts

    def __call__(self, block):
        if id(block) not in self._known:
            below = [] if block.inside is None else block.inside.walk()
            leaves = [block, *below]
            self.set(block, sum(b.kind in ("module", "cost") for b in leaves))
        return self._known[id(block)][1]

    def set(self, block, count):
        self._known[id(block)] = block, count


class _Folder:
    def __init__(self, diagram, limit):
        self.diagram, self.limit, self.modules = diagram, limit, _Counts()
        self.shown = _count(diagram)
        for level in self.levels():
            for block in level:
                self.modules(block)  # before anything is folded

    def is_done(self):
        return self.shown <= self.limit

    def levels(self):
        """Yield lists of open containers, from the network itself inwards."""
        level = [Block("container", inside=self.diagram)]
        while level:
            yield level
            blocks = [inner for block in level for inner in block.inside.blocks]
            level = [block for block in blocks if block.inside is not None]

    def fold_containers(self, below=None):
        """Fold the deepest ones until it is enough, or all below a depth."""
        levels = list(self.levels())[1:]
        for depth in reversed(range(max(below or 0, 0), len(levels))):
            counted = [(_count(block.inside), block) for block in levels[depth]]
            for count, block in sorted(counted, key=lambda pair: -pair[0]):
                if below is None and self.is_done():
                    return
                _fold(block, self.modules(block))
                self.shown -= count

    def fold_rows(self, diagram, least, kept):
        """Fold the rows of at least so many blocks, the longest first, if need be."""
        while not self.is_done():
            row = max(rows_of(diagram), key=len, default=[])
            if len(row) < least:
                return
            self._fold_row(diagram, row, kept)

    def _fold_row(self, diagram, row, kept):
        blocks, inner = diagram.blocks, row[kept:-kept]
        count = sum(self.modules(blocks[k]) for k in inner)
        note = _modules(count, " more")
        block = Block("folded", [note], [note])
        self.modules.set(block, count)
        removed = sum(1 + _inside(blocks[k]) for k in inner)
        self.shown += 1 - removed
        replace_row(diagram, inner, block)


def _count(diagram):
    return sum(block.kind in SHOWN for block in diagram.walk())


def _inside(block):
    return 0 if block.inside is None else _count(block.inside)


def _modules(count, more=""):
    return f"{count}{more} module{'' if count == 1 else 's'}"


def _fold(block, count):
    """Let a container say how many modules are in it, instead of showing them."""
    block.kind, block.inside = "folded", None
    note, (ahead, back) = _modules(count), block.when_folded
    block.lines = [block.lines[0], note, *ahead]
    block.back = [block.back[0], note, *back, *block.back[1:]]
