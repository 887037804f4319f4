"""Second derivatives and single examples of containers that make steps."""

import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import (
    BiSequencer,
    Graph,
    MapTable,
    Recurrent,
    Recursor,
    Repeater,
    SeqBRNN,
    Sequencer,
    Sequential,
    TrimZero,
)
from nnmods.core import Input
from nnmods.layers import GRU, LSTM, Add, CAdd, FastLSTM, Linear, SeqLSTM, View
from nnmods.testing.compare import EXACT, SINGLE

STEPS = {
    "FastLSTM": lambda: FastLSTM(4, 3, rng=0),
    "LSTM": lambda: LSTM(4, 3, rng=0),
    "GRU": lambda: GRU(4, 3, rng=0),
    "Recurrent": lambda: Recurrent(
        CAdd(3, rng=0), Linear(4, 3, rng=1), Linear(3, 3, rng=2), Tanh()
    ),
}
each = pytest.mark.parametrize("make", STEPS.values(), ids=STEPS)


def close(got, wanted, tolerance=EXACT):
    np.testing.assert_allclose(got, wanted, tolerance, tolerance)


def two_steps():
    """Return a net with h1 = 1.5 x1 - 1.5 x1^2, h2 = that of x2 + h1 s(2 x2)."""
    gru = GRU(1, 1)
    for p in gru.parameters()[0]:
        p[...] = 0
    gru.weight[...], gru.weight_n[...] = [[1], [2]], 3
    return Sequencer(gru), np.zeros((2, 1, 1))


def test_two_steps_by_hand():
    net, x = two_steps()
    net.forward(x)
    dC_dy, dx = np.array([[[0.0]], [[1.0]]]), np.array([[[1.0]], [[0.0]]])
    net.backward(x, dC_dy)
    net.jvp(x, dx)
    # d2h2/dx1^2 = h1'' s(0) = -3 / 2; d2h2/dx1 dx2 = h1' 2 s'(0) = 1.5 / 2
    close(net.hvp(x, dC_dy, dx)[:, 0, 0], [-1.5, 0.75])
    # by h1: s(0)^2; by x1: 1.5^2 times that
    close(net.backward_diag_hessian(x, dC_dy)[:, 0, 0], [0.5625, 2.25])
    own = net.backward_diag_hessian(x, dC_dy, dC_dy)[:, 0, 0]
    close(own, [0.5625 - 3 * 0.5, 2.25 - 3])


def test_diagonals_of_a_plain_net_by_hand():
    """y2 = a (x2 + b y1): second derivatives come with squares of a and b."""
    linear = [Linear(1, 1, bias=False) for _ in range(3)]
    for module, value in zip(linear, (3, 2, 5), strict=True):
        module.weight[...] = value
    start = CAdd(1)
    start.bias[...] = 0
    net = Sequencer(Recurrent(start, *linear))
    x, h = np.array([[[7.0]], [[1.0]]]), np.array([[[0.0]], [[1.0]]])
    net.forward(x)
    d2x = net.backward_diag_hessian(x, h)[:, 0, 0]
    close(d2x, [(3 * 5 * 2 * 5) ** 2, (3 * 5) ** 2])
    net.acc_diag_hessian_params(x, h)
    y1 = 3 * 7 * 5
    close(linear[1].grad_weight, [[(y1 * 5) ** 2]])


@each
def test_the_jacobian_is_left_by_second_sweeps(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((4, 2, 4))
    dC_dy = net.forward(x).copy()
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    wanted = [grad.copy() for grad in net.parameters()[1]]
    net.jvp(x, x)
    net.backprop_jvp(x, dC_dy, x, dC_dy)
    net.zero_grad_params()
    net.acc_grad_params(x, dC_dy)
    for grad, value in zip(net.parameters()[1], wanted, strict=True):
        close(grad, value)


@each
def test_diagonals_in_float32(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((3, 2, 4))
    h = rng.random((3, 2, 3))
    results = []
    for dtype in (np.float64, np.float32):
        net.astype(dtype)
        arrays = x.astype(dtype), h.astype(dtype)
        net.forward(arrays[0])
        net.backward(*arrays)
        net.zero_grad_params()
        d2x = net.backward_diag_hessian(*arrays, arrays[1]).copy()
        net.acc_diag_hessian_params(*arrays, 1.0, arrays[1])
        results.append([d2x, *(grad.copy() for grad in net.parameters()[1])])
    for double, single in zip(*results, strict=True):
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, double, SINGLE, SINGLE * abs(double).max())


def alone(net, x, dC_dy, i):
    """Return the gradients of one example, along the second axis."""
    one = slice(i, i + 1)
    net.zero_grad_params()
    net.forward(x[:, one])
    net.backprop(x[:, one], dC_dy[:, one])
    return [grad.copy() for grad in net.parameters()[1]]


def mixed(make):
    """Return a step before a module whose rows are not those of the batch."""
    return Sequential(make(), View(-1, 1), Linear(1, 1, rng=3), View(-1, 3))


def graph(make):
    x = Input()
    h = make()(x)
    return Graph(x, Linear(3, 2, rng=3)(h))


NETS = {
    "alone": lambda make: make(),
    "in a Sequential": lambda make: Sequential(make(), Linear(3, 2, rng=3)),
    "in a Graph": graph,
    "in a Recursor": lambda make: Recursor(make()),
    "with batches that are reshaped": mixed,
}


@each
@pytest.mark.parametrize("wrap", NETS.values(), ids=NETS)
def test_examples_of_a_sequence(make, wrap, rng):
    net, x = Sequencer(wrap(make)), rng.standard_normal((4, 5, 4))
    dC_dy = net.forward(x).copy()
    net.backward(x, dC_dy)
    assert net.example_axis == 1
    got = net.per_example_grads(x, dC_dy)
    norms = net.per_example_sq_norms(x, dC_dy)
    close(norms, sum((part**2).reshape(5, -1).sum(axis=1) for part in got))
    for i in range(5):
        for part, grad in zip(got, alone(net, x, dC_dy, i), strict=True):
            close(part[i], grad)


def test_axes_of_examples(rng):
    x = rng.standard_normal((4, 5, 3))
    net = Sequencer(Linear(3, 2))
    net.forward(list(x))
    assert net.example_axis == 0
    assert MapTable(SeqLSTM(3, 2)).example_axis == 1
    assert SeqBRNN(SeqLSTM(3, 2, batchfirst=True), axis=1).example_axis == 0
    assert Repeater(GRU(3, 2), 2).example_axis == 0
    assert BiSequencer(GRU(3, 2)).example_axis == 0
    assert MapTable().example_axis == 0
    layers = Sequencer(SeqLSTM(3, 2))
    layers.forward(rng.standard_normal((2, 4, 5, 3)))
    assert layers.example_axis == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequencer(GRU(3, 3)),
        lambda: Repeater(GRU(3, 3), 2),
        lambda: Recursor(GRU(3, 3)),
        lambda: MapTable(GRU(3, 3)),
        lambda: BiSequencer(GRU(3, 3)),
        lambda: SeqBRNN(SeqLSTM(3, 3)),
    ],
)
def test_axes_can_be_assigned(make):
    net = make()
    net.example_axis = 2
    assert net.example_axis == 2
    assert net.clone().example_axis == 2


