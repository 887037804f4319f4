"""Cases of shape."""

import nnmods as nn
from cases.case import Case


def chosen(rng):
    return [rng.standard_normal((4, 5, 3)), rng.integers(0, 5, 7)]


def masked(rng):
    return [rng.standard_normal((5, 4)), rng.random((5, 4)) < 0.6]


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Identity": [Case(nn.Identity, (5, 4)), Case(nn.Identity, [(5, 4), [(5, 2)]])],
    "Flatten": [Case(nn.Flatten, (5, 2, 3, 4), single=False)],
    "View": [
        Case(lambda: nn.View(12), (5, 4, 3), single=False, batch=False),
        Case(lambda: nn.View(6, -1, num_input_dims=2), (5, 4, 3), single=False),
    ],
    "Reshape": [
        Case(lambda: nn.Reshape(3, 4), (5, 12), single=False),
        Case(lambda: nn.Reshape(3, 4, True), (5, 2, 6), single=False),
    ],
    "Collapse": [Case(lambda: nn.Collapse(2), (5, 4, 3))],
    "Contiguous": [Case(nn.Contiguous, (5, 4, 3))],
    "Copy": [
        Case(nn.Copy, (5, 4)),
        Case(lambda: nn.Copy("torch.DoubleTensor", "torch.FloatTensor"), (5, 4)),
        Case(lambda: nn.Copy(force_copy=True), (5, 4, 3)),
    ],
    "Convert": [
        Case(nn.Convert, (5, 4, 3)),
        Case(lambda: nn.Convert("bchw", "bhwc"), (5, 2, 3, 4)),
        Case(lambda: nn.Convert("bwc", "cwb"), (5, 2, 3), batch=False),
        Case(lambda: nn.Convert("chw", "bf"), (5, 2, 3, 4)),
        Case(lambda: nn.Convert("chwb", "bf"), (5, 2, 3, 4), batch=False),
        Case(lambda: nn.Convert("b", "bf"), (5,), single=False),
        Case(lambda: nn.Convert("bt", "b"), (5, 3)),
    ],
    "Select": [
        Case(lambda: nn.Select(1, 2), (5, 4, 3), single=False),
        Case(lambda: nn.Select(-1, -2), (5, 4, 3)),
    ],
    "Narrow": [
        Case(lambda: nn.Narrow(1, 1, 2), (5, 4, 3), single=False),
        Case(lambda: nn.Narrow(-1, 1, -2), (5, 4, 3)),
        Case(lambda: nn.Narrow(0, -1, 2), (5, 4), batch=False),
    ],
    "Index": [
        Case(lambda: nn.Index(1), chosen, batch=False),
        Case(
            lambda: nn.Index(0),
            lambda rng: [rng.standard_normal((5, 4)), rng.integers(0, 5, 3)],
            batch=False,
        ),
    ],
    "MaskedSelect": [Case(nn.MaskedSelect, masked, independent=False)],
    "Squeeze": [
        Case(nn.Squeeze, (5, 1, 4, 1), single=False, batch=False),
        Case(lambda: nn.Squeeze(None, 3), (5, 1, 4, 1)),
        Case(lambda: nn.Squeeze(0, 2), (5, 1, 4)),
        Case(lambda: nn.Squeeze(-1), (5, 4, 1)),
    ],
    "Unsqueeze": [
        Case(lambda: nn.Unsqueeze(1), (5, 4), single=False),
        Case(lambda: nn.Unsqueeze(1, 2), (5, 4, 3)),
        Case(lambda: nn.Unsqueeze(-1), (5, 4)),
    ],
    "Replicate": [
        Case(lambda: nn.Replicate(3), (5, 4), batch=False),
        Case(lambda: nn.Replicate(3, 1, 2), (5, 4, 3)),
    ],
    "Transpose": [
        Case(lambda: nn.Transpose((1, 2), (2, 3)), (5, 4, 3, 2), single=False),
        Case(lambda: nn.Transpose((0, 1)).set_num_input_dims(2), (5, 4, 3)),
        Case(lambda: nn.Transpose((0, -1)), (5, 4, 3), batch=False),
    ],
    "Padding": [
        Case(lambda: nn.Padding(1, 2, value=3.0), (5, 4, 3), single=False),
        Case(lambda: nn.Padding(0, -2, 2, index=1), (5, 4, 3)),
        Case(lambda: nn.Padding(-1, 1, index=2), (5, 4, 3)),
    ],
    "OneHot": [
        Case(lambda: nn.OneHot(5), lambda rng: rng.integers(0, 5, (6, 4))),
        Case(lambda: nn.OneHot(3), lambda rng: rng.integers(0, 3, 5)),
    ],
}
