"""Normalisations of Torch7, from files of all ages and of other packages."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.registry import find_writer

rng = np.random.default_rng(0)
VECTORS, IMAGES = rng.standard_normal((5, 3)), rng.standard_normal((2, 3, 6, 5))
MEAN, VAR = np.array([0.0, 1.0, -2.0]), np.array([1.0, 4.0, 0.25])
WEIGHT, BIAS = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.0, -1.0])
AFFINE = {"weight": WEIGHT, "bias": BIAS}
EPS = 1e-3


def written(module):
    return find_writer(module).save(module)


def expected(weight=WEIGHT, bias=BIAS):
    return weight * (VECTORS - MEAN) / np.sqrt(VAR + EPS) + bias


def statistics(name="nn.BatchNormalization", version=2, **fields):
    given = {"running_mean": MEAN, "running_var": VAR, "eps": EPS, "train": False}
    return lifted(name, version, **(given | {"affine": True} | fields))


@pytest.mark.parametrize("kind", ["", "Spatial", "Volumetric"])
@pytest.mark.parametrize("package", ["nn", "cudnn"])
def test_batch_normalization(package, kind):
    name = f"{package}.{kind}BatchNormalization"
    got = statistics(name, momentum=0.2, gradWeight=2 * WEIGHT, **AFFINE)
    assert type(got) is getattr(nn, f"{kind}BatchNormalization")
    assert not got.train and got.momentum == 0.2
    x = VECTORS.reshape(5, 3, *(1,) * got.n_spatial)
    np.testing.assert_allclose(got(x).reshape(5, 3), expected(), rtol=1e-12)
    np.testing.assert_array_equal(got.grad_weight, 2 * WEIGHT)
    np.testing.assert_array_equal(got.grad_bias, np.zeros(3))
    out = written(got)
    assert out["affine"] is True
    np.testing.assert_array_equal(out["running_var"], VAR)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_the_variance_before_version_two(version):
    root = 1 / np.sqrt(VAR + EPS)
    got = statistics(version=version, running_var=None, running_std=root, **AFFINE)
    np.testing.assert_allclose(got.running_var, VAR, rtol=1e-12)
    np.testing.assert_allclose(got(VECTORS), expected(), rtol=1e-12)
    none = statistics(running_var=None, running_std=0 * root, **AFFINE)
    assert np.isinf(none.running_var).all()
    with pytest.raises(T7Error, match="running_std has shape"):
        statistics(running_var=None, running_std=root[:2], **AFFINE)
    with pytest.raises(T7Error, match="running_var is missing"):
        statistics(running_var=None, **AFFINE)


def test_the_weight_tells_whether_there_is_one():
    plain = expected(1, 0)
    got = statistics(affine=True)
    assert got.weight is None and not got.affine
    np.testing.assert_allclose(got(VECTORS), plain, rtol=1e-12)
    assert written(got)["affine"] is False
    empty = {"weight": np.empty(0), "bias": np.empty(0), "affine": False}
    got = statistics("fbnn.BatchNormalization", 1, **empty)
    assert got.weight is None
    got = statistics(weight=WEIGHT, affine=None)
    np.testing.assert_allclose(got(VECTORS), expected(bias=0), rtol=1e-12)


def layers(n, affine=True):
    means = raw(
        "nn.Sequential",
        modules=[
            raw("nn.Mean", dimension=1, nInputDims=1, sizeAverage=True, squeeze=True),
            raw("nn.Replicate", nfeatures=n, dim=1, ndim=1),
        ],
    )
    modules = [
        raw("nn.ConcatTable", modules=[raw("nn.Identity"), means]),
        raw("nn.CSubTable"),
        raw("nn.Normalize", p=2.0, eps=0.1),
        raw("nn.MulConstant", constant_scalar=n**0.5),
    ]
    if affine:
        size = np.array([n], np.int64)
        modules += [
            raw("nn.CMul", size=size, weight=WEIGHT, gradWeight=2 * WEIGHT),
            raw("nn.Add", bias=BIAS, gradBias=2 * BIAS),
        ]
    return modules


@pytest.mark.parametrize("affine", [True, False])
def test_a_layer_normalization_is_made_of_modules(affine):
    got = lifted("nn.LayerNormalization", modules=layers(3, affine))
    wanted = nn.LayerNormalization(3, eps=0.1, affine=affine)
    if affine:
        wanted.weight[...], wanted.bias[...] = WEIGHT, BIAS
        np.testing.assert_array_equal(got.grad_weight, 2 * WEIGHT)
        np.testing.assert_array_equal(got.grad_bias, 2 * BIAS)
    assert repr(got) == repr(wanted)
    np.testing.assert_array_equal(got(VECTORS), wanted(VECTORS))

    table, _, *chain = written(got)["modules"]
    x, means = table(VECTORS)
    chain = nn.Sequential(*chain)
    y = chain(x - means.reshape(x.shape))  # Torch7 subtracts entry by entry
    np.testing.assert_allclose(y, got(VECTORS), rtol=1e-12)
    assert len(chain.parameters()[0]) == 2 * affine
    if affine:
        assert chain[2].weight is got.weight and chain[3].bias is got.bias


def test_another_layer_normalization_is_refused():
    with pytest.raises(
        T7Error, match="modules are ConcatTable, CSubTable, Normalize, "
    ):
        lifted("nn.LayerNormalization", modules=layers(3)[:3])
    with pytest.raises(T7Error, match="3 weights"):
        lifted("nn.LayerNormalization", modules=layers(2**40))
    with pytest.raises(ValueError, match="mixed_means is False.*Torch7"):
        written(nn.LayerNormalization(3, mixed_means=False))


def test_norms():
    assert lifted("nn.Normalize", p=2).eps == 1e-10
    assert lifted("nn.Normalize", p=np.inf, eps=0.5).p == np.inf
    assert repr(lifted("nn.SpatialCrossMapLRN", size=3)) == "SpatialCrossMapLRN(3)"
    got = lifted("inn.SpatialCrossResponseNormalization", size=5, alpha=2.0, k=3)
    assert repr(got) == repr(nn.SpatialCrossMapLRN(5, 2.0, k=3))
    got = lifted("cudnn.SpatialCrossMapLRN", size=5, alpha=2.0, K=3)  # of 2015
    assert repr(got) == repr(nn.SpatialCrossMapLRN(5, 2.0, k=3))


KINDS = ["Subtractive", "Divisive", "Contrastive"]
KERNELS = [np.array([1.0, 3.0, 2.0]), np.array([[1.0, 4.0, 2.0], [0, 3, 1], [2, 1, 5]])]


@pytest.mark.parametrize("kernel", KERNELS, ids=["vector", "matrix"])
@pytest.mark.parametrize("kind", KINDS)
def test_neighbourhoods(kind, kernel):
    n, make = 3, getattr(nn, f"Spatial{kind}Normalization")
    thresholds = {} if kind == "Subtractive" else {"threshold": 0.5, "thresval": 0.25}
    wanted = make(n, kernel, **thresholds)
    root = np.sqrt(n) if kind == "Divisive" and kernel.ndim == 1 else n
    for divisor in (1, kernel.sum() * root):  # Torch7 keeps it divided
        got = lifted(
            f"nn.Spatial{kind}Normalization",
            nInputPlane=n,
            kernel=kernel / divisor,
            **thresholds,
        )
        np.testing.assert_allclose(got(IMAGES), wanted(IMAGES), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(got.kernel, wanted.kernel, rtol=1e-12)


@pytest.mark.parametrize("kernel", KERNELS, ids=["vector", "matrix"])
def test_neighbourhoods_that_torch7_computes_by_other_modules(kernel):
    """The modules that are written, put together as Torch7 does, compute the same."""
    x, ones = IMAGES[0], np.ones_like(IMAGES[0])

    def estimate(name, x):
        return out[name](x).reshape(x.shape)  # an axis of length 1 is left out

    module = nn.SpatialSubtractiveNormalization(3, kernel)
    out = written(module)
    coef = estimate("meanestimator", ones)
    means = out["divider"]([estimate("meanestimator", x), coef])
    np.testing.assert_allclose(out["subtractor"]([x, means]), module(x), atol=1e-12)

    module = nn.SpatialDivisiveNormalization(3, kernel, 0.8, 0.5)
    out = written(module)
    coef = estimate("meanestimator", ones)
    spread = out["divider"]([estimate("stdestimator", x), coef])
    y = out["normalizer"]([x, out["thresholder"](spread)])
    np.testing.assert_allclose(y, module(x), rtol=1e-12)
    pixel = estimate("meanestimator", np.ones((3, 1, 1)))[:1]
    np.testing.assert_allclose(out["coef"], pixel, rtol=1e-12)

    module = nn.SpatialContrastiveNormalization(3, kernel, 0.8, 0.5)
    y = written(module)["normalizer"](x)
    np.testing.assert_allclose(y, module(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kernel", [np.ones(257), np.ones((1001, 1)), np.ones(4)])
def test_kernels_that_are_refused(kernel):
    with pytest.raises(T7Error, match="kernel has shape"):
        lifted("nn.SpatialSubtractiveNormalization", nInputPlane=1, kernel=kernel)


def test_float32_stays_float32():
    for kind in KINDS:
        out = written(getattr(nn, f"Spatial{kind}Normalization")(2).float())
        assert out["_type"] == "torch.FloatTensor"
        arrays = [value for value in out.values() if isinstance(value, np.ndarray)]
        assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
        parts = [value for value in out.values() if isinstance(value, nn.Module)]
        assert parts and {part.dtype for part in parts} == {np.dtype(np.float32)}
