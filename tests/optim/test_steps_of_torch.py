"""The same steps as PyTorch's optimisers make, for the same settings."""

import numpy as np
import pytest

from nnmods import optim
from nnmods.core import Module
from nnmods.testing.compare import EXACT

SHAPES = [(7, 4), (4, 7), (3, 3), (5,), (4, 3, 3, 2), (1, 6), (1,)]


class Parameters(Module):
    """A module that is nothing but parameters, of some shapes."""

    def __init__(self, shapes):
        super().__init__()
        rng = np.random.default_rng(0)
        for i, shape in enumerate(shapes):
            setattr(self, f"p{i}", rng.standard_normal(shape))
            setattr(self, f"grad_p{i}", np.zeros(shape))


def trajectories(make, make_theirs, shapes=SHAPES, steps=60):
    """Return all parameters after each of our steps, and after PyTorch's."""
    torch = pytest.importorskip("torch")
    net = Parameters(shapes)
    theirs = [torch.nn.Parameter(torch.tensor(p)) for p in net.parameters()[0]]
    opt, other = make(net), make_theirs(torch, theirs)
    rng = np.random.default_rng(1)
    ours, wanted = [], []
    for step in range(steps):
        # of very different sizes, some of them 0
        opt.dC_dw[...] = rng.standard_normal(opt.w.size) * 10.0 ** (step % 5 - 2)
        opt.dC_dw[::11] = 0
        for p, grad in zip(theirs, net.parameters()[1], strict=True):
            p.grad = torch.tensor(grad)
        opt.step()
        other.step()
        ours.append(opt.w.copy())
        flat = [p.detach().numpy().ravel() for p in theirs]
        wanted.append(np.concatenate(flat))
    return ours, wanted


CASES = {
    "AdamW": ({}, "AdamW", {}),
    "AdamW, settings": (
        {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1, "weight_decay": 0.5},
        "AdamW",
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.5},
    ),
    "AdamW, amsgrad": ({"amsgrad": True}, "AdamW", {"amsgrad": True}),
    "NAdam": ({}, "NAdam", {}),
    "NAdam, settings": (
        {
            "lr": 0.1,
            "beta1": 0.5,
            "eps": 0.1,
            "momentum_decay": 0.5,
            "weight_decay": 0.5,
        },
        "NAdam",
        {
            "lr": 0.1,
            "betas": (0.5, 0.999),
            "eps": 0.1,
            "momentum_decay": 0.5,
            "weight_decay": 0.5,
        },
    ),
    "NAdam, decoupled": (
        {"weight_decay": 0.5, "decoupled": True},
        "NAdam",
        {"weight_decay": 0.5, "decoupled_weight_decay": True},
    ),
    "RAdam": ({}, "RAdam", {}),
    "RAdam, settings": (
        {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1, "weight_decay": 0.5},
        "RAdam",
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.5},
    ),
    "RAdam, decoupled": (
        {"weight_decay": 0.5, "decoupled": True},
        "RAdam",
        {"weight_decay": 0.5, "decoupled_weight_decay": True},
    ),
    "Adafactor": ({}, "Adafactor", {}),
    "Adafactor, settings": (
        {
            "lr": 0.5,
            "decay": 0.5,
            "eps1": 0.01,
            "eps2": 3.0,
            "clip": 1.5,
            "weight_decay": 0.1,
        },
        "Adafactor",
        {
            "lr": 0.5,
            "beta2_decay": -0.5,
            "eps": (0.01, 3.0),
            "d": 1.5,
            "weight_decay": 0.1,
        },
    ),
}


@pytest.fixture
def double():
    """Else NAdam's product of momenta is a float32 in PyTorch."""
    torch = pytest.importorskip("torch")
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", CASES)
def test_steps(name, double):
    ours, their_name, theirs = CASES[name]
    got, wanted = trajectories(
        lambda net: getattr(optim, name.split(",")[0])(net, **ours),
        lambda torch, params: getattr(torch.optim, their_name)(params, **theirs),
    )
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize(
    "settings, theirs",
    [
        ({}, {}),
        (
            {"lr": 0.1, "momentum": 0.5, "nesterov": False, "rounds": 3},
            {"lr": 0.1, "momentum": 0.5, "nesterov": False, "ns_steps": 3},
        ),
        (
            {"weight_decay": 0, "scaling": "match_rms_adamw"},
            {"weight_decay": 0, "adjust_lr_fn": "match_rms_adamw"},
        ),
    ],
)
def test_steps_of_muon(settings, theirs, monkeypatch):
    torch = pytest.importorskip("torch")
    if not hasattr(torch.optim, "Muon"):
        pytest.skip("this PyTorch has no Muon")
    # else its products have three digits
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    got, wanted = trajectories(
        lambda net: optim.Muon(net, **settings),
        lambda torch, params: torch.optim.Muon(params, **theirs),
        shapes=[(7, 4), (4, 7), (3, 3), (1, 6), (6, 1)],
    )
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def test_averages():
    torch = pytest.importorskip("torch")
    utils = torch.optim.swa_utils
    theirs = torch.nn.Linear(4, 3, dtype=torch.float64)
    w = theirs.weight.detach().numpy().reshape(-1)  # the same memory
    ema = optim.EMA((w, np.zeros(12)), decay=0.9)
    swa = optim.SWA((w, np.zeros(12)))
    swa.update()
    averaged = (
        utils.AveragedModel(theirs, multi_avg_fn=utils.get_ema_multi_avg_fn(0.9)),
        utils.AveragedModel(theirs),
    )
    for model in averaged:
        model.update_parameters(theirs)  # which copies
    rng = np.random.default_rng(0)
    for _ in range(30):
        w += rng.standard_normal(12)
        for average, model in zip((ema, swa), averaged, strict=True):
            average.update()
            model.update_parameters(theirs)
            wanted = model.module.weight.detach().numpy().reshape(-1)
            np.testing.assert_allclose(average.average, wanted, rtol=0, atol=EXACT)


def test_norms():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).standard_normal(1000)
    for p in (0.5, 1, 2, 3.5, np.inf):
        w = torch.nn.Parameter(torch.zeros(1000, dtype=torch.float64))
        w.grad = torch.tensor(values)
        wanted = torch.nn.utils.clip_grad_norm_([w], 0.5, norm_type=p).item()
        ours = values.copy()
        assert optim.clip_norm(ours, 0.5, p) == pytest.approx(wanted, rel=EXACT)
        # PyTorch adds 1e-6 to the norm
        factor = (wanted + 1e-6) / wanted
        np.testing.assert_allclose(ours, w.grad.numpy() * factor, rtol=EXACT)
