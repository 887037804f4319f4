"""Running statistics gathered anew, each batch with the same share."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import update_statistics
from nnmods.testing.compare import EXACT


def make_net():
    return nn.Sequential(
        nn.Linear(3, 4, rng=0), nn.BatchNormalization(4, rng=1), nn.Linear(4, 2, rng=2)
    )


def batches(count=5):
    rng = np.random.default_rng(0)
    return [rng.standard_normal((6 + i, 3)) for i in range(count)]


def test_the_statistics_are_the_means_over_batches():
    net = make_net()
    net[1].running_mean[...] = np.nan  # whatever there was
    update_statistics(net, batches())
    hidden = [net[0](x) for x in batches()]
    mean = np.mean([h.mean(axis=0) for h in hidden], axis=0)
    var = np.mean([h.var(axis=0, ddof=1) for h in hidden], axis=0)
    np.testing.assert_allclose(net[1].running_mean, mean, rtol=EXACT)
    np.testing.assert_allclose(net[1].running_var, var, rtol=EXACT)


def test_as_in_pytorch():
    torch = pytest.importorskip("torch")
    net = make_net()
    linear = torch.nn.Linear(3, 4, dtype=torch.float64)
    norm = torch.nn.BatchNorm1d(4, dtype=torch.float64)
    with torch.no_grad():
        linear.weight[...] = torch.tensor(net[0].weight)
        linear.bias[...] = torch.tensor(net[0].bias)
    theirs = torch.nn.Sequential(linear, norm)
    loader = [torch.tensor(x) for x in batches()]
    torch.optim.swa_utils.update_bn(loader, theirs)
    update_statistics(net, batches())
    mean, var = norm.running_mean.numpy(), norm.running_var.numpy()
    np.testing.assert_allclose(net[1].running_mean, mean, rtol=EXACT)
    np.testing.assert_allclose(net[1].running_var, var, rtol=EXACT)


def test_batches_of_one_and_targets_are_passed_over():
    net, other = make_net(), make_net()
    update_statistics(net, batches())
    first, *rest = ((x, np.zeros(len(x))) for x in batches())
    one = np.full((1, 3), 1e6)
    update_statistics(other, iter([(one, 0), first, (one, 0), *rest]))
    np.testing.assert_array_equal(other[1].running_mean, net[1].running_mean)
    np.testing.assert_array_equal(other[1].running_var, net[1].running_var)


def test_modes_momenta_and_weights_are_what_they_were():
    net = make_net().evaluate()
    net[0].train = True
    net[1].momentum = 0.25
    w = net.flatten_parameters()[0].copy()
    update_statistics(net, batches())
    assert [m.train for m in (net, *net)] == [False, True, False, False]
    assert net[1].momentum == 0.25 and "_follow" not in vars(net[1])
    np.testing.assert_array_equal(net.flatten_parameters()[0], w)
    with pytest.raises(ValueError):
        update_statistics(net, [np.ones((2, 7))])
    assert net[1].momentum == 0.25 and "_follow" not in vars(net[1])
    assert not net.train


def test_statistics_that_are_shared_count_the_calls_of_all():
    norm = nn.BatchNormalization(3)
    net = nn.Sequential(norm, norm.clone(share=True))
    update_statistics(net, batches())
    means = []
    for x in batches():
        means += [x.mean(axis=0), norm(x).mean(axis=0)]
    mean = np.mean(means, axis=0)
    update_statistics(net, batches())
    np.testing.assert_allclose(norm.running_mean, mean, rtol=EXACT, atol=EXACT)


def test_without_statistics_nothing_is_read():
    net = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2))
    update_statistics(net, iter_that_fails())
    assert net.train


def iter_that_fails():
    raise AssertionError("batches are read")
    yield
