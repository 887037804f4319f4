"""Containers and decorators of Torch7: what its files say of them, from any year."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, longs, raw
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering
from nnmods.testing.compare import ROUNDING

W, V = (
    np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 5.0]]),
    np.array([[3.0, 4.0], [0.0, 2.0]]),
)
X = np.array([[1.0, -1.0], [2.0, 0.5]])
TANH, COPY = raw("nn.Tanh"), raw("nn.Identity")


def linear(weight=None):
    """Return a Linear without bias, in a file."""
    return raw("nn.Linear", weight=weight)


def written(module):
    raw = Lowering().lower(module)
    return dict(raw.content.pairs())


@pytest.mark.parametrize(
    "name, fields, y",
    [
        ("Sequential", {"modules": [linear(W), COPY]}, X @ W.T),
        ("Sequential", {}, X),
        ("Sequential", {"modules": []}, X),
        ("Concat", {"dimension": 2, "modules": [linear(W), COPY]}, [X @ W.T, X]),
        ("DepthConcat", {"dimension": 1, "modules": [COPY]}, X),
        ("ConcatTable", {"modules": [COPY, linear(V)]}, [X, X @ V.T]),
        ("Decorator", {"modules": [linear(W)]}, X @ W.T),
        ("Bottle", {"modules": [linear(W)]}, X @ W.T),
        ("NaN", {"modules": [linear(W)]}, X @ W.T),
        ("Profile", {"modules": [linear(W)]}, X @ W.T),
        ("GPU", {"modules": [linear(W)], "device": 2}, X @ W.T),
        ("DontCast", {"modules": [linear(W)]}, X @ W.T),
        (
            "Serial",
            {"modules": [linear(W)], "tensortype": "torch.FloatTensor"},
            X @ W.T,
        ),
    ],
)
def test_what_is_computed(name, fields, y):
    module = lifted(f"nn.{name}", **fields)
    assert type(module).__name__ == name
    got = module(X)
    if name == "ConcatTable":
        np.testing.assert_array_equal(got[0], y[0])
        got, y = got[1], y[1]
    np.testing.assert_array_equal(got, np.concatenate(y, 1) if type(y) is list else y)


def test_a_parallel_table_and_a_parallel():
    module = lifted("nn.ParallelTable", modules=[COPY, linear(W)])
    np.testing.assert_array_equal(module([X, X])[1], X @ W.T)
    module = lifted(
        "nn.Parallel", inputDimension=1, outputDimension=1, modules=[COPY, linear(W)]
    )
    np.testing.assert_array_equal(module(X), [*X[0], *(W @ X[1])])


@pytest.mark.parametrize(
    "name, fields, wanted",
    [
        ("Bottle", {"nInputDim": 3}, "Bottle(3,"),
        ("Bottle", {"nInputDim": 3, "nOutputDim": 2}, "Bottle(3, 2,"),
        ("NaN", {"id": 7}, "NaN(7,"),
        ("NaN", {"id": "encoder"}, "NaN(encoder,"),
        ("Profile", {"print_interval": 5, "name": "t"}, "Profile(5, name='t',"),
        ("GPU", {"device": 1, "outdevice": 3}, "GPU(1, 3,"),
        ("DontCast", {"castin": True, "castout": True}, "DontCast(cast_input=True,"),
        ("DontCast", {"castout": True}, "DontCast(cast_output=True,"),
        ("Serial", {}, "Serial("),
        ("Serial", {"tensortype": "torch.CudaTensor"}, "Serial('float32',"),
    ],
)
def test_settings_of_decorators(name, fields, wanted):
    module = lifted(f"nn.{name}", modules=[TANH], **fields)
    assert repr(module) == f"{wanted}\n  (0): Tanh()\n)"


def test_each_part_keeps_its_mode():
    inner = raw("nn.Dropout", p=0.5, train=False)
    module = lifted("nn.Sequential", modules=[inner, TANH])
    assert [part.train for part in module.list_modules()] == [True, False, True]


def test_what_stands_at_two_places_shares_its_parameters():
    once = linear(W)
    module = lifted("nn.Sequential", modules=[linear(V), once, raw("nn.Tanh"), once])
    assert module[1] is not module[3]
    assert np.shares_memory(module[1].weight, module[3].weight)
    assert len(module.parameters()[0]) == 2


def test_a_dont_cast_has_the_dtype_of_its_results():
    module = lifted(
        "nn.DontCast",
        modules=[linear(W)],
        castin=True,
        castout=True,
        moduleType="torch.DoubleTensor",
        output=np.empty(0, np.float32),
        _type="torch.DoubleTensor",
    )
    assert module.dtype == np.float32 == module(X).dtype
    assert written(module)[b"moduleType"] == b"torch.DoubleTensor"


class TestMapTable:
    def test_it_shares_its_module(self):
        one = linear(W)
        module = lifted("nn.MapTable", module=one, modules=[one], shared=True)
        assert module.shared and len(module) == 1
        np.testing.assert_array_equal(module([X, X])[1], X @ W.T)

    def test_old_versions_list_what_they_share(self):
        one = linear(W)
        shared = ["weight", "bias"]
        assert lifted("nn.MapTable", module=one, modules=[one], shared=shared).shared
        assert not lifted("nn.MapTable", module=one, modules=[one], shared=[]).shared

    def test_copies_of_their_own(self):
        one, other = linear(W), linear(2 * W)
        module = lifted("nn.MapTable", module=one, modules=[one, other], shared=False)
        np.testing.assert_array_equal(module([X, X])[1], X @ (2 * W).T)
        assert len(module) == 2

    def test_one_that_was_resized_to_nothing(self):
        module = lifted("nn.MapTable", module=linear(W), modules=[])
        np.testing.assert_array_equal(module([X])[0], X @ W.T)

    def test_its_module_may_be_empty(self):
        module = lifted("nn.MapTable", module=raw("nn.Sequential"), modules=[])
        assert module([X])[0].tolist() == X.tolist()
        assert len(lifted("nn.MapTable", modules=[])) == 0

    def test_its_module_is_written_once(self):
        fields = written(nn.MapTable(nn.Linear(2, 3)))
        assert fields[b"modules"].items == [1.0, fields[b"module"]]


class TestWeightNorm:
    G = np.array([[10.0], [4.0]])
    WEIGHT = G / np.sqrt([[25 + 1e-4], [4 + 1e-4]]) * V

    def fields(self, inner, **others):
        return {"modules": [inner], "v": V, "g": self.G, **others}

    def test_the_weight_follows_from_g_and_v(self):
        bias = np.array([0.5, -1.0])
        inner = raw("nn.Linear", bias=bias, gradBias=0 * bias)
        sizes = {"outputDim": 1, "weightSize": longs(2, 2), "viewOut": longs(2, 2)}
        module = lifted("nn.WeightNorm", **self.fields(inner, **sizes))
        np.testing.assert_array_equal(module.modules[0].weight, self.WEIGHT)
        np.testing.assert_array_equal(module(X), X @ self.WEIGHT.T + bias)
        assert [path for path, _, _ in module.named_parameters()] == [
            "v",
            "g",
            "0.bias",
        ]

    def test_g_may_be_a_vector(self):
        fields = self.fields(linear(), weightSize=longs(2, 2)) | {"g": self.G[:, 0]}
        module = lifted("nn.WeightNorm", **fields)
        np.testing.assert_array_equal(module(X), X @ self.WEIGHT.T)

    def test_outputs_along_another_axis(self):
        v, g = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 1.0]]), np.ones((2, 1))
        shown = {"modules": [linear()], "v": v, "g": g, "outputDim": 2}
        wanted = (v / np.sqrt([[25 + 1e-4], [1 + 1e-4]])).T  # (3 outputs, 2 inputs)
        for sizes in ({"weightSize": longs(3, 2)}, {"viewOut": longs(2, 3)}):
            module = lifted("nn.WeightNorm", **shown, **sizes)
            np.testing.assert_array_equal(module(X), X @ wanted.T)

    def test_the_first_versions_have_the_weight(self):
        fields = self.fields(linear(W[:2]), weight=W[:2], gradV=V, gradG=self.G)
        module = lifted("nn.WeightNorm", **fields)
        np.testing.assert_array_equal(module(X), X @ self.WEIGHT.T)
        np.testing.assert_array_equal(module.grad_v, V)

    def test_around_a_convolution_whose_weight_is_a_matrix(self):
        settings = dict.fromkeys(("kW", "kH", "dW", "dH"), 1)
        settings |= {"nInputPlane": 2, "nOutputPlane": 2}
        inner = raw("nn.SpatialConvolutionMM", **settings)
        fields = self.fields(inner, weightSize=longs(2, 2))
        image = X.T[:, :, None]  # (2 channels, 2, 1)
        y = lifted("nn.WeightNorm", **fields)(image)
        np.testing.assert_allclose(y[:, :, 0].T, X @ self.WEIGHT.T, ROUNDING)

    def test_what_is_left_in_a_gradient_is_none(self):
        fields = self.fields(linear(), weightSize=longs(2, 2), gradV=V, gradG=self.G)
        module = lifted("nn.WeightNorm", **fields)
        assert not module.grad_v.any() and not module.grad_g.any()

    def test_loading_draws_no_numbers(self):
        nn.manual_seed(3)
        before = nn.Linear(2, 2).weight
        nn.manual_seed(3)
        lifted("nn.WeightNorm", **self.fields(linear(), weightSize=longs(2, 2)))
        np.testing.assert_array_equal(nn.Linear(2, 2).weight, before)

    def test_all_that_torch7_needs_is_written(self):
        module = nn.WeightNorm(nn.SpatialConvolution(2, 3, 2, 2), 1)
        fields = written(module)
        inner = dict(fields[b"modules"].items[1].content.pairs())
        for name in (b"weight", b"gradWeight", b"bias", b"gradBias"):
            assert fields[name] is inner[name]
        sizes = {name: fields[name].array.tolist() for name in (b"viewIn", b"viewOut")}
        assert sizes == {b"viewIn": [2, 12], b"viewOut": [2, 3, 2, 2]}
        assert fields[b"weightSize"].array.tolist() == [3, 2, 2, 2]
        assert fields[b"outputDim"] == 2

    @pytest.mark.parametrize(
        "inner, axis",
        [(nn.PartialLinear(4, 3), 0), (nn.SpatialDepthWiseConvolution(2, 3, 2, 2), 1)],
        ids=["no weight", "a matrix"],
    )
    def test_a_weight_that_is_another_in_torch7_is_refused(self, inner, axis):
        with pytest.raises(ValueError, match=f"output_dim {axis}, expected one with a"):
            Lowering().lower(nn.WeightNorm(inner, axis))

    @pytest.mark.parametrize(
        "changed, message",
        [
            ({"modules": []}, "module is missing|modules is missing"),
            ({"v": None}, "v is missing"),
            ({"g": V}, "g has shape"),
            ({"weightSize": longs(2**40, 2**40)}, "the size of its weight is"),
            ({"weightSize": longs(-2, -2)}, "the size of its weight is"),
            ({"weightSize": None}, "viewOut is missing"),
            ({"outputDim": 3}, "WeightNorm: weight has shape"),
            ({"modules": [TANH]}, "Tanh"),
            ({"modules": [raw("my.Layer")]}, "register_t7"),
        ],
    )
    def test_nonsense(self, changed, message):
        fields = self.fields(linear(), weightSize=longs(2, 2)) | changed
        with pytest.raises(T7Error, match=message):
            lifted("nn.WeightNorm", **fields)


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("Sequential", {"modules": [2]}, "Sequential: module has type float"),
        ("Sequential", {"modules": "x"}, "Sequential"),
        ("Sequential", {"modules": [raw("my.Layer")]}, "my.Layer, which is not known"),
        ("Concat", {"modules": [COPY]}, "dimension is missing"),
        ("Concat", {"dimension": 0}, "dimension is 0, expected a number from 1"),
        ("Parallel", {"inputDimension": 1}, "outputDimension is missing"),
        ("Decorator", {}, "modules is missing, expected a module"),
        ("Decorator", {"modules": []}, "modules is missing, expected a module"),
        ("Decorator", {"modules": [1]}, "Decorator: module has type float"),
        ("Bottle", {"modules": [TANH], "nInputDim": 2**40}, "expected 1 to 64"),
        ("Bottle", {"modules": [TANH], "nInputDim": 0}, "expected 1 to 64"),
        ("Profile", {"modules": [TANH], "print_interval": 0}, "print_interval is 0"),
        ("GPU", {"modules": [TANH], "device": 0.5}, "device is 0.5"),
        ("Serial", {"modules": [TANH], "tensortype": "torch.LongTensor"}, "Serial"),
        ("DontCast", {"modules": [TANH], "moduleType": 3}, "DontCast"),
        ("MapTable", {"module": TANH, "modules": 3}, "modules is no list"),
    ],
)
def test_nonsense(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)


@pytest.mark.parametrize(
    "module, fields",
    [
        (nn.Concat(1, nn.Tanh()), {"dimension": 2}),
        (nn.DepthConcat(0, nn.Tanh()), {"dimension": 1}),
        (nn.Parallel(0, 2), {"inputDimension": 1, "outputDimension": 3}),
        (nn.Bottle(nn.Tanh(), 3, 2), {"nInputDim": 3, "nOutputDim": 2, "dimDelta": 1}),
        (
            nn.Profile(nn.Tanh(), 7),
            {"print_interval": 7, "name": b"Tanh", "numFwds": 0},
        ),
        (nn.GPU(nn.Tanh(), 2), {"device": 2, "outdevice": 2}),
        (nn.NaN(nn.Tanh(), 4), {"id": 4}),
        (nn.Serial(nn.Tanh(), "float32"), {"tensortype": b"torch.FloatTensor"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_fields_are_written_as_torch7_has_them(module, fields):
    found = written(module)
    assert {name: found[name.encode()] for name in fields} == fields


@pytest.mark.parametrize(
    "module", [nn.Concat(-1), nn.DepthConcat(-3), nn.Parallel(0, -1)], ids=repr
)
def test_an_axis_from_the_end_is_refused(module):
    with pytest.raises(ValueError, match="an axis is -[13], expected 0 or more"):
        Lowering().lower(module)
