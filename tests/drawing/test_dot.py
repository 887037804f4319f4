"""Diagrams for Graphviz: valid text, and in it what is in the diagram."""

import html
import re

import numpy as np
import pytest
from cases import MODULES

import nnmods as nn
from drawing.nets import deep, lecture
from nnmods.drawing.building import diagram_of
from nnmods.drawing.diagram import Block, Diagram, Edge
from nnmods.drawing.dot import dot

TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_0-9.]+)|(?P<sign>->|[][{};,=]))'
)


class Parser:
    """A reader of the part of DOT that is written, which raises at anything else."""

    def __init__(self, text):
        assert "\0" not in text
        self.tokens, end = [], 0
        while end < len(text.rstrip()):
            found = TOKEN.match(text, end)
            assert found, text[end : end + 40]
            self.tokens.append(found[found.lastgroup])
            end = found.end()
        self.nodes, self.edges, self.clusters = {}, [], {}
        self.backwards = False  # whether arrows point from the second end to the first
        self.take("digraph")
        self.title = self.string(self.take())
        self.body(None)
        assert not self.tokens
        for source, target, options in self.edges:
            assert source in self.nodes and target in self.nodes
            for name in options.keys() & {"lhead", "ltail"}:
                assert options[name] in self.clusters

    def take(self, wanted=None):
        token = self.tokens.pop(0)
        assert wanted in (None, token), (wanted, token)
        return token

    @staticmethod
    def string(token):
        if not token.startswith('"'):
            return token
        lines = {"n": "\n"}
        text = re.sub(r"\\(.)", lambda m: lines.get(m[1], m[1]), token[1:-1])
        return html.unescape(text)

    def body(self, cluster):
        self.take("{")
        while self.tokens[0] != "}":
            self.statement(cluster)
        self.take("}")

    def statement(self, cluster):
        first = self.take()
        if first == "subgraph":
            name = self.string(self.take())
            assert name.startswith("cluster") and name not in self.clusters
            self.clusters[name] = None
            return self.body(name)
        if self.tokens[0] == "=":
            self.take("=")
            value = self.string(self.take())
            if first == "label":
                self.clusters[cluster] = value
        elif self.tokens[0] == "->":
            self.take("->")
            ends = first, self.take()
            self.edges.append((*ends[:: -1 if self.backwards else 1], self.options()))
        else:
            options = self.options()
            if options == {"dir": "back"}:
                assert first == "edge" and cluster == "cluster_gradient"
                self.backwards = True
            elif first not in ("node", "edge"):
                assert first not in self.nodes
                self.nodes[first] = options
        self.take(";")

    def options(self):
        found = {}
        if self.tokens[0] == "[":
            self.take("[")
            while True:
                name = self.take()
                self.take("=")
                found[name] = self.string(self.take())
                if self.take() == "]":
                    break
        return found


def test_exactly():
    net = nn.Sequential(nn.Linear(4, 3), nn.ConcatTable(nn.Tanh(), nn.Abs()))
    assert dot(diagram_of(net, np.ones((5, 4))), title="net") == (
        'digraph "net" {\n'
        "  rankdir=BT;\n"
        "  compound=true;\n"
        '  node [fontname="monospace"];\n'
        '  edge [fontname="monospace"];\n'
        '  subgraph "cluster_forward" {\n'
        '    label="forward";\n'
        '    f0 [label="x", shape=box, style=rounded];\n'
        '    f1 [label="(0) Linear(4 -> 3)\\nJ: 15 x 20", shape=box];\n'
        '    subgraph "cluster_f2" {\n'
        '      label="(1) ConcatTable";\n'
        '      f2_0 [label="", shape=point, width=0.08];\n'
        '      f2_1 [label="(0) Tanh()\\nJ: 15 x 15", shape=box];\n'
        '      f2_2 [label="(1) Abs()\\nJ: 15 x 15", shape=box];\n'
        '      f2_3 [label="", shape=point, width=0.08];\n'
        '      f2_4 [label="", shape=point, width=0.08];\n'
        "      f2_0 -> f2_4;\n"
        "      f2_4 -> f2_1;\n"
        "      f2_4 -> f2_2;\n"
        '      f2_1 -> f2_3 [label="(5, 3)"];\n'
        '      f2_2 -> f2_3 [label="(5, 3)"];\n'
        "    }\n"
        '    f3 [label="y", shape=box, style=rounded];\n'
        '    f0 -> f1 [label="(5, 4)"];\n'
        '    f1 -> f2_0 [label="(5, 3)"];\n'
        '    f2_3 -> f3 [label="[(5, 3), (5, 3)]"];\n'
        "  }\n"
        '  subgraph "cluster_gradient" {\n'
        '    label="gradient";\n'
        "    edge [dir=back];\n"
        '    g0 [label="dC/dx", shape=box, style=rounded];\n'
        '    g1 [label="(0) Linear(4 -> 3)\\ndC/dy J\\n(1 x 15)(15 x 20)\\n'
        '+ grad_weight, grad_bias", shape=box];\n'
        '    subgraph "cluster_g2" {\n'
        '      label="(1) ConcatTable";\n'
        '      g2_0 [label="", shape=point, width=0.08];\n'
        '      g2_1 [label="(0) Tanh()\\ndC/dy J\\n(1 x 15)(15 x 15)", shape=box];\n'
        '      g2_2 [label="(1) Abs()\\ndC/dy J\\n(1 x 15)(15 x 15)", shape=box];\n'
        '      g2_3 [label="", shape=point, width=0.08];\n'
        '      g2_4 [label="+", shape=circle];\n'
        "      g2_0 -> g2_4;\n"
        '      g2_4 -> g2_1 [label="dC/dx_0"];\n'
        '      g2_4 -> g2_2 [label="dC/dx_1"];\n'
        '      g2_1 -> g2_3 [label="dC/dy_0"];\n'
        '      g2_2 -> g2_3 [label="dC/dy_1"];\n'
        "    }\n"
        '    g3 [label="dC/dy", shape=box, style=rounded];\n'
        "    g0 -> g1;\n"
        '    g1 -> g2_0 [label="dC/dy_0"];\n'
        "    g2_3 -> g3;\n"
        "  }\n"
        "}\n"
    )


