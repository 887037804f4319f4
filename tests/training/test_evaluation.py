import re

import numpy as np
import pytest

from nnmods.containers import Sequential
from nnmods.training import ConfusionMatrix, evaluate, evaluating
from training.toys import LackOfScore, MeanSquare, Modal, weighing

SCORES = np.array([[1.0, 0.0], [0.5, 0.0], [0.0, 0.25]])
TARGET = np.array([0, 1, 1])  # costs 0, 1, 0.75; the second is wrong


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_mean_over_samples_whatever_the_batches(batch_size):
    net = Modal()
    cost, accuracy = evaluate(net, LackOfScore(), SCORES, TARGET, batch_size)
    assert cost == 1.75 / 3
    assert accuracy == 2 / 3
    assert max(net.sizes) == min(batch_size, 3) and sum(net.sizes) == 3


def test_no_classes_no_accuracy():
    x, target = np.array([[1.0], [2.0]]), np.array([[0.0], [0.0]])
    assert evaluate(weighing(3.0), MeanSquare(), x, target, 1) == (22.5, None)


def test_confusion_counts_the_predictions():
    confusion = ConfusionMatrix(2)
    evaluate(Modal(), LackOfScore(), SCORES, TARGET, 2, confusion)
    assert confusion.counts.tolist() == [[1, 0], [1, 1]]


def test_each_module_gets_its_mode_back():
    net = Sequential(Modal(), Modal())
    net[1].train = False
    evaluate(net, LackOfScore(), SCORES, TARGET)
    assert (net.train, net[0].train, net[1].train) == (True, True, False)


def test_modes_come_back_after_an_error():
    net = Modal()
    with pytest.raises(KeyboardInterrupt), evaluating(net):
        assert not net.train
        raise KeyboardInterrupt
    assert net.train


@pytest.mark.parametrize(
    "x, target, batch_size, text",
    [
        (SCORES[:0], TARGET[:0], 1, "x has 0 samples, expected at least one"),
        (SCORES, TARGET[:2], 1, "target has 2 samples, expected 3 as in x"),
        (SCORES, TARGET, 0, "batch_size has value 0, expected at least 1"),
    ],
)
def test_errors(x, target, batch_size, text):
    with pytest.raises(ValueError, match=re.escape(f"evaluate: {text}")):
        evaluate(Modal(), LackOfScore(), x, target, batch_size)
