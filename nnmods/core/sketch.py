"""Sketch: how the children of a container are wired, for pictures of it."""

from dataclasses import dataclass, field
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
        Which entry of the source's value it is, if that is a table that is split.
    dashed : bool
        Whether it is taken in some calls only.
    """

    source: int | str
    target: int | str
    label: str = ""
    entry: tuple = ()
    dashed: bool = False


@dataclass
class Sketch:
    """A wiring as a picture shows it.

    Attributes
    ----------
    links : list of Link
    inputs : dict of str to tuple of int
        The texts of the inputs, and where each stands in x: () for x itself.
    outputs : dict of str to tuple of int
        Likewise in y.
    note : str
        What is said of the whole, such as ``each entry``.

    Other texts in links are joints: what happens to values between the children, such
    as ``+``.

    Examples
    --------
    >>> [link[:2] for link in Sketch.chain(2).links]
    [('x', 0), (0, 1), (1, 'y')]
    """

    links: list
    inputs: dict = field(default_factory=lambda: {"x": ()})
    outputs: dict = field(default_factory=lambda: {"y": ()})
    note: str = ""

    def __post_init__(self):
        self.links = [Link(*link) for link in self.links]

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
