"""Hypothesis draws networks of every container; the contract holds for each."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nnmods as nn
from nnmods.core.tables import copied
from nnmods.testing import gradients
from nnmods.testing.subject import Subject

# Smooth ones only: a random net puts a kink anywhere, where differences mean nothing.
SMOOTH = [nn.Tanh, nn.Sigmoid, nn.SoftPlus, nn.LogSigmoid, nn.ScaledTanh, nn.SoftMax]


KINKED = [nn.ReLU, nn.Identity, lambda: nn.Sequential(nn.Duplicate(2), nn.Max())]


@st.composite
def layers(draw, width, kinks=False):
    """Draw a module from (N, width) to some other (N, width), and that width."""
    if draw(st.booleans()):
        return draw(st.sampled_from(KINKED if kinks else SMOOTH))(), width
    out = draw(st.integers(1, 4))
    kind = draw(st.sampled_from(["linear", "norm", "dropout", "identity"]))
    seed = draw(st.integers(0, 99))
    if kind == "linear":
        return nn.Linear(width, out, bias=draw(st.booleans()), rng=seed), out
    if kind == "norm":
        return nn.BatchNormalization(width, rng=seed), width
    if kind == "dropout":
        return nn.Dropout(0.3, exact=draw(st.booleans()), rng=seed), width
    return nn.Identity(), width


@st.composite
def nets(draw, width, depth=3, kinks=False):
    """Draw a network from (N, width), and the width of its output."""
    if depth == 0:
        return draw(layers(width, kinks))
    kinds = ["layer", "chain", "concat", "sum", "join", "select", "map", "parallel"]
    kind = draw(st.sampled_from(kinds))
    if kind == "layer":
        return draw(layers(width, kinks))
    if kind == "chain":
        net = nn.Sequential()
        for _ in range(draw(st.integers(0, 3))):
            module, width = draw(nets(width, depth - 1, kinks))
            net.add(module)
        return net, width
    count = draw(st.integers(1, 3))
    if kind == "map":
        module, out = draw(nets(width, depth - 1, kinks))
        net = nn.Sequential(nn.Duplicate(count), nn.MapTable(module), nn.JoinTable(1))
        return net, out * count
    drawn = [draw(nets(width, depth - 1, kinks)) for _ in range(count)]
    children, widths = [child for child, _ in drawn], [out for _, out in drawn]
    if kind == "concat":
        return nn.Concat(1, *children), sum(widths)
    if kind == "parallel":
        spread = nn.Sequential(nn.Duplicate(count), nn.ParallelTable(*children))
        return spread.add(nn.JoinTable(1)), sum(widths)
    if kind == "join":
        net = nn.Sequential(nn.ConcatTable(*children), nn.JoinTable(-1))
        return net, sum(widths)
    if kind == "select":
        i = draw(st.integers(0, count - 1))
        return nn.Sequential(nn.ConcatTable(*children), nn.SelectTable(i)), widths[i]
    pairs = zip(children, widths, strict=True)
    same = [nn.Sequential(child, nn.Linear(out, 2, rng=0)) for child, out in pairs]
    return nn.Sequential(nn.ConcatTable(*same), nn.Add()), 2


@settings(max_examples=150, deadline=None, derandomize=True)
@given(drawn=nets(3), seed=st.integers(0, 1000))
def test_gradients_accumulation_and_dot_test(drawn, seed):
    net, width = drawn
    x = np.random.default_rng(seed).standard_normal((4, 3))
    nn.manual_seed(seed)
    subject = Subject(net, x, seed)
    assert subject.forward().shape == (4, width)
    gradients.check_backward(subject)
    gradients.check_parameters(subject)
    gradients.check_accumulation(subject)
    gradients.check_jvp(subject)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(drawn=nets(3, kinks=True), seed=st.integers(0, 1000))
def test_accumulation_and_dot_test_with_kinks(drawn, seed):
    subject = Subject(
        drawn[0], np.random.default_rng(seed).standard_normal((4, 3)), seed
    )
    gradients.check_accumulation(subject)
    gradients.check_jvp(subject)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(drawn=nets(3), seed=st.integers(0, 1000))
def test_flat_parameters_and_copies(drawn, seed):
    net, _ = drawn
    x = np.random.default_rng(seed).standard_normal((4, 3))
    w, dC_dw = net.flatten_parameters()
    assert w.size == sum(p.size for p in net.parameters()[0])
    other = net.clone().evaluate()
    np.testing.assert_array_equal(other(x), net.evaluate()(x))
    dC_dy = copied(net.forward(x))
    net.backprop(x, dC_dy)
    assert np.isfinite(dC_dw).all()
    assert not other.flatten_parameters()[1].any()
