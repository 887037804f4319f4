"""Torch7's recorded uses of a network's methods."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from torch7.golden import cases, put

CASES = {case.id.removeprefix("api."): case for case in cases() if case.kind == "api"}


def test_every_record_is_compared():
    assert set(CASES) == {
        "shared_getParameters",
        "accUpdateGradParameters",
        "StochasticGradient",
        "listModules",
        "nn.tables",  # in the tests of SpatialConvolutionMap
    }


def load(net, case, prefix="param."):
    for i, p in enumerate(net.parameters()[0], 1):
        put(p, case.array(f"{prefix}{i}"))


def require(net, case, prefix="after."):
    for i, p in enumerate(net.parameters()[0], 1):
        assert_allclose(p, case.array(f"{prefix}{i}"), 1e-10)


def test_shared_parameters_are_flattened_once():
    case = CASES["shared_getParameters"]
    get = lambda name: case.array(f"shared.{name}")  # noqa: E731
    first, last = nn.Linear(3, 3), nn.Linear(3, 2)
    put(first.weight, get("w1")), put(first.bias, get("b1"))
    put(last.weight, get("w3")), put(last.bias, get("b3"))
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True), last)
    w, dC_dw = net.flatten_parameters()
    assert_array_equal(w, get("flat"))
    x = get("input")
    assert_allclose(net.forward(x), get("output"), 1e-12)
    assert_allclose(net.backprop(x, get("gradOutput")), get("gradInput"), 1e-12)
    assert_allclose(dC_dw, get("gradflat"), 1e-12)
    net.update_params(0.1)
    # Torch7 takes the step of a shared parameter once for each place where it stands.
    times = np.where(np.arange(w.size) < 12, 2, 1)
    assert_allclose(get("flat") - 0.1 * times * dC_dw, get("flat_after_update"), 1e-12)
    assert_allclose(w, get("flat") - 0.1 * dC_dw, 1e-12)


def test_acc_update_grad_params():
    case = CASES["accUpdateGradParameters"]
    sizes = [case.array(f"param.{i}").shape for i in (1, 3)]
    net = nn.Sequential(
        nn.Linear(*sizes[0][::-1]), nn.Tanh(), nn.Linear(*sizes[1][::-1])
    )
    load(net, case)
    x = case.array("input")
    net.forward(x)
    net.backward_update(x, case.array("gradOutput"), 0.1)
    require(net, case)


def test_list_and_find_modules():
    case = CASES["listModules"]
    branch = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    net = nn.Sequential(nn.Concat(0, nn.Linear(2, 3), branch), nn.Linear(5, 1))
    listed = [f"nn.{type(m).__name__}" for m in net.list_modules()]
    assert listed == case.entry["listModules"]
    parents = {id(c): m for m in net.list_modules() for _, c in m.children()}
    found = [parents[id(m)] for m in net.find_modules(nn.Linear)]
    names = [f"nn.{type(m).__name__}" for m in found]
    assert sorted(names) == sorted(case.entry["findLinearContainers"])


def test_stochastic_gradient():
    case = CASES["StochasticGradient"]
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.LogSoftMax())
    load(net, case)
    X, labels = case.array("X"), case.array("Y").astype(int).reshape(-1) - 1
    trainer = nn.training.StochasticGradient(net, nn.ClassNLLCriterion())
    trainer.learning_rate, trainer.learning_rate_decay = 0.1, 0.05
    trainer.max_iteration, trainer.shuffle_indices = 5, False
    trainer.verbose = False
    errors = trainer.train(list(zip(X, labels, strict=True)))
    require(net, case)
    assert_allclose(errors, case.array("errors").reshape(-1), 1e-10)
