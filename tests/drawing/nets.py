"""Networks that are drawn in tests, and what is in their diagrams."""

import re

import numpy as np

import nnmods as nn

SHOWN = ("module", "cost", "container", "folded")


class Product(nn.Module):
    """G(x, w) = x w, of a table [x, w]."""

    def forward(self, x):
        return x[0] @ x[1]

    def backward(self, x, dC_dy):
        return [dC_dy @ x[1].T, x[0].T @ dC_dy]

    def __repr__(self):
        return "G()"


def lecture():
    """Return the lecture's graph, C(y, G(x, w)), and an x for it."""
    x, w, y = nn.Input("x"), nn.Input("w"), nn.Input("y")
    ybar = Product()([x, w]).named("ybar")
    net = nn.Graph([x, w, y], nn.MSECriterion()([ybar, y]).named("C"))
    return net, [np.ones((5, 4)), np.ones((4, 3)), np.zeros((5, 3))]


def deep(n_groups, n_each):
    """Return a chain of chains."""
    groups = [
        nn.Sequential(*[nn.Tanh() for _ in range(n_each)]) for _ in range(n_groups)
    ]
    return nn.Sequential(*groups)


def shown(diagram):
    """Return the blocks that count for the limit."""
    return [block for block in diagram.walk() if block.kind in SHOWN]


def modules_in(diagram):
    """Return the number of modules, folded ones too."""
    count = 0
    for block in diagram.walk():
        if block.kind == "folded":
            count += int(re.match(r"(\d+)( more)? modules?$", block.lines[-1])[1])
        count += block.kind in ("module", "cost")
    return count


def blocks_of(diagram):
    return [(block.kind, block.lines, block.back) for block in diagram.blocks]


def edges_of(diagram):
    return [(e.source, e.target, e.label, e.back) for e in diagram.edges]
