"""Contestants of PyTorch, eager and compiled, and its modules for ours."""

import itertools

import torch
from torch import nn as tn

import nnmods as nn
from harness.ours import ADAM_LR, EPS, LR
from harness.row import NoCounterpart


class Sum(tn.Module):
    """What follows a `Branches`."""

    def forward(self, table):
        return sum(table[1:], start=table[0])


class Branches(tn.ModuleList):
    """The table of what each child makes of x."""

    def forward(self, x):
        return [module(x) for module in self]


def _convolution(cls):
    return lambda m: cls(
        m.in_channels,
        m.out_channels,
        m.kernel_size,
        m.stride,
        m.padding,
        m.dilation,
        m.groups,
        m.bias is not None,
    )


#: For each class of ours that networks of the rows are made of, PyTorch's module.
COUNTERPARTS = {
    nn.Sequential: lambda m: tn.Sequential(*map(counterpart, m.modules)),
    nn.ConcatTable: lambda m: Branches(map(counterpart, m.modules)),
    nn.CAddTable: lambda m: Sum(),
    nn.Identity: lambda m: tn.Identity(),
    nn.Flatten: lambda m: tn.Flatten(),
    nn.ReLU: lambda m: tn.ReLU(),
    nn.Tanh: lambda m: tn.Tanh(),
    nn.Linear: lambda m: tn.Linear(m.in_features, m.out_features),
    nn.SpatialConvolution: _convolution(tn.Conv2d),
    nn.VolumetricConvolution: _convolution(tn.Conv3d),
    nn.SpatialMaxPooling: lambda m: tn.MaxPool2d(m.kernel_size, m.stride),
    nn.SpatialAdaptiveAveragePooling: lambda m: tn.AdaptiveAvgPool2d(m.output_size),
    nn.SpatialBatchNormalization: lambda m: tn.BatchNorm2d(m.n_features),
}


def counterpart(module):
    """Return PyTorch's module for one of ours, with parameters of its own."""
    if type(module) not in COUNTERPARTS:
        raise NoCounterpart(type(module).__name__)
    return COUNTERPARTS[type(module)](module)


def as_torch(net):
    """Return PyTorch's network for one of ours, with the same parameters."""
    model, parameters = counterpart(net), net.parameters()[0]
    model.to(torch.from_numpy(parameters[0]).dtype)
    for p, q in zip(parameters, model.parameters(), strict=True):
        with torch.no_grad():
            q.copy_(torch.from_numpy(p.reshape(q.shape)))
    return model


class Training:
    """Forward, criterion, all gradients, a step of the optimiser."""

    def __init__(self, model, batches, optimiser, compiled=False):
        self.model = model.train()
        self.run = torch.compile(model) if compiled else model
        batches = [(torch.from_numpy(x), torch.from_numpy(t)) for x, t in batches]
        self.first, self.start = batches[0], None
        self.batches = itertools.cycle(batches)
        self.cost = tn.CrossEntropyLoss()
        if optimiser == "Adam":
            self.opt = torch.optim.Adam(model.parameters(), lr=ADAM_LR, eps=EPS)
        else:
            self.opt = torch.optim.SGD(model.parameters(), lr=LR)

    def __call__(self):
        self.gradients(*next(self.batches))
        self.opt.step()

    def gradients(self, x, target):
        self.opt.zero_grad()
        C = self.cost(self.run(x), target)
        C.backward()
        return C

    def results(self):
        results = {"cost": self.gradients(*self.first).item()}
        parameters = list(self.model.parameters())
        self.start = self.start or [p.detach().clone() for p in parameters]
        for i, p in enumerate(parameters):
            results[f"gradient {i}"] = p.grad.numpy().copy()
            results[f"change {i}"] = (p.detach() - self.start[i]).numpy()
        return results


class Inference:
    """Forward."""

    def __init__(self, model, x, compiled=False):
        model = model.eval()
        self.run = torch.compile(model) if compiled else model
        self.x = torch.from_numpy(x)

    def __call__(self):
        with torch.inference_mode():
            return self.run(self.x)

    def results(self):
        return {"y": self().numpy()}


class OneModule:
    """Forward and all gradients, of a given dC_dy."""

    def __init__(self, function, x, dC_dy, input_grad=True, compiled=False):
        module = isinstance(function, tn.Module)
        self.parameters = list(function.parameters()) if module else []
        self.run = torch.compile(function) if compiled else function
        self.x = torch.from_numpy(x)
        if input_grad:
            self.x.requires_grad_()
        self.dC_dy = torch.from_numpy(dC_dy)

    def __call__(self):
        self.x.grad = None
        for p in self.parameters:
            p.grad = None
        y = self.run(self.x)
        y.backward(self.dC_dy)
        return y

    def results(self):
        results = {"y": self().detach().numpy().copy()}
        if self.x.grad is not None:
            results["dC_dx"] = self.x.grad.numpy().copy()
        for i, p in enumerate(self.parameters):
            results[f"gradient {i}"] = p.grad.numpy().copy()
        return results
