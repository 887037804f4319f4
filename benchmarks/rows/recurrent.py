"""Recurrent layers over whole sequences: forward and all gradients, of a given dC_dy.

PyTorch's GRU is another one: r_t * (h @ weight) stands there where ours, as that of the
paper, has (r_t * h) @ weight. They are the same where this part of the weight is
diagonal, as it is here; its gradient is compared on the diagonal only.
"""

import numpy as np
from harness.families import one_module
from harness.material import made, numbers

STEPS, SEQUENCES, SIZE = 50, 32, 128
#: For each of our gates the number of PyTorch's, and the other way round.
GATES = {"LSTM": (0, 1, 3, 2), "GRU": (0, 1, 2)}


def sequences():
    return numbers(STEPS, SEQUENCES, SIZE)


def ours(name):
    """Return a function that builds our layer."""

    def build():
        import nnmods as nn

        layer = getattr(nn, f"Seq{name}")(SIZE, SIZE)
        if name == "GRU":
            layer.weight[SIZE:, 2 * SIZE :] *= np.eye(SIZE)
        return layer

    return build


def theirs(name):
    """Return a function that builds PyTorch's layer with our weights, of ``torch``."""

    def build(torch):
        class Sequence(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = getattr(torch.nn, name)(SIZE, SIZE)

            def forward(self, x):
                return self.layer(x)[0]

        layer, theirs = made(ours(name)), Sequence()
        weight, bias = (_gates(p, GATES[name]) for p in (layer.weight, layer.bias))
        values = weight[:SIZE].T, weight[SIZE:].T, bias, np.zeros_like(bias)
        with torch.no_grad():
            for p, value in zip(theirs.parameters(), values, strict=True):
                p.copy_(torch.from_numpy(value.copy()))
        return theirs

    return build


def in_our_form(name):
    """Return a function that gives the gradients of either side in the form of ours."""

    def summary(contestant, results):
        if "gradient 2" in results:  # of weights for x and h, and a bias for each
            weight = np.hstack([results[f"gradient {i}"] for i in (0, 1)]).T
            results["gradient 0"] = _gates(weight, GATES[name])
            results["gradient 1"] = _gates(results["gradient 2"], GATES[name])
        if name == "GRU":
            results["gradient 0"][SIZE:, 2 * SIZE :] *= np.eye(SIZE)
        return results

    return summary


def _gates(array, order):
    """Return an array with the parts of its last axis in this order."""
    parts = np.split(array, len(order), axis=-1)
    return np.concatenate([parts[i] for i in order], axis=-1)


ROWS = [
    one_module(
        f"{name} {STEPS}x{SEQUENCES}x{SIZE}",
        "other",
        ours(name),
        theirs(name),
        sequences,
        images=False,
        summary=in_our_form(name),
    )
    for name in GATES
]