def blocks_that_are_nodes(diagram):
    return [block for block in diagram.walk() if block.inside is None]


def counts(diagram, back=False):
    """Return the numbers of nodes and of edges of one of the graphs."""
    blocks = [b for b in diagram.blocks if not (back and b.one_way)]
    edges = [e for e in diagram.edges if not (back and e.one_way)]
    inner = [counts(b.inside, back) for b in blocks if b.inside is not None]
    n_nodes = sum(b.inside is None for b in blocks) + sum(n for n, _ in inner)
    return n_nodes, len(edges) + sum(n for _, n in inner)


@pytest.mark.parametrize("name", MODULES)
def test_every_block_and_edge_both_ways(name, rng):
    for case in MODULES[name][:4]:
        net = case.make()
        diagram = diagram_of(net, case.inputs(rng))
        read = Parser(dot(diagram))
        blocks = blocks_that_are_nodes(diagram)
        ahead, behind = counts(diagram), counts(diagram, back=True)
        assert len(read.nodes) == ahead[0] + behind[0]
        assert len(read.edges) == ahead[1] + behind[1]
        there = {(a[1:], b[1:]) for a, b, _ in read.edges if a[0] == "f"}
        back = {(b[1:], a[1:]) for a, b, _ in read.edges if a[0] == "g"}
        assert there == back or (back < there and behind < ahead)
        labels = [node["label"] for key, node in read.nodes.items() if key[0] == "f"]
        assert sorted(labels) == sorted("\n".join(block.lines) for block in blocks)


def test_without_gradient():
    net, x = lecture()
    read = Parser(dot(diagram_of(net, x), gradient=False))
    assert list(read.clusters) == ["cluster_forward"]
    assert {key[0] for key in read.nodes} == {"f"}


@pytest.mark.parametrize(
    "text",
    [
        'a "quoted" name',
        "back\\slash\\",
        "\\n",
        "two\nlines",
        "é 漢字 🙂",
        "&lt; & <b>",
    ],
)
def test_any_text(text):
    blocks = [Block("input", [text], [text]), Block("module", [text, text], [text])]
    inside = Diagram([Block("input"), Block("output")], [Edge(0, 1, text, text)])
    blocks.append(Block("container", [text], [text], inside))
    edges = [Edge(0, 1, text, text), Edge(1, 2, text, text)]
    read = Parser(dot(Diagram(blocks, edges), title=text))
    assert read.title == text
    assert read.nodes["f0"]["label"] == read.nodes["g0"]["label"] == text
    assert read.nodes["f1"]["label"] == f"{text}\n{text}"
    assert read.clusters["cluster_f2"] == read.clusters["cluster_g2"] == text
    assert [edge[2]["label"] for edge in read.edges] == [text] * 6


def test_control_characters_are_replaced():
    name = "a\0b\x1b\ud800c"
    x = nn.Input(name)
    text = dot(diagram_of(nn.Graph(x, nn.Tanh()(x))))
    assert Parser(text).nodes["f0"]["label"] == "a\ufffdb\ufffd\ufffdc"
    text.encode()


def test_names_with_subscripts():
    net = nn.Sequential(nn.Tanh(), nn.Tanh())
    labels = [edge[2].get("label") for edge in Parser(dot(diagram_of(net))).edges]
    assert labels == [None] * 4 + ["dC/dy_0", None]


def test_a_box_with_several_ports_is_met_at_its_border():
    a, b = nn.Input("a"), nn.Input("b")
    inner = nn.Graph([a, b], [nn.CAddTable()([a, b]), nn.Tanh()(b)])
    read = Parser(dot(diagram_of(nn.Sequential(inner, nn.CMulTable()))))
    assert read.edges[6 - 1][:2] != ("f0", "f1")
    outer = [edge for edge in read.edges if {"f0", "f2", "g0", "g2"} & {*edge[:2]}]
    assert outer == [
        ("f0", "f1_0", {"lhead": "cluster_f1"}),
        ("f1_4", "f2", {"ltail": "cluster_f1"}),
        ("f2", "f3", {}),
        ("g1_0", "g0", {"lhead": "cluster_g1"}),
        ("g2", "g1_4", {"label": "dC/dy_0", "ltail": "cluster_g1"}),
        ("g3", "g2", {}),
    ]


def test_dashed_and_folded():
    parts = nn.CAdd(2), nn.Linear(3, 2), nn.Linear(2, 2), nn.Tanh()
    read = Parser(dot(diagram_of(nn.Recurrent(*parts))))
    assert sum(edge[2].get("style") == "dashed" for edge in read.edges) == 2 * 3
    read = Parser(dot(diagram_of(deep(1, 100)[0])))
    assert read.nodes["f4"] == {
        **{"label": "94 more modules", "shape": "box", "style": "dashed"}
    }


def test_nothing():
    read = Parser(dot(Diagram()))
    assert read.nodes == {} and read.edges == []
