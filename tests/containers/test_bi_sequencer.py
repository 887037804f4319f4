import numpy as np
import pytest

from nnmods.containers import (
    BiSequencer,
    BiSequencerLM,
    ConcatTable,
    SeqBRNN,
    Sequencer,
)
from nnmods.layers import GRU, Add, FastLSTM, Linear, SeqGRU, SeqLSTM
from nnmods.testing.compare import EXACT


def steps():
    return GRU(4, 3, rng=0), FastLSTM(4, 2, rng=1)


def alone(steps, x):
    """Return what each direction gives by itself."""
    ahead, back = (Sequencer(step.clone()) for step in steps)
    return ahead(x), back(x[::-1])[::-1]


def table(rng, n=4):
    return [rng.standard_normal((5, 4)) for _ in range(n)]


def test_both_directions_are_joined(rng):
    x, (ahead, back) = table(rng), steps()
    wanted = [np.concatenate(pair, 1) for pair in zip(*alone(steps(), x), strict=True)]
    net = BiSequencer(ahead, back)
    for _ in range(2):
        for got, value in zip(net(x), wanted, strict=True):
            np.testing.assert_allclose(got, value, EXACT)
    assert len(net) == 2 and net[1][0] is back


def test_a_module_that_merges(rng):
    x, one, two = table(rng), GRU(4, 3, rng=0), GRU(4, 3, rng=1)
    net = BiSequencer(one.clone(), two.clone(), Add())
    for got, pair in zip(net(x), zip(*alone((one, two), x), strict=True), strict=True):
        np.testing.assert_allclose(got, sum(pair), EXACT)


def test_neighbours_without_the_step_itself(rng):
    x = table(rng)
    net = BiSequencerLM(*steps())
    ahead, back = alone(steps(), x[:-1])[0], alone(steps(), x[1:])[1]
    ahead, back = [np.zeros((5, 3)), *ahead], [*back, np.zeros((5, 2))]
    for got, pair in zip(net(x), zip(ahead, back, strict=True), strict=True):
        np.testing.assert_allclose(got, np.concatenate(pair, 1), EXACT)
    changed = [*x[:2], x[2] + 1, x[3]]
    np.testing.assert_array_equal(net(changed)[2], net(x)[2])


@pytest.mark.parametrize("cls", [BiSequencer, BiSequencerLM])
def test_a_copy_reads_backwards_unless_told(cls, rng):
    net = cls(GRU(4, 3, rng=0), rng=1)
    first, second = (module[0].weight for module in net)
    assert first.shape == second.shape and not np.array_equal(first, second)
    x = table(rng)
    y = net.forward(x)
    assert len(net.backprop(x, y)) == 4
    y = net(x)
    net.remember().forget()
    np.testing.assert_array_equal(net(x)[1], y[1])
    assert not np.array_equal(net(x)[1], y[1])
    np.testing.assert_array_equal(net.forget()(x)[1], y[1])
    with pytest.raises(TypeError, match="expected a table"):
        net.forward(np.ones((4, 5, 4)))
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has 3 entries, expected 4"):
        net.backward(x, y[:3])


def test_a_language_model_wants_two_steps():
    with pytest.raises(ValueError, match="x has 1 entries, expected at least 2"):
        BiSequencerLM(GRU(4, 3)).forward([np.ones((5, 4))])


def test_what_cannot_be_joined():
    net = BiSequencerLM(Linear(4, 3))
    with pytest.raises(
        ValueError, match=r"module 1 has shape \(2, 3\), expected \(5, "
    ):
        net.forward([np.ones((5, 4)), np.ones((2, 4))])
    net = BiSequencerLM(ConcatTable(Linear(4, 3), Linear(4, 3)))
    with pytest.raises(TypeError, match="y of module 0 is a table of 2"):
        net.forward([np.ones((5, 4))] * 2)


@pytest.mark.parametrize("layer", [SeqLSTM, SeqGRU])
def test_layers_of_whole_sequences_in_both_directions(layer, rng):
    one, two, x = layer(4, 3, rng=0), layer(4, 3, rng=1), rng.standard_normal((5, 2, 4))
    net = SeqBRNN(one.clone(), two.clone())
    wanted = one(x) + two(x[::-1])[::-1]
    np.testing.assert_allclose(net(x), wanted, EXACT)
    turned = [layer(4, 3, batchfirst=True, rng=seed) for seed in (0, 1)]
    other = SeqBRNN(*turned, axis=-2)
    np.testing.assert_allclose(other(x.swapaxes(0, 1)).swapaxes(0, 1), wanted, EXACT)
    np.testing.assert_allclose(other(x[:, 0]), wanted[:, 0], EXACT)
    assert repr(other).startswith("SeqBRNN(axis=-2,\n")
    with pytest.raises(ValueError, match=r"x has shape \(4,\), expected an axis -2"):
        other.forward(np.ones(4))


def test_results_that_would_broadcast_are_not_added(rng):
    net = SeqBRNN(SeqGRU(4, 3), SeqGRU(4, 1))
    with pytest.raises(
        ValueError, match=r"module 1 has shape \(5, 1\), expected \(5, 3"
    ):
        net.forward(np.ones((5, 4)))
    net = SeqBRNN(ConcatTable(Linear(4, 3), Linear(4, 3)), merge=Linear(3, 2))
    with pytest.raises(TypeError, match="SeqBRNN: y of module 0 is a table of 2"):
        net.forward(np.ones((5, 4)))
