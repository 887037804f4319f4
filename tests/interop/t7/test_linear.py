"""Linear maps as files of Torch7 hold them."""

import io

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, longs, raw
from nnmods.interop.t7 import T7Error, load_t7, save_t7
from nnmods.interop.t7.registry import find_writer

W = np.array([[1.0, 10.0], [100.0, 1000.0], [0.0, 1.0]])
B = np.array([1.0, 2.0, 3.0])
X = np.array([[3.0, 4.0]])


def saved(module):
    return find_writer(module).save(module)


def through(module):
    save_t7(module, file := io.BytesIO())
    file.seek(0)
    return load_t7(file)


def test_linear():
    grad = np.arange(6.0).reshape(3, 2)
    module = lifted("nn.Linear", weight=W, bias=B, gradWeight=grad, gradBias=B)
    assert module(X).tolist() == [[44, 4302, 7]]
    assert module.grad_weight.tolist() == grad.tolist()
    assert module.grad_bias.tolist() == B.tolist()
    assert saved(module)["weight"] is module.weight


@pytest.mark.parametrize("name", ["Linear", "LinearNoBias", "LinearNB"])
def test_without_a_bias(name):
    module = lifted(f"nn.{name}", weight=W)
    assert module(X).tolist() == [[43, 4300, 4]]
    assert module.bias is None
    assert module.grad_weight.tolist() == np.zeros((3, 2)).tolist()
    assert "bias" not in saved(module)
    assert "gradBias" not in saved(module)


def test_precision():
    for dtype, wanted in (("f2", "f4"), ("f4", "f4"), ("f8", "f8")):
        module = lifted("nn.Linear", weight=W.astype(dtype), bias=B.astype(dtype))
        assert module.dtype == module.weight.dtype == module.bias.dtype == wanted
        assert module.grad_weight.dtype == wanted


def test_lengths_and_directions():
    v, g = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[10.0], [1.0]])
    module = lifted("nn.LinearWeightNorm", v=v, g=g, bias=np.array([0.0, 1.0]))
    assert module.eps == 1e-16
    assert module(np.eye(2)).tolist() == [[6, 1], [8, 2]]
    written = saved(module.evaluate())
    assert written["weight"].tolist() == [[6, 8], [0, 1]]
    assert written["norm"].tolist() == [[5], [2]]
    assert written["scale"].tolist() == [[2], [0.5]]
    assert (written["inputSize"], written["outputSize"]) == (2, 2)
    assert "gradWeight" not in written
    assert lifted("nn.LinearWeightNorm", v=v, g=g, eps=3).eps == 3


def test_a_bilinear_form():
    weight = np.array([[[1.0, 10.0]], [[100.0, 1000.0]]])
    module = lifted("nn.Bilinear", weight=weight, bias=np.array([0.0, 1.0]))
    y = module([np.array([[2.0]]), np.array([[3.0, 4.0]])])
    assert y.tolist() == [[86, 8601]]
    first, second = saved(module)["gradInput"]
    assert first is not second


def maxout_modules(*preprocess, sizes=(2, 2), rows=4):
    weight = np.array([[1.0], [2.0], [-1.0], [-3.0]])[:rows]
    return [
        raw("nn.Linear", weight=weight, bias=np.zeros(rows)),
        raw("nn.View", size=longs(*sizes), numInputDims=1),
        *preprocess,
        raw("nn.Max", dimension=1, nInputDims=2),
    ]


def test_maxout():
    module = lifted("nn.Maxout", modules=maxout_modules(), _type="torch.DoubleTensor")
    assert type(module) is nn.Maxout
    assert (module.max_number, module.out_features) == (2, 2)
    assert module(np.array([[2.0], [-2.0]])).tolist() == [[2, 4], [2, 6]]
    module = lifted("nn.Maxout", modules=maxout_modules(raw("nn.Abs")))
    assert type(module.preprocess) is nn.Abs
    assert module(np.array([2.0])).tolist() == [2, 6]


def test_maxout_is_written_as_the_sequential_that_it_is():
    module = nn.Maxout(4, 3, 2, nn.Tanh(), rng=0).evaluate()
    inside, x = nn.Sequential(*saved(module)["modules"]), np.ones((5, 4))
    np.testing.assert_array_equal(inside(x), module(x))
    assert inside.modules[0].weight is module.linear.weight
    assert inside.modules[0].grad_bias is module.linear.grad_bias
    assert not any(part.train for part in inside.list_modules()[1:])


def test_a_maxout_that_its_parameters_were_flattened_in():
    module = nn.Maxout(4, 3, 2, rng=0)
    w, _ = module.flatten_parameters()
    got = through(module)
    np.testing.assert_array_equal(got.flatten_parameters()[0], w)


