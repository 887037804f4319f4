import numpy as np
import pytest

from nnmods.layers.normalization import Normalize

POWERS = [0.7, 1, 1.5, 2, 3, 4, 2.5, np.inf]


def torch7(x, p, eps, dC_dy):
    """Return y and dC_dx of one vector, by the formulas of `Normalize`."""
    size = np.abs(x)
    if p == np.inf:
        norm, first = size.max() + eps, size.argmax()
        slope = np.zeros_like(x)
        slope[first] = x[first] / norm
        return x / norm, (norm * dC_dy - slope * (x @ dC_dy)) / norm**2
    normp = (size**p).sum() + eps
    slope = x * (size + (eps if p < 2 else 0)) ** (p - 2)
    norm = normp ** (1 / p)
    return x / norm, (normp * dC_dy - slope * (x @ dC_dy)) / (normp * norm)


def test_values_by_hand():
    x = np.array([3.0, -4.0])
    np.testing.assert_allclose(Normalize(2)(x), [0.6, -0.8])
    np.testing.assert_allclose(Normalize(1)(x), [3 / 7, -4 / 7])
    np.testing.assert_allclose(Normalize(np.inf)(x), [0.75, -1])
    np.testing.assert_allclose(Normalize(2, 11.0)(x), [0.5, -2 / 3])
    np.testing.assert_allclose(Normalize(np.inf, 1.0)(x), [0.6, -0.8])
    norm = Normalize(2, 0)
    np.testing.assert_allclose(norm(np.stack([x, 2 * x])), [[0.6, -0.8]] * 2)
    # Along x the norm is 1 all the same; across it, dC_dx is dC_dy / 5.
    np.testing.assert_allclose(norm.backward(x, x), [0, 0], atol=1e-15)
    np.testing.assert_allclose(norm.backward(x, np.array([4.0, 3.0])), [0.8, 0.6])


@pytest.mark.parametrize("eps", [None, 0.3])
@pytest.mark.parametrize("p", POWERS)
def test_against_the_formulas_of_torch7(p, eps, rng):
    x, dC_dy, dx = rng.standard_normal((3, 4, 5)) * 2
    norm = Normalize(p, eps)
    rows = [torch7(a, p, norm.eps, v) for a, v in zip(x, dC_dy, strict=True)]
    y, dC_dx = map(np.stack, zip(*rows, strict=True))
    np.testing.assert_allclose(norm(x), y, rtol=1e-13)
    np.testing.assert_allclose(norm.backward(x, dC_dy), dC_dx, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(norm(x[0]), y[0], rtol=1e-13)
    np.testing.assert_allclose(
        norm.backward(x[0], dC_dy[0]), dC_dx[0], rtol=1e-12, atol=1e-14
    )
    got = np.vdot(norm.jvp(x, dx), dC_dy)
    np.testing.assert_allclose(got, np.vdot(dx, dC_dx), rtol=1e-11)


def test_the_first_of_two_largest_has_the_gradient():
    x = np.array([1.0, -2.0, 2.0])
    dC_dx = Normalize(np.inf, 0)
    np.testing.assert_allclose(dC_dx.backward(x, np.array([0.0, 0, 1])), [0, 0.5, 0.5])


@pytest.mark.parametrize("p", POWERS)
def test_zeros(p):
    x = np.array([[0.0, 0.0], [0.0, 2.0]])
    norm = Normalize(p)
    np.testing.assert_allclose(norm(x), [[0, 0], [0, 1]], rtol=1e-9)
    assert np.isfinite(norm.backward(x, np.ones((2, 2)))).all()
    with_zero = Normalize(p, 0)
    np.testing.assert_allclose(with_zero(x)[1], [0, 1], rtol=1e-15)
    dC_dx = with_zero.backward(x, np.ones((2, 2)))
    np.testing.assert_allclose(dC_dx[1], [0.5, 0], atol=1e-15)
    assert np.isnan(with_zero(x)[0]).all()  # 0 / 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e-40, 1e-20, 1e-3, 1e20, 1e30])
@pytest.mark.parametrize("p", [1, 1.5, 2, 3, 40, np.inf])
def test_extremes(p, size, dtype, rng):
    """A vector without eps has the direction of any multiple of it."""
    unit = (rng.standard_normal((3, 5)) + 2).astype(dtype)
    dC_dy = rng.standard_normal((3, 5)).astype(dtype)
    x = (unit * size).astype(dtype)
    precise = 0.1 if size * 1e38 < 1e3 and dtype is np.float32 else 1e-5
    norm = Normalize(p, 0)
    np.testing.assert_allclose(norm(x), Normalize(p, 0)(unit), rtol=precise)
    if size > 1e-36:
        wanted = Normalize(p, 0).backward(unit, dC_dy) / dtype(size)
        got = norm.backward(x, dC_dy)
        scale = abs(wanted).max()
        np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-4 * scale)
    norm = Normalize(p)
    assert np.isfinite(norm(x)).all() and np.isfinite(norm.backward(x, dC_dy)).all()
    if size >= 1:
        np.testing.assert_allclose(norm(x), Normalize(p, 0)(unit), rtol=1e-5)
    elif size < 1e-10 and p == 2:  # eps outweighs the squares
        np.testing.assert_allclose(norm(x), x * 1e5, rtol=1e-5)


