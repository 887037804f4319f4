"""What does each trick of the lecture gain?

A network of one hidden layer learns the digits, sorted by class as many data sets come:
with none of the tricks, with each alone, with all of them, and with all but one. Every
row has the learning rate that did best on the validation set, and shows the accuracy on
the test set: the mean of some seeds, and their standard deviation.

    python benchmarks/tricks.py [--seeds N] [--epochs N] [--write README.md]
"""

import argparse
from pathlib import Path

import numpy as np

import nnmods as nn
from nnmods import data, optim
from nnmods.core.progress import progress
from nnmods.data import Minibatches, load_digits, plus_minus_one, split
from nnmods.training import Diverged, Trainer, kaiming

TRICKS = {
    "shuffle": "shuffled samples instead of sorted ones",
    "normalise": "inputs of mean 0 and variance 1",
    "relu": "ReLU instead of the sigmoid",
    "nll": "cross-entropy instead of the mean square of a sigmoid",
    "init": "weights of variance 2 / fan-in instead of 1",
    "momentum": "momentum 0.9",
    "decay": "a rate that falls (cosine)",
    "batchnorm": "batch normalisation",
    "dropout": "dropout of a fifth",
    "l2": "weight decay 1e-4, biases spared",
    "average": "the mean of the weights of the last steps (EMA)",
}
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
MARKS = "<!-- tricks -->\n", "<!-- end of tricks -->\n"


def make_parts(seed):
    """Return the training, validation and test set, each (x, labels), float32."""
    rest, test = split(load_digits(), 0.2, rng=seed)
    train, validation = split(rest, 0.25, rng=seed)
    parts = []
    for part in (train, validation, test):
        order = np.argsort(part.target, kind="stable")
        x = part.x.reshape(len(part), -1)[order].astype("float32")
        parts.append((x, part.target[order]))
    return parts


def build(tricks, seed):
    """Return the network and the criterion for labels (or for +-1, see `code`)."""
    nn.manual_seed(seed)
    hidden = [nn.Linear(64, 64)]
    hidden += [nn.BatchNormalization(64)] if "batchnorm" in tricks else []
    hidden += [nn.ReLU() if "relu" in tricks else nn.Sigmoid()]
    hidden += [nn.Dropout(0.2)] if "dropout" in tricks else []
    net = nn.Sequential(*hidden, nn.Linear(64, 10))
    kaiming(net)
    if "init" not in tricks:
        for layer in net.find_modules(nn.Linear):
            layer.weight[...] = nn.core.get_rng().standard_normal(layer.weight.shape)
    if "nll" in tricks:
        return net.float(), nn.CrossEntropyCriterion()
    return net.add(nn.Sigmoid()).float(), nn.MSECriterion()


def accuracy(trainer, x, labels):
    return float(np.mean(trainer.predict(x).argmax(axis=1) == labels))


def run(tricks, lr, seed, epochs):
    """Return the accuracy on the validation and on the test set."""
    parts = make_parts(seed)
    if "normalise" in tricks:
        normalizer = data.Normalizer().fit(parts[0][0])
        parts = [(normalizer.transform(x), labels) for x, labels in parts]
    net, criterion = build(tricks, seed)
    x, target = parts[0]
    if "nll" not in tricks:
        target = (plus_minus_one(target, 10) > 0).astype("float32")
    order = "epoch" if "shuffle" in tricks else "never"
    batches = Minibatches(x, target, 32, shuffle=order, rng=seed)
    steps = len(batches) * epochs
    decayed = {"weight_decay": 1e-4, "groups": optim.without_decay(net)}
    optimizer = optim.SGD(
        net,
        lr,
        momentum=0.9 if "momentum" in tricks else 0.0,
        schedule=optim.Cosine(steps) if "decay" in tricks else None,
        **(decayed if "l2" in tricks else {}),
    )
    average = optim.EMA(net, 0.98) if "average" in tricks else None
    trainer = Trainer(net, criterion, optimizer, average=average)
    try:
        with np.errstate(all="ignore"):  # of weights that grow without a bound
            trainer.fit(batches, epochs, show=False)
    except Diverged:
        return 0.0, 0.0
    return accuracy(trainer, *parts[1]), accuracy(trainer, *parts[2])


def measure(tricks, seeds, epochs, bar):
    """Return mean and deviation in per cent at the best rate, and that rate."""
    found = {}
    for lr in RATES:
        found[lr] = np.array([run(tricks, lr, seed, epochs) for seed in range(seeds)])
        bar.update()
    best = max(RATES, key=lambda lr: found[lr][:, 0].mean())
    test = 100 * found[best][:, 1]
    return test.mean(), test.std(), best


def table(seeds, epochs):
    """Return the lines of the table."""
    with progress((2 * len(TRICKS) + 2) * len(RATES), " trainings") as bar:

        def cells(tricks):
            mean, deviation, lr = measure(tricks, seeds, epochs, bar)
            return f"{mean:.1f} ± {deviation:.1f} (rate {lr:g})"

        everything = frozenset(TRICKS)
        lines = [
            "| trick | it alone | all but it |",
            "|---|---|---|",
            f"| none / all | {cells(frozenset())} | {cells(everything)} |",
        ]
        for name, text in TRICKS.items():
            alone, without = cells(frozenset([name])), cells(everything - {name})
            lines.append(f"| {text} | {alone} | {without} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--write", type=Path, help="a file with a place for the table")
    options = parser.parse_args()
    text = "\n".join(table(options.seeds, options.epochs)) + "\n"
    print(
        f"test accuracy in per cent after {options.epochs} epochs, mean and deviation "
        f"of {options.seeds} seeds\n\n{text}"
    )
    if options.write is not None:
        before, rest = options.write.read_text().split(MARKS[0])
        _, after = rest.split(MARKS[1])
        options.write.write_text(before + MARKS[0] + text + MARKS[1] + after)


if __name__ == "__main__":
    main()
