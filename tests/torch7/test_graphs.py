"""Graphs of nngraph give its numbers."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT, ROUNDING, require_close
from torch7.golden import _build, cases, put

CASES = {case.id: case for case in cases() if case.kind.startswith("nngraph")}
BUILT = [case for case in CASES.values() if case.kind == "nngraph"]


def build(case):
    """Return the Graph of a case, and its modules by name."""
    graph, nodes, modules = case.entry["graph"], {}, {}
    for name in graph["inputs"]:
        nodes[name] = nn.Input(name)
    for entry in graph["nodes"]:
        if "split" in entry:
            split = nodes[entry["from"]].split(len(entry["split"]))
            nodes |= dict(zip(entry["split"], split, strict=True))
            continue
        name, module = entry["name"], _build(entry["spec"], case, {})
        sources = [nodes[source] for source in entry["inputs"]]
        modules[name] = module
        nodes[name] = module(sources if len(sources) > 1 else sources[0]).named(name)
        for i, p in enumerate(module.parameters()[0], 1):
            put(p, case.array(f"node.{name}.param.{i}"))

    def alone(names):
        found = [nodes[name] for name in names]
        return found if len(found) > 1 else found[0]

    return nn.Graph(alone(graph["inputs"]), alone(graph["outputs"])), modules


def compare(net, part, got, wanted):
    require_close(net, part, got, wanted, EXACT, ROUNDING)


@pytest.mark.parametrize("case", BUILT, ids=lambda case: case.id)
def test_graph(case):
    net, modules = build(case)
    x, dC_dy = case.value("input"), case.value("gradOutput")
    compare(net, "output", net.forward(x), case.value("output"))
    compare(net, "gradInput", net.backward(x, dC_dy), case.value("gradInput"))
    for part, scale in (("s1", 1), ("s05", 0.5)):
        net.zero_grad_params()
        net.forward(x)
        net.backprop(x, dC_dy, scale)
        for name, module in modules.items():
            for i, grad in enumerate(module.parameters()[1], 1):
                wanted = case.array(f"node.{name}.gradParam.{part}.{i}")
                compare(net, f"{name} {part}", grad, wanted.reshape(grad.shape))


def test_a_graph_in_a_graph():
    case = CASES["nngraph.gmodule_in_graph.01"]
    l1, l2 = (
        nn.Linear(*case.array(f"{name}.weight").shape[::-1]) for name in ("l1", "l2")
    )
    for layer, name in ((l1, "l1"), (l2, "l2")):
        put(layer.weight, case.array(f"{name}.weight"))
        put(layer.bias, case.array(f"{name}.bias"))
    x, a, b = nn.Input(), nn.Input(), nn.Input()
    inner = nn.Graph(x, nn.Tanh()(l1(x)))
    net = nn.Graph([a, b], nn.CAddTable()([l2(inner(a)), b]))
    x, dC_dy = case.value("input"), case.value("gradOutput")
    compare(net, "output", net.forward(x), case.value("output"))
    compare(net, "gradInput", net.backprop(x, dC_dy), case.value("gradInput"))
    for layer, name in ((l1, "l1"), (l2, "l2")):
        compare(net, name, layer.grad_weight, case.array(f"{name}.gradWeight"))
        compare(net, name, layer.grad_bias, case.array(f"{name}.gradBias"))


def test_a_criterion_in_a_graph():
    case = CASES["nngraph.ModuleFromCriterion.01"]
    y, target = nn.Input(), nn.Input()
    net = nn.Graph([y, target], nn.CriterionTable(nn.MSECriterion())([y, target]))
    x, dC_dy = case.value("input"), case.value("gradOutput")
    compare(net, "output", np.reshape(net.forward(x), 1), case.value("output"))
    compare(net, "gradInput", net.backward(x, dC_dy), case.value("gradInput"))
