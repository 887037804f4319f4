"""Lookups and sparse layers as files of Torch7 hold them, old ones too."""

import io

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted
from nnmods.interop.t7 import T7Error, load_t7, save_t7
from nnmods.interop.t7.registry import find_writer

W = np.arange(12.0).reshape(4, 3)


def saved(module):
    return find_writer(module).save(module)


def through(module):
    save_t7(module, file := io.BytesIO())
    file.seek(0)
    return load_t7(file)


def rows_with_gradient(module, x):
    module.zero_grad_params()
    x = np.array(x)
    y = module.forward(x)
    module.acc_grad_params(x, np.ones(y.shape))
    return module.grad_weight[:, 0].tolist()


def test_lookup_table():
    module = lifted("nn.LookupTable", 4, weight=W, gradWeight=2 * W, paddingValue=0)
    assert module(np.array([3, 0])).tolist() == [[9, 10, 11], [0, 1, 2]]
    assert module.grad_weight.tolist() == (2 * W).tolist()
    assert module.padding_value is None
    assert saved(module)["paddingValue"] == 0
    assert find_writer(module).version == 4


def test_the_padding_value_counts_from_one():
    module = lifted("nn.LookupTable", 4, weight=W, paddingValue=2)
    assert module.padding_value == 1
    assert rows_with_gradient(module, [0, 1, 1, 3]) == [1, 0, 0, 1]
    assert saved(module)["paddingValue"] == 2


def test_settings_of_a_lookup():
    module = lifted(
        "nn.LookupTable", weight=W, maxNorm=1.5, normType=1, shouldScaleGradByFreq=True
    )
    assert (module.max_norm, module.norm_type) == (1.5, 1)
    assert rows_with_gradient(module, [0, 0, 1, 3]) == [1, 1, 0, 1]
    written = saved(module)
    assert written["maxNorm"] == 1.5
    assert written["normType"] == 1
    assert written["shouldScaleGradByFreq"] is True


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4])
def test_older_lookups_have_no_settings(version):
    fields = {"inputs": [], "nBackward": 0, "accUpdate": False}
    module = lifted("nn.LookupTable", version, weight=W, **fields)
    assert repr(module) == "LookupTable(4, 3)"
    assert not module.should_scale_grad_by_freq
    assert module.grad_weight.shape == (4, 3)  # nil after accUpdateOnly


def test_a_lookup_that_masks():
    module = lifted("nn.LookupTableMaskZero", weight=W + 1, paddingValue=0)
    assert module.n_index == 3
    assert module(np.array([-1, 2])).tolist() == [[0, 0, 0], [10, 11, 12]]
    assert saved(module)["paddingValue"] == 0
    module = lifted("nn.LookupTableMaskZero", weight=W, paddingValue=2, maxNorm=9)
    assert rows_with_gradient(module, [-1, 0, 1]) == [1, 0, 1, 0]
    assert saved(module)["paddingValue"] == 2
    assert saved(module)["maxNorm"] == 9


def test_sparse_linear():
    fields = {"weight": W.T, "bias": np.ones(3), "weightDecay": 0.5}
    module = lifted("nn.SparseLinear", doGradInput=True, **fields)
    x, dC_dy = np.array([[3, 2.0], [0, 1.0]]), np.array([1.0, 0.0, 0.0])
    assert module.forward(x).tolist() == [19, 22, 25]
    assert module.backward(x, dC_dy)[0].tolist() == [[0, 0], [1, 3], [2, 6], [3, 9]]
    assert module.weight_decay == 0.5
    written = saved(module)
    assert written["weightDecay"] == 0.5
    assert written["sparseUpdate"] == 0
    assert written["gradInput"] == []
    assert not lifted("nn.SparseLinear", **fields).do_grad_input