@each
@pytest.mark.parametrize("form", [np.array, list])
def test_examples_of_a_sequence_that_goes_on(make, form, rng):
    net, x = Sequencer(make()).remember(), rng.standard_normal((3, 5, 4))
    first, second = form(x), form(x[::-1])
    net.forward(first)
    dC_dy = net(second)
    net.backward(second, dC_dy)
    got = net.per_example_grads(second, dC_dy)
    for i in range(5):
        one = slice(i, i + 1)
        net.forget().forward(x[:, one])
        net.forward(x[::-1, one])
        net.zero_grad_params()
        net.backprop(x[::-1, one], np.array(dC_dy)[:, one])
        for part, grad in zip(got, net.parameters()[1], strict=True):
            close(part[i], grad)


@each
def test_examples_of_steps_with_rows_take_no_copy(make, rng, monkeypatch):
    net = Sequencer(Sequential(make(), Linear(3, 2)))
    for shape in ((4, 5, 4), (3, 2, 4)):  # fewer steps, which have other rows
        x = rng.standard_normal(shape)
        dC_dy = net.forward(x).copy()
        net.backward(x, dC_dy)
    monkeypatch.setattr(Sequencer, "clone", None)
    assert [len(part) for part in net.per_example_grads(x, dC_dy)] == [2] * len(
        net.parameters()[0]
    )


class OwnGRU(GRU):
    """A user's step: what follows from another `backward` is not that of `GRU`."""

    def backward(self, x, dC_dy):
        return 1 * super().backward(x, dC_dy)


def test_examples_of_a_step_of_a_user(rng):
    x, dC_dy = (list(rng.standard_normal((4, 2, n))) for n in (4, 3))
    found = []
    for make in (GRU, OwnGRU):
        net = Sequencer(make(4, 3, rng=0))
        net.forward(x)
        net.backward(x, dC_dy)
        found.append(net.per_example_grads(x, dC_dy))
    for part, wanted in zip(*found, strict=True):
        close(part, wanted)


def test_a_step_of_a_user_has_no_general_ways(rng):
    net, x = Sequencer(OwnGRU(4, 3)), rng.standard_normal((4, 2, 4))
    dC_dy = net.forward(x).copy()
    net.backward(x, dC_dy)
    with pytest.raises(NotImplementedError, match="jvp is not written; the general"):
        net.jvp(x, x)
    with pytest.raises(NotImplementedError, match="backward_diag_hessian is not writt"):
        net.backward_diag_hessian(x, dC_dy)


def test_examples_where_merge_counts_along_another_axis(rng):
    """As many steps as examples: lengths alone could not tell them apart."""
    merge = Sequential(Add(), Linear(2, 2, rng=1))
    net = SeqBRNN(SeqLSTM(3, 2, rng=0), merge=merge, rng=1)
    x = rng.standard_normal((4, 4, 3))
    dC_dy = net.forward(x).copy()
    net.backward(x, dC_dy)
    got = net.per_example_grads(x, dC_dy)
    for i in range(4):
        for part, grad in zip(got, alone(net, x, dC_dy, i), strict=True):
            close(part[i], grad)


def test_examples_that_are_trimmed(rng):
    net, x = TrimZero(Linear(4, 3, rng=0), 1), rng.standard_normal((5, 4))
    x[[1, 4]] = 0
    dC_dy = rng.standard_normal((5, 3))
    net.forward(x)
    net.backward(x, dC_dy)
    weight, bias = net.per_example_grads(x, dC_dy)
    kept = x.any(axis=1)[:, None] * dC_dy
    close(weight, kept[:, :, None] * x[:, None])
    close(bias, kept)
    norms = net.per_example_sq_norms(x, dC_dy)
    close(norms, (weight**2).sum(axis=(1, 2)) + (bias**2).sum(axis=1))
