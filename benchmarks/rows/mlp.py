"""Multilayer perceptrons: Linear and ReLU in turn."""

import itertools

from harness.families import inference, training


def mlp(*sizes):
    """Return a function that builds the net of these layer sizes."""

    def build():
        import nnmods as nn

        net = nn.Sequential()
        for n_in, n_out in itertools.pairwise(sizes):
            net.add(nn.Linear(n_in, n_out)).add(nn.ReLU(grad_at_zero=0))
        net.remove()  # the last is a score
        return net

    return build


TRAINED = {
    (64, 32, 10): (32, "small MLP"),
    (4, 64, 64, 2): (1, "small MLP"),
    (64, 256, 10): (32, "small MLP"),
    (784, 512, 512, 10): (128, "large MLP"),
    (784, 2048, 2048, 10): (256, "large MLP"),
}
PREDICTS = {(8, 32, 2): 1, (64, 32, 10): 32}


def title(sizes, batch):
    """Return the first words of a row's name."""
    return f"MLP {'-'.join(map(str, sizes))} b{batch}"


ROWS = [
    training(
        f"{title(sizes, batch)} {optimiser}",
        group,
        mlp(*sizes),
        (batch, sizes[0]),
        sizes[-1],
        optimiser,
    )
    for sizes, (batch, group) in TRAINED.items()
    for optimiser in ("SGD", "Adam")
]
ROWS += [
    inference(
        f"{title(sizes, batch)} inference", "small MLP", mlp(*sizes), (batch, sizes[0])
    )
    for sizes, batch in PREDICTS.items()
]
