"""Hypothesis draws graphs: each keeps the contract, and to the bit in any order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nnmods as nn
from nnmods.containers.graph_plan import Plan
from nnmods.core.tables import copied
from nnmods.testing import gradients
from nnmods.testing.compare import leaves
from nnmods.testing.subject import Subject

# Smooth ones only: a random net puts a kink anywhere, where differences mean nothing.
UNARY = [nn.Tanh, nn.Sigmoid, nn.Identity, lambda: nn.Linear(2, 2, rng=0)]
PAIRS = [
    lambda: nn.ConcatTable(nn.Tanh(), nn.Linear(2, 2, rng=1)),
    lambda: nn.Duplicate(2),
]
JOINTS = [nn.CAddTable, nn.CMulTable]


# Where a choice changes, differences mean nothing: no number drawn is that near to it.
def one_for_all(x):
    return x.mean() > 0.3


def one_for_each(x):
    return x[:, 0] > 0.3


def some_for_each(x):
    return (x > [0.3, -0.2]).sum(axis=1)


def branches():
    return [nn.Tanh(), nn.Sequential(nn.Linear(2, 2, rng=3), nn.Sigmoid())]


DATA_DEPENDENT = [
    lambda: nn.Switch(one_for_all, branches()),
    lambda: nn.Switch(one_for_each, branches(), per_example=True),
    lambda: nn.Switch(some_for_each, [*branches(), nn.Identity()], per_example=True),
    lambda: nn.Repeat(branches()[1], one_for_all),
    lambda: nn.Repeat(branches()[1], some_for_each, per_example=True),
]


class Drawing:
    """A graph as it is drawn: nodes of arrays (N, 2), and of pairs of these."""

    def __init__(self, draw, depth):
        self.draw, self.depth = draw, depth
        self.arrays, self.pairs = [nn.Input()], []
        for _ in range(draw(st.integers(0, 2))):
            draw(st.sampled_from([self.arrays, self.pairs])).append(nn.Input())
        self.inputs = [*self.arrays, *self.pairs]

    def one(self, things):
        return things[self.draw(st.integers(0, len(things) - 1))]

    def some(self):
        return [self.one(self.arrays) for _ in range(self.draw(st.integers(1, 3)))]

    def unary(self):
        self.arrays.append(self.one(UNARY)()(self.one(self.arrays)))

    def data_dependent(self):
        self.arrays.append(self.one(DATA_DEPENDENT)()(self.one(self.arrays)))

    def joint(self):
        self.arrays.append(self.one(JOINTS)()(self.some()))

    def join(self):
        joined = nn.JoinTable(-1)([self.one(self.arrays), self.one(self.arrays)])
        self.arrays.append(nn.Linear(4, 2, rng=2)(joined))

    def pair(self):
        self.pairs.append(self.one(PAIRS)()(self.one(self.arrays)))

    def whole(self):
        if self.pairs:
            self.arrays.append(self.one(JOINTS)()(self.one(self.pairs)))

    def split(self):
        if self.pairs:
            self.arrays.append(
                self.one(self.pairs).split(2)[self.draw(st.integers(0, 1))]
            )

    def graph(self):
        if self.depth:
            net, is_array, outputs = Drawing(self.draw, self.depth - 1).finish()
            sources = [
                self.one(self.arrays) if flat else [self.one(self.arrays)] * 2
                for flat in is_array
            ]
            entries = net(sources).split(len(outputs))
            for entry, flat in zip(entries, outputs, strict=True):
                (self.arrays if flat else self.pairs).append(entry)

    STEPS = (unary, unary, data_dependent, joint, join, pair, whole, split, graph)

    def finish(self):
        """Return the graph, and which of its inputs and outputs are arrays."""
        for _ in range(self.draw(st.integers(1, 6))):
            self.one(self.STEPS)(self)
        nodes = [*self.arrays, *self.pairs]
        outputs = [node for node in nodes if not node.users()] + [self.one(nodes)]
        arrays = set(self.arrays)
        return (
            nn.Graph(self.inputs, outputs).check_connected(),
            [node in arrays for node in self.inputs],
            [node in arrays for node in outputs],
        )


@st.composite
def graphs(draw):
    """Draw a graph, and which of its inputs are arrays."""
    net, inputs, _ = Drawing(draw, depth=1).finish()
    return net, inputs


def another_order(wiring, rng):
    """Return a topological order of a graph, drawn at random."""
    plan = Plan(wiring, range(len(wiring["nodes"])))
    left, order = list(rng.permutation(plan.size)), []
    while left:
        k = next(k for k in left if set(plan.parents[k]) <= set(order))
        left.remove(k)
        order.append(int(k))
    return order


def everything(net, x, dC_dy):
    """Return y, dC_dx and all parameter gradients of one step."""
    net.zero_grad_params()
    y = copied(net.forward(x))
    return leaves([y, copied(net.backprop(x, dC_dy)), copied(net.parameters()[1])])


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(drawn=graphs(), seed=st.integers(0, 1000))
def test_any_graph_in_any_order(drawn, seed):
    net, is_array = drawn
    rng = np.random.default_rng(seed)
    x = [rng.standard_normal((3, 2) if flat else (2, 3, 2)) for flat in is_array]
    x = [a if flat else list(a) for a, flat in zip(x, is_array, strict=True)]
    subject = Subject(net, x, seed)
    gradients.check_backward(subject)
    gradients.check_parameters(subject)
    gradients.check_accumulation(subject)
    gradients.check_jvp(subject)
    other = net.clone()
    other.plan = Plan(other.wiring, another_order(other.wiring, rng))
    dC_dy = subject.direction(subject.forward())
    results = [everything(graph, x, dC_dy) for graph in (net, other)]
    for one, same in zip(*results, strict=True):
        np.testing.assert_array_equal(one, same)
