"""DOT: a diagram in the language of Graphviz."""

import re

SHAPES = {
    "input": "shape=box, style=rounded",
    "output": "shape=box, style=rounded",
    "module": "shape=box",
    "cost": "shape=box, style=bold",
    "fan": "shape=circle",
    "joint": "shape=ellipse",
    "folded": "shape=box, style=dashed",
}
POINT = "shape=point, width=0.08"

_SUBSCRIPT = re.compile(r"_\{([^{}]*)\}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def dot(diagram, gradient=True, title=""):
    """Return a diagram as a text for Graphviz.

    The forward graph and the gradient graph are two clusters, and containers clusters
    within. In the second all edges point backwards (``dir=back``): so Graphviz gives
    both the same places.

    Parameters
    ----------
    diagram : Diagram
    gradient : bool, default=True
        Whether to write the gradient graph too.
    title : str, default=""

    Examples
    --------
    >>> from nnmods.drawing.diagram import Block, Diagram, Edge
    >>> x, y = Block("input", ["x"]), Block("output", ["y"])
    >>> print(dot(Diagram([x, y], [Edge(0, 1, "(5, 4)")]), gradient=False, title="f"))
    digraph "f" {
      rankdir=BT;
      compound=true;
      node [fontname="monospace"];
      edge [fontname="monospace"];
      subgraph "cluster_forward" {
        label="forward";
        f0 [label="x", shape=box, style=rounded];
        f1 [label="y", shape=box, style=rounded];
        f0 -> f1 [label="(5, 4)"];
      }
    }
    """
    lines = [
        f"digraph {_quoted(title)} {{",
        "  rankdir=BT;",
        "  compound=true;",
        '  node [fontname="monospace"];',
        '  edge [fontname="monospace"];',
    ]
    lines += _half(diagram, "forward", "f", False)
    if gradient:
        lines += _half(diagram, "gradient", "g", True)
    return "\n".join([*lines, "}", ""])


def _half(diagram, label, prefix, back):
    inner = _Writer(back).diagram(diagram, prefix, "    ")
    opening = [f'  subgraph "cluster_{label}" {{', f'    label="{label}";']
    opening += ["    edge [dir=back];"] if back else []
    return [*opening, *inner, "  }"]


class _Writer:
    def __init__(self, back):
        self.back = back

    def diagram(self, diagram, prefix, indent):
        """Return the lines of a diagram, whose blocks have names of this prefix."""
        lines = []
        for i, block in enumerate(diagram.blocks):
            if self.back and block.one_way:
                continue
            lines += self.block(block, f"{prefix}{i}", indent)
        for edge in diagram.edges:
            if self.back and edge.one_way:
                continue
            lines.append(indent + self.edge(edge, diagram.blocks, prefix))
        return lines

    def block(self, block, name, indent):
        texts = block.back if self.back else block.lines
        if block.kind == "fan":
            texts = ["+"] if self.back else []
        label = _quoted("\n".join(texts))
        if block.inside is not None:
            opening = [f'{indent}subgraph "cluster_{name}" {{', f"  label={label};"]
            inner = self.diagram(block.inside, f"{name}_", f"{indent}  ")
            return [opening[0], indent + opening[1], *inner, f"{indent}}}"]
        look = SHAPES[block.kind] if texts else POINT
        return [f"{indent}{name} [label={label}, {look}];"]

    def edge(self, edge, blocks, prefix):
        """Return the line of an edge, from or to the first end in a container's box."""
        options = []
        label = edge.back if self.back else edge.label
        if label:
            options.append(f"label={_quoted(label)}")
        if edge.dashed:
            options.append("style=dashed")
        ends = []
        for k, kind, hidden in (
            (edge.source, "output", "ltail"),
            (edge.target, "input", "lhead"),
        ):
            name, block = f"{prefix}{k}", blocks[k]
            if block.inside is not None:
                ports = _ports(block, kind)
                if len(ports) > 1:
                    options.append(f"{hidden}={_quoted(f'cluster_{name}')}")
            while block.inside is not None:
                port = _ports(block, kind)[0]
                name, block = f"{name}_{port}", block.inside.blocks[port]
            ends.append(name)
        arrow = " -> ".join(ends)
        return f"{arrow} [{', '.join(options)}];" if options else f"{arrow};"


def _ports(block, kind):
    blocks = block.inside.blocks
    return [i for i, inner in enumerate(blocks) if inner.kind == kind]


def _quoted(text):
    """Return a text as a string of DOT.

    Examples
    --------
    >>> print(_quoted('dC/dy_{0} of "a&b"'))
    "dC/dy_0 of \\"a&amp;b\\""
    """
    text = _CONTROL.sub("\ufffd", _SUBSCRIPT.sub(r"_\1", text))
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + text.replace("\n", "\\n") + '"'
