import numpy as np
import pytest

from nnmods.layers.table import MixtureTable


def reference(gater, experts, dC_dy):
    """The formulas for one sample: experts is an array (k, ...)."""
    y = np.tensordot(gater, experts, 1)
    dgater = np.array([(dC_dy * expert).sum() for expert in experts])
    return y, dgater, np.multiply.outer(gater, dC_dy)


def test_by_hand():
    mix, gater = MixtureTable(), np.array([0.25, 0.75])
    x = [gater, [np.array([4.0, 0.0]), np.array([8.0, 1.0])]]
    np.testing.assert_array_equal(mix.forward(x), [7, 0.75])
    dgater, experts = mix.backward(x, np.array([1.0, 100.0]))
    np.testing.assert_array_equal(dgater, [4, 108])
    np.testing.assert_array_equal(experts, [[0.25, 25], [0.75, 75]])


@pytest.mark.parametrize("sample", [(), (4,), (4, 2), (4, 2, 3)])
@pytest.mark.parametrize("form", ["table", "array"])
@pytest.mark.parametrize("batch", [False, True])
def test_tables_and_arrays_of_experts(sample, form, batch, rng):
    N, k = 5, 3
    gater, experts = rng.standard_normal((N, k)), rng.standard_normal((N, k, *sample))
    dC_dy = np.asarray(rng.standard_normal((N, *sample)))
    wanted = [reference(*arrays) for arrays in zip(gater, experts, dC_dy, strict=True)]
    y, dgater, dexperts = map(np.stack, zip(*wanted, strict=True))
    if not batch:
        gater, experts, dC_dy, y, dgater, dexperts = (
            np.asarray(a[0]) for a in (gater, experts, dC_dy, y, dgater, dexperts)
        )
    axis = int(batch)
    parts = [np.asarray(e) for e in np.moveaxis(experts, axis, 0)]
    mix, x = MixtureTable(), [gater, parts if form == "table" else experts]
    np.testing.assert_allclose(mix(x), y, 1e-12)
    got = mix.backward(x, dC_dy)
    np.testing.assert_allclose(got[0], dgater, 1e-12)
    mine = got[1] if form == "array" else np.stack(got[1], axis)
    np.testing.assert_allclose(mine, dexperts, 1e-12)


@pytest.mark.parametrize("axis, place", [(1, 1), (2, 2), (3, 3), (-1, 3)])
def test_experts_along_any_axis(axis, place, rng):
    experts, gater = rng.standard_normal((5, 3, 4, 2)), rng.standard_normal((5, 3))
    dC_dy = rng.standard_normal((5, 4, 2))
    mix, usual = MixtureTable(axis), MixtureTable()
    x, moved = [gater, experts], [gater, np.moveaxis(experts, 1, place)]
    np.testing.assert_allclose(mix(moved), usual(x), 1e-12)
    got, wanted = mix.backward(moved, dC_dy), usual.backward(x, dC_dy)
    np.testing.assert_allclose(got[0], wanted[0], 1e-12)
    np.testing.assert_allclose(np.moveaxis(got[1], place, 1), wanted[1], 1e-12)


def test_a_sample_after_a_batch_and_a_table_after_an_array(rng):
    """Torch7 keeps the axis and the form of its first call."""
    mix, gater = MixtureTable(), np.array([[1.0, 2.0]])
    experts = np.array([[[1.0], [10.0]]])
    np.testing.assert_array_equal(mix([gater, experts]), [[21]])
    np.testing.assert_array_equal(mix([gater[0], experts[0]]), [21])
    np.testing.assert_array_equal(mix([gater[0], list(experts[0])]), [21])
    got = mix.backward([gater, list(np.moveaxis(experts, 1, 0))], np.ones((1, 1)))
    np.testing.assert_array_equal(got[0], [[1, 10]])
    got = mix.backward([gater, experts], np.ones((1, 1)))
    np.testing.assert_array_equal(got[1], [[[1], [2]]])


def test_integers_and_mixed_dtypes():
    gater, experts = np.array([1, 2]), [np.array([3], np.uint8), np.array([200])]
    y = MixtureTable()([gater, experts])
    assert y.dtype == np.float64 and y == 403
    gater = np.array([0.5, 0.5], np.float32)
    assert MixtureTable()([gater, experts]).dtype == np.float32
    assert MixtureTable()([gater, [e / 1.0 for e in experts]]).dtype == np.float64


@pytest.mark.parametrize(
    "x, text",
    [
        ([np.ones((5, 3)), [np.ones((5, 4))] * 2], r"x\[1\] has 2 entries, expected 3"),
        (
            [np.ones((5, 3)), np.ones((5, 2, 4))],
            r"\(5, 2, 4\), expected 3 experts along",
        ),
        ([np.ones((5, 3)), np.ones((4, 3, 2))], r"shape \(4, 2\), expected 5 samples"),
        (
            [np.ones((5, 2)), [np.ones((5, 4)), np.ones((5, 3))]],
            r"x\[1\]\[1\] has shape",
        ),
        ([np.ones((5, 1)), [np.ones(4)]], r"shape \(4,\), expected 5 samples"),
        (
            [np.ones((5, 3, 2)), np.ones((5, 3, 2))],
            r"x\[0\] has shape \(5, 3, 2\), expe",
        ),
        (
            [np.ones((5, 0)), []],
            r"x\[0\] has shape \(5, 0\), expected .* 1 or more expe",
        ),
        ([np.ones((5, 3))], "x has 1 entries, expected 2"),
    ],
)
def test_errors(x, text):
    with pytest.raises(ValueError, match=text):
        MixtureTable().forward(x)


def test_the_axis_is_not_that_of_the_samples():
    with pytest.raises(ValueError, match=r"MixtureTable\(0\): x\[1\] has shape"):
        MixtureTable(0).forward([np.ones((2, 2)), np.ones((2, 2, 3))])
    with pytest.raises(ValueError, match="expected an axis 3"):
        MixtureTable(3).forward([np.ones((2, 2)), np.ones((2, 2, 3))])


def test_repr():
    assert repr(MixtureTable()) == "MixtureTable()"
    assert repr(MixtureTable(2)) == "MixtureTable(2)"
