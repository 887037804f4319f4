"""Digits: how long until a small convolutional net reads 98 % of the test images?

A step is a whole training, from the same parameters, with the same minibatches and
Adam; after each epoch the test images are read.
"""

import functools

import numpy as np
from harness.material import SEED, made
from harness.row import Row

WANTED, EPOCHS, BATCH = 0.98, 30, 32


def net():
    import nnmods as nn
    from nnmods.training import kaiming

    conv = functools.partial(nn.SpatialConvolution, kernel_size=3, padding=1)
    return kaiming(
        nn.Sequential(
            conv(1, 16),
            nn.ReLU(grad_at_zero=0),
            nn.SpatialMaxPooling(2, 2, 2, 2),
            conv(16, 32),
            nn.ReLU(grad_at_zero=0),
            nn.SpatialMaxPooling(2, 2, 2, 2),
            nn.Flatten(),
            nn.Linear(32 * 2 * 2, 64),
            nn.ReLU(grad_at_zero=0),
            nn.Linear(64, 10),
        ),
        rng=SEED,
    )


def images():
    """Return x and target of training and test, and the order of each epoch."""
    from nnmods import data

    train, test = data.split(data.load_digits())
    x, x_test = ((part.x / 16 - 0.5).astype(np.float32) for part in (train, test))
    rng = np.random.default_rng(SEED)
    orders = [
        np.array_split(rng.permutation(len(x)), len(x) // BATCH) for _ in range(EPOCHS)
    ]
    return (x, train.target), (x_test, test.target), orders


class Reading:
    """A contestant: trains from the start, until it reads well enough.

    ``build()`` returns a function that takes a training step on a batch and returns
    the cost, and one that returns the scores of images.
    """

    def __init__(self, build):
        self.build = build
        self.train, self.test, self.orders = images()

    def __call__(self):
        step, scores = self.build()
        for epoch in range(EPOCHS):
            self.costs = []
            for batch in self.orders[epoch]:
                self.costs.append(step(self.train[0][batch], self.train[1][batch]))
            right = np.argmax(scores(self.test[0]), axis=1) == self.test[1]
            if right.mean() >= WANTED:
                return
        raise RuntimeError(f"{right.mean():.1%} of the test images after {EPOCHS}")

    def results(self):
        step, _ = self.build()
        pairs = [(self.train[0][b], self.train[1][b]) for b in self.orders[0][:10]]
        return {"costs": [float(step(x, target)) for x, target in pairs]}


def ours():
    import nnmods as nn
    from nnmods import optim

    def build():
        model, cost = made(net), nn.CrossEntropyCriterion()
        opt = optim.Adam(model)

        def step(x, target):
            C = cost.forward(model.forward(x), target)
            opt.zero_grad()
            model.backprop(x, cost.backward(model.y, target), input_grad=False)
            opt.step()
            return C

        return step, model.forward

    return Reading(build)


def pytorch():
    import torch
    from harness.with_torch import as_torch

    def build():
        model, cost = as_torch(made(net)), torch.nn.CrossEntropyLoss()
        opt = torch.optim.Adam(model.parameters())

        def step(x, target):
            C = cost(model(torch.from_numpy(x)), torch.from_numpy(target))
            opt.zero_grad()
            C.backward()
            opt.step()
            return C.detach()

        def scores(x):
            with torch.inference_mode():
                return model(torch.from_numpy(x)).numpy()

        return step, scores

    return Reading(build)


ROWS = [Row("digits to 98 %", "other", {"nnmods": ours, "pytorch": pytorch})]
