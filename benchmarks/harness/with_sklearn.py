"""Contestants of scikit-learn: a batch to `MLPClassifier.partial_fit` is a step."""

import contextlib
import itertools
import os

import numpy as np
import threadpoolctl
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

import nnmods as nn
from harness.ours import ADAM_LR, EPS, LR
from harness.row import NoCounterpart

#: NumPy's BLAS, which `nnmods` holds to one thread.
BLAS = threadpoolctl.ThreadpoolController().select(user_api="blas")


class Training:
    """Forward, criterion, all gradients, a step of the optimiser."""

    def __init__(self, net, batches, optimiser):
        linears = [m for m in net.modules if type(m) is nn.Linear]
        others = {type(m) for m in net.modules} - {nn.Linear, nn.ReLU}
        if others or linears[-1].out_features == 2:  # which would be one score here
            raise NoCounterpart("not an MLP of ReLUs with three classes or more")
        adam = optimiser == "Adam"
        self.model = MLPClassifier(
            [linear.out_features for linear in linears[:-1]],
            solver="adam" if adam else "sgd",
            alpha=0,
            batch_size=len(batches[0][0]),
            learning_rate_init=ADAM_LR if adam else LR,
            shuffle=False,
            momentum=0,
            nesterovs_momentum=False,
            epsilon=EPS,
        )
        self.classes = np.arange(linears[-1].out_features)
        self.model.partial_fit(
            *batches[0], classes=self.classes
        )  # makes the parameters
        del self.model._optimizer  # and this step shall not count
        weights = (self.model.coefs_, self.model.intercepts_)
        for linear, weight, bias in zip(linears, *weights, strict=True):
            weight[...] = linear.weight.T
            bias[...] = linear.bias
        self.start = [p.copy() for p in self._parameters()]
        self.first, self.batches = batches[0], itertools.cycle(batches)

    def __call__(self):
        self.model.partial_fit(*next(self.batches))

    def _parameters(self):
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return [p for weight, bias in pairs for p in (weight.T, bias)]

    def results(self):
        x, target = self.first
        probabilities = self.model.predict_proba(x).astype(np.float64)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        pairs = enumerate(zip(self._parameters(), self.start, strict=True))
        changes = {f"change {i}": p - start for i, (p, start) in pairs}
        return {"cost": log_loss(target, probabilities, labels=self.classes)} | changes

    @contextlib.contextmanager
    def turn(self):
        """Give BLAS its threads for a turn."""
        with BLAS.limit(limits=int(os.environ["OMP_NUM_THREADS"])):
            yield
