"""The optimiser and the schedule that the options of ``nnmods train`` come to."""

from nnmods.optim import SGD, Adam, Constant, Cosine, InverseTime, Step

RATES = {"adam": 0.003, "sgd": 0.03}
SCHEDULES = {
    "constant": lambda steps, epoch: Constant(),
    "1/t": lambda steps, epoch: InverseTime(1 / epoch),
    "step": lambda steps, epoch: Step(-(-steps // 3)),
    "cosine": lambda steps, epoch: Cosine(steps),
}


def make_optimizer(options, net, n_samples):
    """Return the optimiser; ``options.lr`` is filled in where it was left open."""
    if options.lr is None:
        options.lr = RATES[options.optim]
    epoch = -(-n_samples // options.batch_size)  # steps
    settings = {
        "lr": options.lr,
        "weight_decay": 2 * options.l2,  # the gradient of l2 * |w|^2 is 2 * l2 * w
        "l1": options.l1,
        "schedule": SCHEDULES[options.schedule](epoch * options.epochs, epoch),
    }
    if options.optim == "sgd":
        return SGD(net, momentum=0.9, **settings)
    return Adam(net, **settings)
