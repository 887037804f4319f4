"""Sketch: how the children of a container are wired, for pictures of it."""

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple


class Link(NamedTuple):
    """One value on its way.

    Attributes
    ----------
    source, target : int or str
        The number of a child, or the text of an input, an output or a joint.
    label : str
        What is said of it, such as ``reversed``.
    entry : tuple of int
        Which entry of the source's value it is, if that is a table that is split, or
        an array that is sliced.
    dashed : bool
        Whether it is taken in some calls only.
    """

    source: int | str
    target: int | str
    label: str = ""
    entry: tuple = ()
    dashed: bool = False


class Line(NamedTuple):
    """A line of a wiring as text.

    Attributes
    ----------
    text : str
        What it says; of a child, what stands behind it.
    back : str
        Likewise of gradients.
    child : int or None
        The number of the child that the line is of.
    """

    text: str
    back: str
    child: int | None = None


@dataclass
class Sketch:
    """A wiring as a picture shows it.

    Attributes
    ----------
    links : list of Link
        Those that lead to one child are in the order of the entries of its x.
    inputs : dict of str to tuple of int
        The texts of the inputs, and where each stands in x: () for x itself.
    outputs : dict of str to tuple of int
        Likewise in y.
    note : str
        What is said of the whole, such as ``each entry``.
    names : dict of int to str
        Of children whose results have names, as nodes of a graph may.
    lines : list of Line, or None
        How it is written, where links alone do not say it well.

    Other texts in links are joints: what happens to values between the children, such
    as ``+``. A joint without a source is something that the container remembers.

    Examples
    --------
    >>> [link[:2] for link in Sketch.chain(2).links]
    [('x', 0), (0, 1), (1, 'y')]
    """

    links: list
    inputs: dict = field(default_factory=lambda: {"x": ()})
    outputs: dict = field(default_factory=lambda: {"y": ()})
    note: str = ""
    names: dict = field(default_factory=dict)
    lines: list | None = None

    def __post_init__(self):
        self.links = [Link(*link) for link in self.links]

    def going_on(self):
        """Return the set of ends from which something goes on, and so a gradient back.

        Others are children that the wiring depends on, such as one that chooses.
        """
        return {*(link.source for link in self.links), *self.outputs}

    @classmethod
    def chain(cls, n, note=""):
        """Return the sketch of n children one after another."""
        ends = ["x", *range(n), "y"]
        return cls(list(zip(ends, ends[1:], strict=False)), note=note)

    @classmethod
    def branches(cls, n, note="", **options):
        """Return the sketch of n children side by side; options are those of `Link`."""
        links = [Link("x", i, **options) for i in range(n)]
        links += [Link(i, "y", **options) for i in range(n)]
        return cls(links or [("x", "y")], note=note)

    @classmethod
    def slices(cls, n, note=""):
        """Return the sketch of n children side by side, each with an entry of x."""
        links = [Link("x", i, entry=(i,)) for i in range(n)]
        links += [Link(i, "y") for i in range(n)]
        return cls(links or [("x", "y")], note=note)


def sketch_of(module):
    """Return the sketch of a container, checked.

    Raises
    ------
    TypeError
        If it is not a `Sketch`.
    ValueError
        If a link leads to a child that there is not, into an input, out of an output,
        or links go round in a circle.
    """
    sketch, n = module.sketch(), len(module.children())
    name = f"{type(module).__name__}: sketch"
    if not isinstance(sketch, Sketch):
        raise TypeError(f"{name} has type {type(sketch).__name__}, expected a Sketch")
    for link in sketch.links:
        for end in link[:2]:
            if not isinstance(end, str) and end not in range(n):
                raise ValueError(f"{name} has child {end!r}, expected one of {n}")
        if link.target in sketch.inputs or link.source in sketch.outputs:
            raise ValueError(
                f"{name} has a link from {link.source!r} to {link.target!r}, expected "
                "none into inputs or out of outputs"
            )
    sources = {}
    for link in sketch.links:
        sources.setdefault(link.target, set()).add(link.source)
    try:
        TopologicalSorter(sources).prepare()
    except CycleError:
        raise ValueError(f"{name} has links in a circle, expected none") from None
    return sketch
