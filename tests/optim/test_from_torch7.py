"""from_torch7: Torch7's names and defaults, and what it refuses."""

import numpy as np
import pytest

from nnmods.optim import SGD, InverseTime, RMSprop, from_torch7
from nnmods.optim.torch7 import METHODS


@pytest.mark.parametrize(
    "method, shown",
    [
        ("sgd", "SGD(2 parameters, lr=0.001)"),
        ("nag", "NAG(2 parameters, lr=0.001)"),
        ("asgd", "ASGD(2 parameters, lr=0.0001)"),
        ("adagrad", "Adagrad(2 parameters, lr=0.001)"),
        ("adadelta", "Adadelta(2 parameters, lr=1.0)"),
        ("adam", "Adam(2 parameters, lr=0.001)"),
        ("adamax", "Adamax(2 parameters, lr=0.002, eps=1e-38)"),
        ("rmsprop", "RMSprop(2 parameters, lr=0.01)"),
        ("rprop", "Rprop(2 parameters, lr=0.1)"),
    ],
)
@pytest.mark.parametrize("config", [None, {}])
def test_the_defaults_are_torch7s(method, shown, config):
    w, dC_dw = np.zeros(2), np.zeros(2)
    opt = from_torch7(method, config, w, dC_dw)
    assert repr(opt) == shown and opt.w is w and opt.dC_dw is dC_dw
    assert opt.schedule is None
    opt.step(lambda: 0.0)


def test_options_by_their_names_there():
    config = {
        "learningRate": 0.1,
        "learningRateDecay": 0.5,
        "momentum": 0.9,
        "learningRates": [1, 2],
        "weightDecays": [0, 1],
        "dampening": None,
        "nesterov": False,
    }
    before = dict(config)
    opt = from_torch7("sgd", config, np.zeros(2), np.zeros(2))
    assert isinstance(opt, SGD) and config == before
    assert opt.schedule == InverseTime(0.5)
    assert opt.dampening == opt.momentum == 0.9
    assert opt.rates.tolist() == [1, 2] and opt.weight_decay.tolist() == [0, 1]
    # the one number goes before
    opt = from_torch7("sgd", config | {"weightDecay": 0.5}, np.zeros(2), np.zeros(2))
    assert opt.weight_decay == 0.5
    config = {"initialMean": 1, "epsilon": 0.5, "alpha": 0.25}
    opt = from_torch7("rmsprop", config, np.zeros(2), np.zeros(2))
    assert isinstance(opt, RMSprop)
    assert (opt.initial_mean, opt.eps, opt.alpha) == (1, 0.5, 0.25)
    opt = from_torch7("asgd", {"lambda": 0.5, "t0": 3}, np.zeros(2), np.zeros(2))
    assert (opt.lambd, opt.t0) == (0.5, 3)
    # as a number of Torch7's is read from a file
    opt = from_torch7("rprop", {"niter": 3.0}, np.zeros(2), np.zeros(2))
    assert opt.iterations == 3


@pytest.mark.parametrize(
    "method, config, error, message",
    [
        ("SGD", {}, ValueError, "method has value 'SGD', expected one of sgd, nag, "),
        (["sgd"], {}, ValueError, "method has value ['sgd'], expected one of sgd, "),
        (
            "adadelta",
            {"learningRate": 1},
            ValueError,
            "config has option 'learningRate', expected one of rho, eps, weightDecay",
        ),
        (
            "asgd",
            {"lambda_": 1},
            ValueError,
            "config has option 'lambda_', expected one of eta0, lambda, alpha, t0",
        ),
        ("sgd", [], TypeError, "config has type list, expected a dict"),
    ],
)
def test_refusals(method, config, error, message):
    with pytest.raises(error) as info:
        from_torch7(method, config, np.zeros(2), np.zeros(2))
    assert str(info.value).startswith(f"from_torch7: {message}")


@pytest.mark.parametrize("method", METHODS)
def test_no_method_takes_an_option_it_does_not_know(method):
    with pytest.raises(ValueError, match="config has option 'learningrate', expected"):
        from_torch7(method, {"learningrate": 1}, np.zeros(2), np.zeros(2))
