"""LSUV: variances as the layers run, in all kinds of containers."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import Watch
from nnmods.testing.compare import EXACT
from nnmods.training import lsuv, orthogonal

TOLERANCE = 0.01


def variances(net, x):
    """Return the variance of y for each path, over all its calls."""
    outputs = {}

    def note(path, module, x, y):
        outputs.setdefault(path, []).append(np.array(y))

    Watch(net, after_forward=note).net.forward(x)
    return {path: np.concatenate(ys, axis=None).var() for path, ys in outputs.items()}


def residual(n):
    return nn.Sequential(
        nn.ConcatTable(
            nn.Sequential(nn.Linear(n, n), nn.ReLU(), nn.Linear(n, n)), nn.Identity()
        ),
        nn.CAddTable(),
    )


def graph():
    x = nn.Input()
    h = nn.Tanh()(nn.Linear(12, 20)(x))
    y = nn.CAddTable()([nn.Linear(20, 8)(h), nn.Linear(12, 8)(x)])
    return nn.Graph(x, nn.Linear(8, 3)(y))


def images():
    return nn.Sequential(
        nn.SpatialConvolution(3, 8, 3, 3, bias=False),
        nn.SpatialBatchNormalization(8),
        nn.ReLU(),
        nn.SpatialMaxPooling(2, 2),
        nn.SpatialFullConvolution(8, 4, 3, 3),
        nn.Flatten(),
        nn.Linear(4 * 25, 5),
    )


NETS = {
    "linear": (lambda: nn.Linear(12, 5), (50, 12)),
    "deep": (
        lambda: nn.Sequential(
            *(m for _ in range(15) for m in (nn.Linear(12, 12), nn.ReLU()))
        ),
        (60, 12),
    ),
    "residual": (lambda: nn.Sequential(residual(12), residual(12)), (60, 12)),
    "graph": (graph, (60, 12)),
    "images": (images, (10, 3, 8, 8)),
    "steps": (
        lambda: nn.Sequencer(nn.Sequential(nn.Linear(12, 7), nn.Tanh())),
        (4, 20, 12),
    ),
    "dropout": (
        lambda: nn.Sequential(nn.Linear(12, 30), nn.Dropout(0.3), nn.Linear(30, 4)),
        (60, 12),
    ),
}


def made(name):
    make, shape = NETS[name]
    x = np.random.default_rng(7).gamma(2, 3, shape)  # neither centred nor scaled
    return make(), x


def has_weight(net, path):
    return getattr(dict(net.named_modules())[path], "weight", np.zeros(0)).ndim > 1


@pytest.mark.parametrize("name", NETS)
def test_each_layer_has_variance_1_as_it_runs(name):
    net, x = made(name)
    assert lsuv(net, x, rng=0) is net
    nn.manual_seed(0)
    found = {p: v for p, v in variances(net, x).items() if has_weight(net, p)}
    assert len(found) == len(net.find_modules(nn.Linear)) + 2 * (name == "images")
    # dropout draws other numbers in each run
    tolerance = 0.3 if name == "dropout" else TOLERANCE
    for variance in found.values():
        assert abs(variance - 1) <= tolerance


def test_by_hand():
    # of orthogonal rows times x, the first layer is divided by its own deviation
    x = np.random.default_rng(0).standard_normal((30, 4)) * [1, 2, 3, 4]
    net, plain = nn.Linear(4, 3), orthogonal(nn.Linear(4, 3), rng=2)
    lsuv(net, x, rng=2)
    deviation = (x @ plain.weight.T).std()
    np.testing.assert_allclose(net.weight, plain.weight / deviation, rtol=EXACT)
    assert not net.bias.any()


def test_the_network_stays_as_it_is_otherwise():
    net, x = made("images")
    running = net[1].running_mean.copy()
    w, dC_dw = net.flatten_parameters()
    before, gradients = w.copy(), dC_dw.copy()
    gain = net[1].weight.copy()
    original = x.copy()
    lsuv(net, x, rng=0)
    assert np.array_equal(x, original) and np.array_equal(dC_dw, gradients)
    assert np.array_equal(net[1].running_mean, running)
    assert np.array_equal(net[1].weight, gain) and net.train
    assert net.y is None and type(net[0]) is nn.SpatialConvolution
    assert net.flatten_parameters()[0] is w and not np.array_equal(w, before)
    assert all(np.shares_memory(p, w) for p in net.parameters()[0])


def test_reproducible_and_the_default_generator_draws_the_weights_alone():
    first, x = made("dropout")
    second = first.clone()
    lsuv(first, x, rng=3)
    nn.manual_seed(3)
    expected = np.random.default_rng(3)
    lsuv(second, x)
    orthogonal(first.clone(), rng=expected)
    assert nn.core.get_rng().random() == expected.random()
    assert np.array_equal(first[0].weight, second[0].weight)


def test_shared_weights_are_scaled_together():
    first = nn.Linear(6, 6)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True), nn.Linear(6, 4))
    x = 20 * np.random.default_rng(0).standard_normal((40, 6))
    lsuv(net, x, rng=0)
    assert net[2].weight is net[0].weight
    outputs = [net[0](x)]
    outputs.append(net[2](np.tanh(outputs[0])))
    assert abs(np.concatenate(outputs).var() - 1) <= TOLERANCE
    assert abs(net(x).var() - 1) <= TOLERANCE


def test_a_module_by_its_own_feedback():
    net = nn.Sequencer(
        nn.Recurrent(nn.CAdd(5), nn.Linear(3, 5), nn.Linear(5, 5), nn.Tanh())
    )
    x = np.random.default_rng(0).standard_normal((6, 30, 3))
    lsuv(net, x, rng=0)
    found = variances(net, x)
    scaled = [v for p, v in found.items() if has_weight(net, p)]
    assert len(scaled) == 2
    assert all(abs(v - 1) <= TOLERANCE for v in scaled)


def test_each_run_begins_with_states_of_0():
    step = nn.Recurrent(nn.CAdd(5), nn.Linear(3, 5), nn.Linear(5, 5), nn.Tanh())
    net = nn.Sequential(step, nn.Linear(5, 4))
    x = np.random.default_rng(0).standard_normal((30, 3))
    net.forward(x)
    lsuv(net, x, rng=0)
    found = variances(net, x)
    assert abs(found["0.1"] - 1) <= TOLERANCE and abs(found["1"] - 1) <= TOLERANCE


def test_integers_that_are_looked_up():
    net = nn.Sequential(nn.LookupTable(50, 8), nn.Linear(8, 4))
    x = np.random.default_rng(0).integers(0, 50, (20, 3))
    lsuv(net, x, rng=0)
    found = variances(net, x)
    assert abs(found["0"] - 1) <= TOLERANCE and abs(found["1"] - 1) <= TOLERANCE


def test_recurrent_layers_are_orthogonal_and_not_scaled():
    net = nn.Sequential(nn.SeqLSTM(4, 3), nn.Linear(3, 2))
    x = 9 * np.random.default_rng(0).standard_normal((5, 20, 4))
    plain = orthogonal(net.clone(), rng=0)
    lsuv(net, x, rng=0)
    assert np.array_equal(net[0].weight, plain[0].weight)
    assert abs(net(x).var() - 1) <= TOLERANCE


def test_layers_that_are_not_run_stay_orthogonal():
    net = nn.Switch(lambda x: 1, [nn.Linear(4, 3), nn.Linear(4, 2)])
    x = 9 * np.random.default_rng(0).standard_normal((20, 4))
    plain = orthogonal(net.clone(), rng=0)
    lsuv(net, x, rng=0)
    assert abs(net(x).var() - 1) <= TOLERANCE
    layers, plain = net.find_modules(nn.Linear), plain.find_modules(nn.Linear)
    assert np.array_equal(layers[0].weight, plain[0].weight)


def test_float32_and_one_round():
    net, x = made("deep")
    net.float()
    lsuv(net, x.astype(np.float32), rounds=1, tolerance=1e-4, rng=0)
    assert net[0].weight.dtype == np.float32
    found = variances(net, x.astype(np.float32))
    assert all(abs(found[f"{2 * i}"] - 1) <= 1e-4 for i in range(15))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda net, x: lsuv(net, x, tolerance=0),
            ValueError,
            "lsuv: tolerance has value 0, expected a finite positive number",
        ),
        (
            lambda net, x: lsuv(net, x, rounds=0),
            ValueError,
            "lsuv: rounds has value 0, expected at least 1",
        ),
        (
            lambda net, x: lsuv(x, net),
            TypeError,
            "lsuv: net has type ndarray, expected a module",
        ),
        (
            lambda net, x: lsuv(net, 0 * x),
            ValueError,
            "lsuv: y of module '0' has variance 0.0, expected a finite positive "
            "number; x may be too few samples",
        ),
        (
            lambda net, x: lsuv(net, np.nan * x),
            ValueError,
            "lsuv: y of module '0' has variance nan, expected a finite positive "
            "number; x may be too few samples",
        ),
        (
            lambda net, x: lsuv(net, x[:, 1:]),
            ValueError,
            "Linear(12 -> 12): x has shape (60, 11), expected (..., 12)",
        ),
    ],
)
def test_nonsense_is_refused_and_nothing_changes(call, error, message):
    net, x = made("deep")
    w, _ = net.flatten_parameters()
    before = w.copy()
    with pytest.raises(error) as info:
        call(net, x)
    assert str(info.value) == message
    assert np.array_equal(w, before)