@pytest.mark.parametrize(
    "modules, message",
    [
        ([], r"modules has \[\]"),
        (maxout_modules()[:2], r"modules has \['Linear', 'View'\]"),
        (maxout_modules()[::-1], r"modules has \['Max', 'View', 'Linear'\]"),
        (maxout_modules(sizes=(2, 2**40)), "the View has sizes"),
        (maxout_modules(sizes=(4,)), "modules has"),
        (maxout_modules(rows=3), "the View has sizes"),
        ([1, 2, 3], "modules has"),
    ],
)
def test_no_maxout(modules, message):
    with pytest.raises(T7Error, match=message):
        lifted("nn.Maxout", modules=modules)


def partial_fields(**fields):
    rows = raw("nn.LookupTable", 4, weight=W, gradWeight=2 * W)
    both = raw("nn.ParallelTable", modules=[raw("nn.Identity"), rows])
    product = raw("nn.MM", transA=False, transB=True)
    network = raw("nn.Sequential", modules=[both, product])
    return {"network": network, "inputsize": 2, "outputsize": 3} | fields


def test_a_linear_map_of_which_some_outputs_are_computed():
    numbers = np.arange(1.0, 4.0)
    fields = partial_fields(bias=B[None], gradBias=2 * B[None], allcolumns=numbers)
    module = lifted("nn.PartialLinear", partition=numbers, **fields)
    assert module.partition is None
    assert module(X).tolist() == [[44, 4302, 7]]
    assert module.grad_weight.tolist() == (2 * W).tolist()
    assert module.grad_bias.tolist() == (2 * B).tolist()
    module = lifted("nn.PartialLinear", partition=np.array([3.0, 1.0]), **fields)
    assert module.partition.tolist() == [2, 0]
    assert module(X).tolist() == [[7, 44]]
    assert lifted("nn.PartialLinear", **partial_fields()).bias is None


def test_partial_linear_is_written_with_its_network():
    module = nn.PartialLinear(2, 3, rng=0).set_partition([2, 0])
    module.bias[...] = B
    written = saved(module)
    inner = written["network"].find_modules(nn.LookupTable)[0]
    assert inner.weight is module.weight
    assert inner.grad_weight is module.grad_weight
    y = written["network"]([X, np.array([2, 0])])
    np.testing.assert_array_equal(y + module.bias[[2, 0]], module(X))
    assert written["bias"].tolist() == [B.tolist()]
    assert written["partition"].tolist() == [3, 1]
    assert written["allcolumns"].tolist() == [1, 2, 3]
    written = saved(module.reset_partition())
    assert written["partition"] is written["allcolumns"]
    network = saved(module.float().evaluate())["network"]
    parts = network.list_modules()
    assert len(parts) == 5
    assert all(part.dtype == np.float32 and not part.train for part in parts)


def test_partial_linear_keeps_its_memory_together():
    module = through(nn.PartialLinear(2, 3, rng=0))
    w, _ = module.flatten_parameters()
    assert w.size == 9
    assert len(module.parameters()[0]) == 2


@pytest.mark.parametrize(
    "fields, message",
    [
        (partial_fields(network=None), "network is missing"),
        (partial_fields(network=1.0), "network has 0 modules LookupTable"),
        (partial_fields(network=raw("nn.Sequential")), "network has 0 modules"),
        (partial_fields(bias=np.zeros((1, 2))), r"bias has shape \(1, 2\)"),
        (partial_fields(partition=np.array([4.0])), "index 3.0 at 0"),
        (partial_fields(partition=np.array([np.nan])), "index nan at 0"),
        (partial_fields(partition=np.ones((1, 1))), "indices"),
    ],
)
def test_no_partial_linear(fields, message):
    with pytest.raises(T7Error, match=message):
        lifted("nn.PartialLinear", **fields)


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("Linear", {}, "weight is missing"),
        ("Linear", {"weight": np.ones(3)}, r"weight has shape \(3,\)"),
        ("Linear", {"weight": W, "bias": np.ones(2)}, r"bias has shape \(2,\)"),
        ("Linear", {"weight": W, "bias": 1}, "bias is of type float"),
        ("LinearNoBias", {"weight": "w"}, "weight is of type bytes"),
        ("LinearWeightNorm", {"v": W}, "g is missing"),
        ("LinearWeightNorm", {"v": W, "g": np.ones((2, 1))}, r"v has shape \(3, 2\)"),
        ("LinearWeightNorm", {"v": W, "g": np.ones((3, 1)), "eps": "0"}, "eps is of"),
        ("Bilinear", {"weight": W}, r"weight has shape \(3, 2\)"),
    ],
)
def test_nonsense_is_refused(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)