@pytest.mark.parametrize("p", POWERS)
def test_nan_stays_in_its_vector(p):
    x = np.array([[1.0, np.nan], [3.0, 4.0], [np.inf, 1.0]])
    norm = Normalize(p)
    y, dC_dx = norm(x), norm.backward(x, np.ones_like(x))
    assert np.isnan(y[0]).all() and np.isnan(dC_dx[0]).all()
    assert np.isfinite(y[1]).all() and np.isfinite(dC_dx[1]).all()
    assert np.isnan(y[2, 0]) and y[2, 1] == 0


def test_integers():
    x = np.array([[3, 4]], np.int8)
    np.testing.assert_allclose(Normalize(2)(x), [[0.6, 0.8]])
    assert Normalize(2).float()(x).dtype == np.float32


def test_empty_arrays():
    for shape in ((0, 3), (2, 0), (0,)):
        norm, x = Normalize(2), np.empty(shape)
        assert norm.forward(x).shape == norm.backward(x, x).shape == shape


@pytest.mark.parametrize("shape", [(2, 3, 4), ()])
def test_other_numbers_of_axes(shape):
    with pytest.raises(ValueError, match=r"Normalize\(2\): x has shape .*, expected"):
        Normalize(2).forward(np.ones(shape))


def test_errors():
    for p in (0, -1, np.nan):
        with pytest.raises(ValueError, match=f"p is {p}, expected a number above 0"):
            Normalize(p)
    with pytest.raises(TypeError, match="p is None, expected a number above 0"):
        Normalize(None)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(3,\)"):
        Normalize(2).backward(np.ones(3), np.ones(2))


def test_repr():
    assert repr(Normalize(2)) == "Normalize(2)"
    assert repr(Normalize(np.inf, None)) == "Normalize(inf)"
    assert repr(Normalize(1.5, 1e-3)) == "Normalize(1.5, eps=0.001)"


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, np.inf])
def test_against_pytorch(p, rng):
    torch = pytest.importorskip("torch")
    x, dC_dy = rng.standard_normal((2, 4, 5))
    t = torch.from_numpy(x).requires_grad_()
    y = torch.nn.functional.normalize(t, p=p, dim=1)
    y.backward(torch.from_numpy(dC_dy))
    norm = Normalize(p, 0)
    np.testing.assert_allclose(norm(x), y.detach().numpy(), rtol=1e-12)
    got, wanted = norm.backward(x, dC_dy), t.grad.numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-13)
