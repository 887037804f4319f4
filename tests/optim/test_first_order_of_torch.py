"""The same steps as PyTorch's, where the formulas agree."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory

from nnmods import optim
from nnmods.testing.compare import EXACT

#: Name, our settings, PyTorch's where they differ.
CASES = [
    ("SGD", {"lr": 0.1, "weight_decay": 0.5}, {}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}, {}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}, {}),
    ("ASGD", {}, {}),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "weight_decay": 0.5}, {}),
    ("Adagrad", {}, {}),
    ("Adagrad", {"lr": 0.1, "eps": 0.1, "weight_decay": 0.5}, {}),
    ("Adagrad", {"initial_sum": 2.0}, {"initial_accumulator_value": 2.0}),
    ("Adagrad", {"schedule": optim.InverseTime(0.5)}, {"lr_decay": 0.5}),
    ("Adadelta", {}, {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.5, "eps": 0.1, "weight_decay": 0.5}, {}),
    ("Adamax", {}, {}),
    (
        "Adamax",
        {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1, "weight_decay": 0.5},
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.5},
    ),
    ("RMSprop", {}, {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.5, "eps": 0.1, "weight_decay": 0.5}, {}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "eps": 0.01}, {}),
    ("Rprop", {}, {}),
    (
        "Rprop",
        {"lr": 0.1, "eta_minus": 0.3, "eta_plus": 2.0, "min_step": 0.01, "max_step": 1},
        {"lr": 0.1, "etas": (0.3, 2.0), "step_sizes": (0.01, 1)},
    ),
]


@pytest.fixture
def torch():
    """PyTorch, whose ASGD keeps its rate in the default dtype."""
    torch = pytest.importorskip("torch")
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(default)


@pytest.mark.parametrize("name, ours, theirs", CASES)
def test_steps(name, ours, theirs, torch):
    w = torch.nn.Parameter(torch.tensor(START))
    theirs = theirs or ours
    opt = getattr(torch.optim, name)([w], **theirs)
    wanted = []
    for gradient in GRADIENTS:
        w.grad = torch.tensor(gradient)
        opt.step()
        wanted.append(w.detach().numpy().copy())
    got = trajectory(getattr(optim, name), GRADIENTS, START, **ours)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def test_the_average_of_asgd(torch):
    w, dC_dw = START.copy(), np.zeros(6)
    p = torch.nn.Parameter(torch.tensor(START))
    opt = optim.ASGD((w, dC_dw), t0=5)
    theirs = torch.optim.ASGD([p], t0=5)
    for gradient in GRADIENTS:
        dC_dw[:], p.grad = gradient, torch.tensor(gradient)
        opt.step()
        theirs.step()
        wanted = theirs.state[p]["ax"].numpy()
        np.testing.assert_allclose(opt.average, wanted, rtol=EXACT, atol=EXACT)
