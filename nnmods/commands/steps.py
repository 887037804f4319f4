"""The optimiser and the schedule that the options of ``nnmods train`` come to."""

import functools

from nnmods import optim

#: By name, what makes an optimiser, and its rate where none is asked for.
OPTIMIZERS = {
    "adagrad": (optim.Adagrad, 0.03),
    "adam": (optim.Adam, 0.003),
    "adamw": (optim.AdamW, 0.003),
    "nadam": (optim.NAdam, 0.003),
    "radam": (optim.RAdam, 0.003),
    "rmsprop": (optim.RMSprop, 0.001),
    "sgd": (functools.partial(optim.SGD, momentum=0.9), 0.03),
}
SCHEDULES = {
    "constant": lambda steps, epoch: optim.Constant(),
    "1/t": lambda steps, epoch: optim.InverseTime(1 / epoch),
    "step": lambda steps, epoch: optim.Step(-(-steps // 3)),
    "cosine": lambda steps, epoch: optim.Cosine(steps),
    "onecycle": lambda steps, epoch: optim.OneCycle(steps),
}


def make_optimizer(options, net, n_samples):
    """Return the optimiser; ``options.lr`` is filled in where it was left open."""
    make, usual = OPTIMIZERS[options.optim]
    if options.lr is None:
        options.lr = usual
    epoch = -(-n_samples // options.batch_size)  # steps
    return make(
        net,
        lr=options.lr,
        weight_decay=2 * options.l2,  # the gradient of l2 * |w|^2 is 2 * l2 * w
        l1=options.l1,
        schedule=SCHEDULES[options.schedule](epoch * options.epochs, epoch),
    )
