"""The confusion matrix counts as Torch7's does."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from nnmods.training import ConfusionMatrix
from torch7.golden import cases

(CASE,) = (case for case in cases() if case.kind == "confusion")
TARGET = CASE.array("target").astype(int) - 1
COMPARED = {
    "totalValid": "accuracy",
    "valids": "recall",
    "averageValid": "balanced_accuracy",
    "unionvalids": "iou",
    "averageUnionValid": "mean_iou",
}


@pytest.fixture
def confusion():
    confusion = ConfusionMatrix(["a", "b", "c"])
    confusion.add(TARGET, CASE.array("pred"))
    return confusion


def test_counts(confusion):
    assert_array_equal(confusion.counts, CASE.array("mat"))


def test_counts_of_single_samples(confusion):
    singly = ConfusionMatrix(3)
    for target, scores in zip(TARGET, CASE.array("pred"), strict=True):
        singly.add(target, scores)
    assert_array_equal(singly.counts, confusion.counts)


@pytest.mark.parametrize("recorded, ours", COMPARED.items())
def test_rates(confusion, recorded, ours):
    got, wanted = getattr(confusion, ours), CASE.array(recorded)
    if (
        ours != "accuracy"
    ):  # float32 there, and so are the rates that means are taken of
        got, wanted = np.float32(got), np.float32(wanted)
    assert_array_equal(got, wanted)


def test_everything_recorded_is_compared():
    assert set(CASE.names("")) == {"pred", "target", "mat", *COMPARED}


def test_text_has_the_same_shares(confusion):
    recorded = CASE.entry["tostring"].split(" + average rowUcol")[0]
    recorded += CASE.entry["tostring"].split("VOC")[1].split("\n")[1]
    shares = [float(share) for share in re.findall(r"([\d.]+)%", recorded)]
    shown = [float(share) for share in re.findall(r"([\d.]+) %", str(confusion))]
    assert shown == [round(share, 1) for share in shares]
