"""Real digits are learnt with each optimiser's documented defaults."""

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.data import Normalizer, load_digits, split
from nnmods.training import Trainer, kaiming

TRAIN, TEST = split(load_digits())
NORMALIZER = Normalizer("channel", dtype="float32").fit(TRAIN.x)
#: The optimiser, the samples in a batch (None: all), and the epochs.
SETTINGS = {
    "SGD with momentum": (lambda net: optim.SGD(net, momentum=0.9), 32, 15),
    "Adam": (optim.Adam, 32, 15),
    "AdamW": (optim.AdamW, 32, 15),
    "L-BFGS": (lambda net: optim.LBFGS(net), None, 3),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_accuracy(name):
    make, batch_size, epochs = SETTINGS[name]
    x = NORMALIZER.transform(TRAIN.x).reshape(len(TRAIN), -1)
    nn.manual_seed(0)
    net = kaiming(nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10)))
    trainer = Trainer(net, nn.CrossEntropyCriterion(), make(net.float()))
    trainer.fit(
        (x, TRAIN.target), epochs, batch_size=batch_size or len(x), rng=0, show=False
    )
    test = NORMALIZER.transform(TEST.x).reshape(len(TEST), -1)
    predicted = trainer.predict(test).argmax(axis=1)
    assert np.mean(predicted == TEST.target) >= 0.97