def same_gradients(module, x):
    got = through(module)
    y = module.forward(x)
    np.testing.assert_array_equal(got.forward(x), y)
    dC_dy = np.cos(np.arange(y.size)).reshape(y.shape)
    for each in (module, got):
        each.zero_grad_params()
        each.acc_grad_params(x, dC_dy)
    for a, b in zip(got.parameters()[1], module.parameters()[1], strict=True):
        np.testing.assert_array_equal(a, b)
    return got


def test_a_sparse_linear_through_a_file():
    x = [np.array([[0, 2.0], [3, 1.0]]), np.array([[1, 5.0]])]
    got = same_gradients(nn.SparseLinear(4, 3, True, rng=0), x)
    assert got.do_grad_input


@pytest.mark.parametrize("normalize", [False, True])
def test_an_index_linear_through_a_file(normalize):
    module = nn.IndexLinear(4, 3, not normalize, 1, normalize=normalize).reset(0)
    x = [[np.array([2, -1]), np.array([1])], [np.array([2.0, 1.0]), np.array([5.0])]]
    got = same_gradients(module, x)
    assert got.keys_offset == 1
    assert got.do_grad_input is not normalize
    assert got.normalize == module.normalize


def test_index_linear():
    module = lifted(
        "nn.IndexLinear",
        weight=W,
        bias=np.ones(3),
        normalize=0,
        offset=-1,
        gradWeight=np.ones((4, 3)),  # of four keys, whichever
    )
    assert module.keys_offset == 0
    assert module([np.array([3]), np.array([2.0])]).tolist() == [19, 21, 23]
    assert not module.grad_weight.any()
    written = saved(module)
    assert written["offset"] == -1
    assert (written["inputSize"], written["outputSize"]) == (4, 3)
    assert written["running"]["counter"] == 1
    assert written["gradWeight"].size == 0
    assert written["gradBias"] is module.grad_bias
    other = saved(module)
    assert other["running"] is not written["running"]
    assert other["valuesBuffer"] is not written["gradWeightBuffer"]


def test_kmeans():
    module = lifted("nn.Kmeans", k=2, dim=1, weight=np.array([[0.0], [10.0]]), p=0.5)
    assert module(np.array([[1.0], [8.0]])).tolist() == [0, 1]
    assert (module.k, module.dim, module.scale, module.p) == (2, 1, None, 0.5)
    written = saved(module)
    assert (written["k"], written["dim"], written["loss"]) == (2, 1, 5)
    assert written["clusterSampleCount"].shape == (2,)
    assert "scale" not in written
    assert saved(nn.Kmeans(2, 1, 0.25, rng=0))["scale"] == 0.25
    assert lifted("nn.Kmeans", k=4, dim=3, weight=W, scale=2).p == 0.95


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("LookupTable", {}, "weight is missing"),
        ("LookupTable", {"weight": np.ones(4)}, r"weight has shape \(4,\)"),
        ("LookupTable", {"weight": np.ones((4, 3, 2))}, r"shape \(4, 3, 2\)"),
        ("LookupTable", {"weight": W, "paddingValue": 0.5}, "paddingValue is 0.5"),
        ("LookupTable", {"weight": W, "maxNorm": "1"}, "maxNorm is of type bytes"),
        ("LookupTable", {"weight": W, "normType": 0}, "norm_type is 0"),
        ("LookupTableMaskZero", {"weight": W[:1]}, "n_index is 0"),
        ("SparseLinear", {"weight": W}, "bias is missing"),
        ("SparseLinear", {"weight": W, "bias": np.ones(3)}, r"weight has shape"),
        ("IndexLinear", {"weight": W}, "bias is missing"),
        ("IndexLinear", {"weight": W, "bias": np.ones(4)}, "weight has shape"),
        ("IndexLinear", {"weight": W, "bias": np.ones(3), "normalize": 4}, "has shape"),
        ("IndexLinear", {"weight": W, "bias": np.ones(3), "normalize": 2}, "is 2"),
        ("Kmeans", {"k": 2, "dim": 2}, "weight is missing"),
        ("Kmeans", {"weight": W, "scale": 0}, "scale is 0"),
    ],
)
def test_nonsense_is_refused(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)
