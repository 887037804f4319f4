"""Colours of pictures, told apart by the colour-blind: in hue, and in lightness too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Colours:
    """What one graph is drawn with.

    Attributes
    ----------
    line, text, label : str
        Of edges, of what stands in blocks, and of what stands beside edges.
    fills : dict of str to tuple of str
        The fill and the border of each kind of block.
    tints : tuple of str
        The fills of containers, level by level.
    """

    line: str
    text: str
    label: str
    fills: dict
    tints: tuple


COST = ("#fdeacc", "#b35c00")

FORWARD = Colours(
    line="#3d4654",
    text="#17202b",
    label="#5a6472",
    fills={
        "module": ("#e3edf9", "#4a78ad"),
        "cost": COST,
        "folded": ("#ffffff", "#7b8794"),
        "input": ("#ffffff", "#5a6472"),
        "output": ("#ffffff", "#5a6472"),
        "joint": ("#ffffff", "#5a6472"),
        "container": ("", "#9aa5b1"),
    },
    tints=("#f6f7f9", "#eceff3", "#e1e6ec", "#d6dde5"),
)

GRADIENT = Colours(
    line="#0b7a4b",
    text="#0b3d27",
    label="#25704d",
    fills={
        "module": ("#d9f0e3", "#23895b"),
        "cost": COST,
        "folded": ("#ffffff", "#6d9c84"),
        "input": ("#ffffff", "#23895b"),
        "output": ("#ffffff", "#23895b"),
        "joint": ("#ffffff", "#23895b"),
        "container": ("", "#8dbca3"),
    },
    tints=("#f4faf7", "#e8f4ed", "#dcede4", "#d0e6da"),
)
