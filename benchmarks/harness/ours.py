"""Contestants of nnmods, written as its users write."""

import itertools

import numpy as np

import nnmods as nn
from nnmods import optim

#: For all sides. Torch7's Adam and PyTorch's put eps at different places: it is small
#: enough to make no difference. Steps of 0.001 would be so large in the widest net that
#: rounding shows in the gradients after three of them.
LR, ADAM_LR, EPS = 0.01, 0.0001, 1e-12


class Training:
    """Forward, criterion, all gradients, a step of the optimiser."""

    def __init__(self, net, batches, optimiser):
        self.net, self.batches = net.training(), itertools.cycle(batches)
        self.cost = nn.CrossEntropyCriterion()
        if optimiser == "Adam":
            self.opt = optim.Adam(net, lr=ADAM_LR, eps=EPS)
        else:
            self.opt = optim.SGD(net, lr=LR)
        self.first, self.start = batches[0], None

    def __call__(self):
        self.gradients(*next(self.batches))
        self.opt.step()

    def gradients(self, x, target):
        y = self.net.forward(x)
        C = self.cost.forward(y, target)
        self.opt.zero_grad()
        self.net.backprop(x, self.cost.backward(y, target), input_grad=False)
        return C

    def results(self):
        results = {"cost": self.gradients(*self.first)}
        parameters, gradients = self.net.parameters()
        self.start = self.start or [p.copy() for p in parameters]
        for i, (p, grad) in enumerate(zip(parameters, gradients, strict=True)):
            results[f"gradient {i}"] = grad.copy()
            results[f"change {i}"] = p - self.start[i]
        return results


class Inference:
    """Forward."""

    def __init__(self, net, x):
        self.net, self.x = net.evaluate(), x

    def __call__(self):
        self.net.forward(self.x)

    def results(self):
        return {"y": self.net(self.x)}


class OneModule:
    """Forward and all gradients, of a given dC_dy."""

    def __init__(self, module, x, dC_dy, input_grad=True):
        self.module, self.x, self.dC_dy = module, x, dC_dy
        self.input_grad = input_grad
        self.learns = bool(module.parameters()[0])

    def __call__(self):
        if self.learns:
            self.module.zero_grad_params()
        self.module.forward(self.x)
        self.module.backprop(self.x, self.dC_dy, input_grad=self.input_grad)

    def results(self):
        self()
        results = {"y": np.array(self.module.y)}
        if self.input_grad:
            results["dC_dx"] = np.array(self.module.dC_dx)
        for i, grad in enumerate(self.module.parameters()[1]):
            results[f"gradient {i}"] = grad.copy()
        return results
