"""Draw the pictures of these pages again: ``python docs/pictures.py``."""

from pathlib import Path

import numpy as np

import nnmods as nn

FOLDER = Path(__file__).parent / "pictures"


class G(nn.Module):
    """The lecture's function of an input and of weights: ybar = tanh(w x)."""

    def forward(self, x):
        x, w = x
        return np.tanh(w @ x)

    def backward(self, x, dC_dy):
        x, w = x
        inner = dC_dy * (1 - np.tanh(w @ x) ** 2)
        return [inner @ w, np.outer(inner, x)]


def lecture():
    """C(y, ybar) of ybar = G(x, w): the picture that the lecture begins with."""
    x, w, y = nn.Input("x"), nn.Input("w"), nn.Input("y")
    ybar = G()([x, w]).named("ybar")
    cost = nn.MSECriterion()([ybar, y]).named("C")
    rng = np.random.default_rng(0)
    values = [rng.standard_normal(shape) for shape in (3, (2, 3), 2)]
    return nn.Graph([x, w, y], cost), values


def mlp():
    """A chain: each edge with its shape, each module with the size of its Jacobian."""
    first, last = nn.Linear(784, 256, rng=0), nn.Linear(256, 10, rng=1)
    return nn.Sequential(first, nn.ReLU(), last, nn.LogSoftMax()), np.zeros(784)


def residual():
    """A block with a way around it: on the way back, both gradients are summed."""
    x = nn.Input("x")
    h = nn.Linear(8, 16, rng=0)(x).named("hidden")
    h = nn.Linear(16, 8, rng=1)(nn.ReLU()(h))
    return nn.Graph(x, nn.ReLU()(nn.CAddTable()([h, x]).named("sum"))), np.zeros((5, 8))


def inception():
    """Containers within containers."""

    def conv(n_in, n_out, size):
        pad = size // 2
        return nn.SpatialConvolution(n_in, n_out, size, size, 1, 1, pad, pad, rng=0)

    branches = nn.Concat(
        1,
        conv(8, 4, 1),
        nn.Sequential(conv(8, 4, 1), nn.ReLU(), conv(4, 8, 3)),
        nn.Sequential(conv(8, 2, 1), nn.ReLU(), conv(2, 4, 5)),
        nn.Sequential(nn.SpatialMaxPooling(3, 3, 1, 1, 1, 1), conv(8, 4, 1)),
    )
    net = nn.Sequential(conv(3, 8, 3), nn.ReLU(), branches, nn.ReLU())
    return net, np.zeros((2, 3, 12, 12))


def by_length(x):
    """Choose a branch by the length of x."""
    return "short" if x.shape[-1] <= 4 else "long"


def switch():
    """The lecture's graph that depends on the data: a module chosen by length."""
    long = nn.Sequential(nn.Linear(6, 4, rng=1), nn.Tanh(), nn.Linear(4, 2, rng=2))
    choice = nn.Switch(by_length, {"short": nn.Linear(4, 2, rng=0), "long": long})
    return nn.Sequential(choice, nn.SoftMax()), np.zeros(6)


def deep():
    """Past sixty boxes, what is alike is folded."""
    layers = [nn.Linear(32, 32, rng=0), nn.ReLU()] * 40
    layers = [layer.clone() for layer in layers]
    return nn.Sequential(*layers, nn.Linear(32, 4, rng=1)), np.zeros(32)


PICTURES = (lecture, mlp, residual, inception, switch, deep)


def main():
    for make in PICTURES:
        nn.draw(*make(), FOLDER / f"{make.__name__}.svg")


if __name__ == "__main__":
    main()
