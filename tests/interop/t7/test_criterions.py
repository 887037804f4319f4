"""Criterions of Torch7: what its files say of them, from any year."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.values import TorchStorage
from nnmods.testing.compare import ROUNDING

WEIGHTS = np.array([0.5, 2.0, 1.0])
MSE, ABS = raw("nn.MSECriterion", sizeAverage=True), raw("nn.AbsCriterion")
Y, TARGET = np.array([[1.0, 3.0], [2.0, 5.0]]), np.array([[0.0, 5.0], [2.0, 4.0]])
LOGS = np.log([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])


def doubles(*numbers):
    return np.array(numbers, float).view(TorchStorage)


def written(module):
    return dict(Lowering().lower(module).content.pairs())


@pytest.mark.parametrize(
    "name, fields, wanted",
    [
        ("MSECriterion", {"sizeAverage": False}, "MSECriterion(size_average=False)"),
        ("AbsCriterion", {}, "AbsCriterion()"),
        ("SmoothL1Criterion", {"sizeAverage": True}, "SmoothL1Criterion()"),
        ("SpatialAutoCropMSECriterion", {}, "SpatialAutoCropMSECriterion()"),
        (
            "WeightedMSECriterion",
            {"weight": WEIGHTS},
            "WeightedMSECriterion([0.5, 2.0, 1.0])",
        ),
        ("L1Cost", {}, "L1Cost()"),
        ("BCECriterion", {"weights": WEIGHTS}, "BCECriterion(weights=[0.5, 2.0, 1.0])"),
        ("DistKLDivCriterion", {}, "DistKLDivCriterion()"),
        ("DistanceRatioCriterion", {}, "DistanceRatioCriterion()"),
        ("ClassNLLCriterion", {"ignoreIndex": -100}, "ClassNLLCriterion()"),
        ("ClassNLLCriterion", {"ignoreIndex": 3}, "ClassNLLCriterion(ignore_index=2)"),
        ("ClassNLLCriterion", {"ignoreIndex": 0}, "ClassNLLCriterion(ignore_index=-1)"),
        ("ClassNLLCriterion", {"weights": np.empty(0)}, "ClassNLLCriterion()"),
        (
            "SpatialClassNLLCriterion",
            {"weights": WEIGHTS},
            "SpatialClassNLLCriterion(weights=[0.5, 2.0, 1.0])",
        ),
        ("MarginCriterion", {"margin": 0.5}, "MarginCriterion(margin=0.5)"),
        ("SoftMarginCriterion", {}, "SoftMarginCriterion()"),
        (
            "HingeEmbeddingCriterion",
            {"margin": 2, "sizeAverage": False},
            "HingeEmbeddingCriterion(margin=2, size_average=False)",
        ),
        ("HingeEmbeddingCriterion", {"margin": 1}, "HingeEmbeddingCriterion()"),
        (
            "L1HingeEmbeddingCriterion",
            {"margin": 2},
            "L1HingeEmbeddingCriterion(margin=2)",
        ),
        (
            "CosineEmbeddingCriterion",
            {"margin": 0.5},
            "CosineEmbeddingCriterion(margin=0.5, size_average=False)",
        ),
        (
            "MarginRankingCriterion",
            {"margin": 1},
            "MarginRankingCriterion(size_average=False)",
        ),
        (
            "MarginRankingCriterion",
            {"margin": 1, "sizeAverage": True},
            "MarginRankingCriterion()",
        ),
        ("MultiMarginCriterion", {}, "MultiMarginCriterion()"),
        (
            "MultiMarginCriterion",
            {"p": 2, "margin": 0.5, "weights": WEIGHTS},
            "MultiMarginCriterion(p=2, weights=[0.5, 2.0, 1.0], margin=0.5)",
        ),
        ("MultiLabelMarginCriterion", {}, "MultiLabelMarginCriterion()"),
        ("MultiLabelSoftMarginCriterion", {}, "MultiLabelSoftMarginCriterion()"),
        ("BinaryLogisticRegression", {}, "BinaryLogisticRegression()"),
        ("SpatialBinaryLogisticRegression", {}, "SpatialBinaryLogisticRegression()"),
    ],
)
def test_fields_become_arguments(name, fields, wanted):
    assert repr(lifted(f"nn.{name}", **fields)) == wanted


def test_weights_count_and_a_label_is_ignored():
    nll = lifted("nn.ClassNLLCriterion", weights=WEIGHTS, ignoreIndex=1)
    target = np.array([0, 2])
    assert nll(LOGS, target) == -np.log(0.75)
    nll = lifted("nn.ClassNLLCriterion", weights=WEIGHTS)
    wanted = -(0.5 * np.log(0.5) + np.log(0.75)) / 1.5
    np.testing.assert_allclose(nll(LOGS, target), wanted, ROUNDING)


@pytest.mark.parametrize(
    "fields",
    [
        {"gradInput": np.empty(0, np.float32)},
        {"gradInput": [np.empty(0, np.float32)] * 2},
        {"weights": WEIGHTS.astype(np.float32)},
        {"gradInput": np.empty(0), "_type": "torch.FloatTensor"},
    ],
)
def test_the_dtype_is_that_of_its_tensors(fields):
    criterion = lifted("nn.BCECriterion", **fields)
    assert criterion.dtype == np.float32
    if criterion.weights is not None:
        assert criterion.weights.dtype == np.float32


def test_weights_have_the_dtype_of_the_criterion():
    for dtype in (np.float64, np.float32):
        nll = lifted("nn.ClassNLLCriterion", weights=WEIGHTS.astype(dtype))
        assert nll.weights.dtype == nll.dtype == dtype


class TestCrossEntropy:
    def lifted(self, nll, **fields):
        nll = raw("nn.ClassNLLCriterion", **nll)
        return lifted(
            "nn.CrossEntropyCriterion", nll=nll, lsm=raw("nn.LogSoftMax"), **fields
        )

    @pytest.mark.parametrize(
        "nll, fields, wanted",
        [
            ({}, {}, ""),
            ({"sizeAverage": False}, {}, "size_average=False"),  # the first versions
            (
                {"sizeAverage": False},
                {"sizeAverage": True, "oldSizeAverage": True},
                "size_average=False",
            ),
            (
                {"sizeAverage": True},
                {"sizeAverage": False, "oldSizeAverage": True},
                "size_average=False",
            ),
            ({"weights": WEIGHTS}, {}, "weights=[0.5, 2.0, 1.0]"),
            ({"ignoreIndex": 2}, {}, "ignore_index=1"),
        ],
    )
    def test_its_settings_are_those_of_its_likelihood(self, nll, fields, wanted):
        wanted = f"CrossEntropyCriterion({wanted})"
        assert repr(self.lifted(nll, **fields)) == wanted

    def test_it_is_written_with_its_parts(self):
        fields = written(nn.CrossEntropyCriterion(WEIGHTS, False, 1).float())
        nll = dict(fields[b"nll"].content.pairs())
        assert fields[b"lsm"].name == "nn.LogSoftMax"
        assert fields[b"sizeAverage"] is fields[b"oldSizeAverage"] is False
        assert (nll[b"sizeAverage"], nll[b"ignoreIndex"]) == (False, 2.0)
        assert nll[b"weights"].dtype == np.float32

    def test_smoothing_is_refused(self):
        with pytest.raises(ValueError, match="label_smoothing is 0.5, expected 0"):
            Lowering().lower(nn.CrossEntropyCriterion(label_smoothing=0.5))


@pytest.mark.parametrize("likelihood", ["SpatialClassNLL", "ClassNLL"])
def test_cudnn_has_a_spatial_cross_entropy(likelihood):
    criterion = lifted(
        "cudnn.SpatialCrossEntropyCriterion",
        nll=raw(f"nn.{likelihood}Criterion", weights=WEIGHTS, sizeAverage=False),
        sizeAverage=True,
    )
    y, target = LOGS.T[None, :, :, None], np.array([[[0], [2]]])  # (N, C, H, W)
    wanted = -(0.5 * np.log(0.5) + np.log(0.75)) / 1.5
    np.testing.assert_allclose(criterion(y, target), wanted, ROUNDING)


class TestSums:
    def test_weights_are_a_storage(self):
        sums = lifted(
            "nn.MultiCriterion", criterions=[MSE, ABS], weights=doubles(2, 0.5)
        )
        assert sums(Y, TARGET) == 2 * (6 / 4) + 0.5 * (4 / 4)

    def test_weights_are_a_table(self):
        sums = lifted("nn.ParallelCriterion", criterions=[MSE, ABS], weights=[1, 3])
        assert sums([Y, Y], [TARGET, TARGET]) == 6 / 4 + 3 * (4 / 4)
        sums = lifted(
            "nn.ParallelCriterion", criterions=[ABS], weights=[1], repeatTarget=True
        )
        assert sums([Y], TARGET) == 4 / 4

    def test_one_criterion_at_two_places(self):
        sums = lifted("nn.MultiCriterion", criterions=[MSE, MSE], weights=doubles(1, 1))
        assert sums(Y, TARGET) == 2 * (6 / 4)

    def test_they_are_written_so(self):
        fields = written(nn.MultiCriterion().add(nn.MSECriterion(), 2))
        assert fields[b"weights"].array.tolist() == [2.0]
        fields = written(nn.ParallelCriterion().add(nn.MSECriterion(), 2))
        assert fields[b"weights"].items == [1.0, 2.0]
        assert not fields[b"gradInput"].items


def test_modules_before_a_criterion():
    criterion = lifted(
        "nn.ModuleCriterion",
        criterion=ABS,
        inputModule=raw("nn.Square"),
        targetModule=raw("nn.Identity"),
    )
    assert criterion(Y, TARGET) == (1 + 4 + 2 + 21) / 4
    assert lifted("nn.ModuleCriterion", criterion=ABS)(Y, TARGET) == 4 / 4


def test_the_simplex_comes_from_the_file():
    simplex = np.eye(2)
    criterion = lifted("nn.ClassSimplexCriterion", simplex=simplex, sizeAverage=False)
    assert criterion(np.array([0.0, 0.0]), 1) == 1
    np.testing.assert_array_equal(criterion.simplex, simplex)


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("MSECriterion", {"sizeAverage": 1}, "sizeAverage is of type float"),
        ("WeightedMSECriterion", {}, "weight is missing, expected a tensor"),
        ("BCECriterion", {"weights": [1, 2]}, "weights is of type Table"),
        ("ClassNLLCriterion", {"weights": np.ones((2, 2))}, "weights has 2 axes"),
        ("ClassNLLCriterion", {"ignoreIndex": 0.5}, "ignoreIndex is 0.5"),
        ("ClassSimplexCriterion", {"nClasses": 2**40}, "simplex is missing"),
        ("ClassSimplexCriterion", {"simplex": np.ones((3, 2))}, "simplex has shape"),
        ("MarginCriterion", {"margin": "x"}, "margin is of type bytes"),
        ("MultiMarginCriterion", {"p": 3}, "p is 3, expected 1 or 2"),
        ("CrossEntropyCriterion", {}, "nll is missing, expected a module"),
        ("CrossEntropyCriterion", {"nll": ABS}, "CrossEntropyCriterion"),
        ("MultiCriterion", {"weights": doubles(1)}, "criterions is no list"),
        ("MultiCriterion", {"criterions": [ABS]}, "weights is missing"),
        (
            "MultiCriterion",
            {"criterions": [ABS], "weights": doubles(1, 2)},
            "weights has 2 entries, expected 1",
        ),
        (
            "ParallelCriterion",
            {"criterions": [raw("nn.Tanh")], "weights": [1]},
            "criterion has type Tanh, expected a Criterion",
        ),
        (
            "ParallelCriterion",
            {"criterions": [raw("my.Cost")], "weights": [1]},
            "my.Cost, which is not known",
        ),
        ("ModuleCriterion", {"inputModule": raw("nn.Tanh")}, "criterion is missing"),
    ],
)
def test_nonsense(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)


@pytest.mark.parametrize(
    "criterion, fields",
    [
        (nn.MSECriterion(False), {"sizeAverage": False}),
        (nn.ClassNLLCriterion(ignore_index=2), {"ignoreIndex": 3}),
        (nn.ClassNLLCriterion(ignore_index=-1), {"ignoreIndex": 0}),
        (nn.ClassNLLCriterion(), {"ignoreIndex": -100, "output": 0}),
        (nn.MultiMarginCriterion(2, None, 0.5), {"p": 2, "margin": 0.5}),
        (nn.ClassSimplexCriterion(3), {"nClasses": 3}),
        (nn.ParallelCriterion(True), {"repeatTarget": True}),
    ],
    ids=repr,
)
def test_fields_are_written_as_torch7_has_them(criterion, fields):
    found = written(criterion)
    assert {name: found[name.encode()] for name in fields} == fields
    assert b"weights" not in found or type(criterion) is nn.ParallelCriterion


@pytest.mark.parametrize(
    "n, cost", [(1, nn.MarginRankingCriterion()), (0, nn.L1HingeEmbeddingCriterion())]
)
def test_gradients_of_two_inputs_are_two_tensors(n, cost):
    one, other = written(cost)[b"gradInput"].items[1::2]
    assert one is not other
    assert [one.shape, other.shape] == [(n,) if n else ()] * 2


@pytest.mark.parametrize(
    "criterion, message",
    [
        (nn.BCECriterion(np.ones((2, 3))), "weights have 2 axes, expected 1"),
        (nn.SpatialClassNLLCriterion(ignore_index=1), "ignore_index is 1, expected"),
    ],
    ids=["weights", "ignored"],
)
def test_what_torch7_has_not_is_refused(criterion, message):
    with pytest.raises(ValueError, match=message):
        Lowering().lower(criterion)
