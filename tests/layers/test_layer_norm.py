import numpy as np
import pytest

from nnmods.layers.normalization import (
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNormalization,
    RMSNorm,
)


def filled(norm, rng):
    for p in norm.parameters()[0]:
        p[...] = rng.uniform(0.5, 2, p.shape)
    return norm


def jacobian(f, x, eps=1e-6):
    """Return the Jacobian of f by central differences, shape (y.size, x.size)."""
    columns = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = eps
        step = step.reshape(x.shape)
        columns.append(((f(x + step) - f(x - step)) / (2 * eps)).ravel())
    return np.stack(columns, axis=1)


def test_layer_norm_by_hand():
    norm = LayerNorm(2, eps=0.0)
    norm.weight[...], norm.bias[...] = [2, 3], [0, 10]
    x = np.array([[1.0, 3.0], [10.0, 50.0]])
    np.testing.assert_allclose(norm(x), [[-2, 13], [-2, 13]], rtol=1e-15)
    np.testing.assert_allclose(norm(x[1]), [-2, 13], rtol=1e-15)
    # Two numbers are +-1 whatever they are: no gradient passes.
    np.testing.assert_allclose(norm.backward(x, np.eye(2)), 0 * x, atol=1e-15)
    norm.acc_grad_params(x, np.array([[1.0, 2.0], [10.0, 20.0]]), scale=0.5)
    np.testing.assert_allclose(norm.grad_weight, [-5.5, 11])
    np.testing.assert_allclose(norm.grad_bias, [5.5, 11])


def test_rms_norm_by_hand():
    norm = RMSNorm(2, eps=0.0)
    norm.weight[...] = [1, 2]
    np.testing.assert_allclose(norm(np.array([1.0, 7.0])), [0.2, 2.8], rtol=1e-15)
    tiny = RMSNorm(1)(np.array([[2.0**-26]]))  # eps is 2**-52, as much as the square
    np.testing.assert_allclose(tiny, [[0.5**0.5]], rtol=1e-15)
    tiny = RMSNorm(1).float()(np.array([2.0**-12], np.float32))
    np.testing.assert_allclose(tiny, [(1 / 3) ** 0.5], rtol=1e-6)


def test_group_norm_by_hand():
    norm = GroupNorm(2, 4, eps=0.0)
    norm.weight[...], norm.bias[...] = [1, 2, 3, 4], [0, 0, 0, 1]
    x = np.array([[1.0, 3.0, 10.0, 50.0]])
    np.testing.assert_allclose(norm(x), [[-1, 2, -3, 5]], rtol=1e-15)


def test_instance_norm_by_hand():
    norm = InstanceNorm(2, 0.0, 0.25, True, True)
    norm.weight[...], norm.bias[...] = [1, 2], [0, 10]
    x = np.array([[[1.0, 3.0], [0.0, 8.0]], [[5.0, 5.0], [2.0, 2.0]]])
    wanted = [[[-1, 1], [8, 12]], [[0, 0], [10, 10]]]
    np.testing.assert_allclose(norm(x), wanted, rtol=1e-15)
    np.testing.assert_allclose(norm.running_mean, [0.25 * 3.5, 0.25 * 3])
    # The unbiased variances are 2 and 32 in the first sample, 0 in the second.
    np.testing.assert_allclose(norm.running_var, [0.75 + 0.25, 0.75 + 4])
    norm.evaluate()
    norm.running_mean[...], norm.running_var[...] = [1, 2], [4, 16]
    np.testing.assert_allclose(norm(x)[0], [[0, 1], [9, 13]])
    np.testing.assert_allclose(norm.backward(x, x)[0], [[0.5, 1.5], [0, 4]])
    norm.acc_grad_params(x, np.ones_like(x))
    np.testing.assert_allclose(norm.grad_weight, [0 + 1 + 2 + 2, -0.5 + 1.5])
    np.testing.assert_allclose(norm.grad_bias, [4, 4])
    assert not norm.reset().running_mean.any() and (norm.running_var == 1).all()


def test_instance_norm_without_statistics_is_the_same_in_evaluation(rng):
    x, norm = rng.standard_normal((2, 3, 4, 5)), InstanceNorm(3)
    np.testing.assert_array_equal(norm(x), norm.evaluate()(x))
    other = InstanceNorm(3, track_running_stats=True)
    other(x)
    kept = other.running_mean.copy()
    other.backward(x[::-1].copy(), x)  # moments, but no forward
    np.testing.assert_array_equal(other.running_mean, kept)


MODERN = [
    (lambda: LayerNorm(5, 0.1), (3, 2, 5)),
    (lambda: LayerNorm((2, 5)), (3, 2, 5)),
    (lambda: RMSNorm(5, 0.1), (3, 5)),
    (lambda: GroupNorm(2, 4, 0.1), (3, 4, 2, 3)),
    (lambda: InstanceNorm(4, 0.1, affine=True), (3, 4, 5)),
    (lambda: LayerNormalization(5, 0.5, 0.1), (3, 5)),
    (lambda: LayerNormalization(5, mixed_means=False), (3, 5)),
]


@pytest.mark.parametrize("make, shape", MODERN)
def test_against_the_jacobian(make, shape, rng):
    norm, x = filled(make(), rng), rng.standard_normal(shape)
    dC_dy, dx = rng.standard_normal((2, *shape))
    J = jacobian(norm, x)
    dC_dx, dy = norm.backward(x, dC_dy), norm.jvp(x, dx)
    np.testing.assert_allclose(dC_dx.ravel(), dC_dy.ravel() @ J, atol=1e-8)
    np.testing.assert_allclose(dy.ravel(), J @ dx.ravel(), atol=1e-8)


@pytest.mark.parametrize("make, shape", MODERN)
def test_directions_of_the_parameters(make, shape, rng):
    norm, x = filled(make(), rng), rng.standard_normal(shape)
    dC_dy, no_dx = rng.standard_normal(shape), np.zeros(shape)
    norm.acc_grad_params(x, dC_dy)
    parameters, grads = norm.parameters()
    dparams = [rng.standard_normal(p.shape) for p in parameters]
    wanted = sum(np.vdot(g, d) for g, d in zip(grads, dparams, strict=True))
    got = np.vdot(norm.jvp(x, no_dx, dparams), dC_dy)
    np.testing.assert_allclose(got, wanted, rtol=1e-12)
    y = norm(x)
    for p, d in zip(parameters, dparams, strict=True):
        p += d
    np.testing.assert_allclose(norm.jvp(x, no_dx, dparams), norm(x) - y, rtol=1e-9)


@pytest.mark.parametrize("make, shape", MODERN)
@pytest.mark.parametrize("size", [1e-30, 0, 1e30])
def test_extremes_in_float32(make, shape, size, rng):
    norm = filled(make(), rng).float()
    x = (rng.standard_normal(shape) * size).astype(np.float32)
    wide = norm.clone().double()
    dC_dy = rng.standard_normal(shape).astype(np.float32)
    wanted = wide(x.astype(np.float64))
    np.testing.assert_allclose(norm(x), wanted, rtol=1e-4, atol=1e-5)
    assert np.isfinite(norm.backprop(x, dC_dy)).all()
    assert all(np.isfinite(g).all() for g in norm.parameters()[1])


@pytest.mark.parametrize("make, shape", MODERN)
def test_nan_stays_in_its_sample(make, shape, rng):
    norm, x = make(), rng.standard_normal(shape)
    x[1] = np.nan
    y = norm(x)
    assert np.isnan(y[1]).all()
    if not getattr(norm, "mixed_means", False):
        assert np.isfinite(y[[0, 2]]).all()
    assert np.isnan(norm.backprop(x, np.ones(shape))[1]).all()


def test_layer_normalization_of_one_sample_by_hand():
    norm = LayerNormalization(2, 5, 0, True)
    norm.weight[...] = [2, 3]
    np.testing.assert_allclose(norm(np.array([1.0, 3.0])), [3, 8])
    np.testing.assert_allclose(norm(np.array([[1.0, 3.0]])), [[3, 8]])
    # Torch7 adds eps to the sum of squares, 2 here.
    norm = LayerNormalization(2, eps=2.0, affine=False)
    np.testing.assert_allclose(norm(np.array([1.0, 3.0])), [-(0.5**0.5), 0.5**0.5])


def test_layer_normalization_subtracts_the_means_that_torch7_subtracts(rng):
    x = rng.standard_normal((3, 5))
    c = x - np.tile(x.mean(axis=1), 5).reshape(3, 5)
    wanted = c / np.sqrt((c**2).sum(axis=1, keepdims=True) + 1e-10) * np.sqrt(5)
    np.testing.assert_allclose(LayerNormalization(5)(x), wanted, rtol=1e-13)


def test_layer_normalization_with_the_means_of_each_sample(rng):
    x, dC_dy = rng.standard_normal((2, 3, 5))
    ours = filled(LayerNormalization(5, eps=0.5, mixed_means=False), rng)
    plain = LayerNorm(5, eps=0.1)
    plain.weight[...], plain.bias[...] = ours.weight, ours.bias
    np.testing.assert_allclose(ours(x), plain(x), rtol=1e-12)
    np.testing.assert_allclose(
        ours.backprop(x, dC_dy), plain.backprop(x, dC_dy), rtol=1e-10, atol=1e-14
    )
    np.testing.assert_allclose(ours.grad_weight, plain.grad_weight, rtol=1e-12)


def test_initial_values():
    norm = LayerNormalization(3, 0.5)
    assert [path for path, _, _ in norm.named_parameters()] == ["weight", "bias"]
    np.testing.assert_array_equal(norm.weight, [1, 1, 1])
    np.testing.assert_array_equal(norm.bias, [0.5, 0.5, 0.5])
    assert norm.reset(0, 0.1) is norm
    assert (np.abs(norm.weight) <= 0.1 * 3**0.5).all() and norm.bias.std() > 0
    np.testing.assert_array_equal(norm.reset().bias, [0.5, 0.5, 0.5])
    plain = LayerNorm((2, 3)).reset(0)
    assert (plain.weight == 1).all() and not plain.bias.any()
    assert plain.weight.shape == (2, 3)
    assert LayerNorm(3, bias=False).bias is None
    assert LayerNorm(3, elementwise_affine=False).parameters() == ([], [])
    assert LayerNormalization(3, None, None, False).parameters() == ([], [])
    assert InstanceNorm(3).parameters() == ([], [])
    assert InstanceNorm(3).running_mean is None


def test_none_means_the_default():
    assert repr(LayerNorm(3, None, None, None)) == "LayerNorm(3)"
    assert repr(LayerNormalization(3, None, None, None)) == "LayerNormalization(3)"
    assert repr(GroupNorm(1, 3, None, None)) == "GroupNorm(1, 3)"
    assert repr(InstanceNorm(3, None, None, None, None)) == "InstanceNorm(3)"


def test_repr():
    norm = LayerNorm((2, 3), 0.1, bias=False)
    assert repr(norm) == "LayerNorm((2, 3), eps=0.1, bias=False)"
    assert repr(LayerNorm(2, 1e-5, False)) == "LayerNorm(2, elementwise_affine=False)"
    norm = RMSNorm(2, 0.1, False)
    assert repr(norm) == "RMSNorm(2, eps=0.1, elementwise_affine=False)"
    assert repr(GroupNorm(2, 4, 0.1, False)) == "GroupNorm(2, 4, eps=0.1, affine=False)"
    wanted = "InstanceNorm(2, eps=0.1, momentum=0.3, affine=True, "
    norm = InstanceNorm(2, 0.1, 0.3, True, True)
    assert repr(norm) == wanted + "track_running_stats=True)"
    wanted = "LayerNormalization(2, bias=1, eps=0.1, affine=False, mixed_means=False)"
    assert repr(LayerNormalization(2, 1, 0.1, False, mixed_means=False)) == wanted


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: LayerNorm(0), ValueError, "normalized_shape is 0, expected one"),
        (lambda: LayerNorm(()), ValueError, r"normalized_shape is \(\), expected one"),
        (lambda: RMSNorm((2, 1.5)), TypeError, "normalized_shape is 1.5, expected"),
        (lambda: GroupNorm(3, 4), ValueError, "num_channels is 4, expected a multiple"),
        (lambda: GroupNorm(0, 4), ValueError, "num_groups, 0, and both at least 1"),
        (lambda: InstanceNorm(0), ValueError, "num_features is 0, expected 1 or more"),
    ],
)
def test_errors_of_constructors(make, error, text):
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize(
    "norm, shape, text",
    [
        (LayerNorm(3), (2, 4), r"x has shape \(2, 4\), expected \(..., 3\)"),
        (RMSNorm((2, 3)), (3,), r"x has shape \(3,\), expected \(..., 2, 3\)"),
        (LayerNormalization(3), (2, 4), r"x has shape \(2, 4\), expected \(\*, 3\)"),
        (LayerNormalization(3), (2, 2, 3), r"expected \(\*, 3\)"),
        (GroupNorm(1, 3), (2, 4, 5), r"x has shape \(2, 4, 5\), expected \(\*, 3, \*"),
        (GroupNorm(1, 3), (3,), r"x has shape \(3,\), expected \(\*, 3\)"),
        (InstanceNorm(3), (2, 3), r"x has shape \(2, 3\), expected \(\*, 3, \*\)"),
        (InstanceNorm(3), (2, 3, 1), r"\(2, 3, 1\), expected two places or more"),
    ],
)
def test_shapes_that_do_not_fit(norm, shape, text):
    with pytest.raises(ValueError, match=text):
        norm.forward(np.ones(shape))


def test_a_gradient_that_does_not_fit():
    for verb in ("backward", "acc_grad_params"):
        with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(2,"):
            getattr(LayerNorm(3), verb)(np.ones((2, 3)), np.ones(3))


def test_integers_are_computed_in_the_dtype_of_the_module():
    x = np.array([[1, 3], [250, 50]], np.uint8)
    for norm in (LayerNorm(2), RMSNorm(2), LayerNormalization(2), GroupNorm(1, 2)):
        y = norm.float()(x)
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, norm(x.astype(np.float32)), rtol=1e-6)


def close(ours, theirs):
    theirs = theirs.detach().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "ours, theirs, shape",
    [
        (lambda: LayerNorm((3, 4)), lambda t: t.nn.LayerNorm((3, 4)), (5, 3, 4)),
        (lambda: LayerNorm(4, 0.1), lambda t: t.nn.LayerNorm(4, 0.1), (5, 3, 4)),
        (
            lambda: LayerNorm(4, bias=False),
            lambda t: t.nn.LayerNorm(4, bias=False),
            (5, 4),
        ),
        (lambda: RMSNorm(4), lambda t: t.nn.RMSNorm(4), (5, 4)),
        (lambda: RMSNorm((3, 4), 0.1), lambda t: t.nn.RMSNorm((3, 4), 0.1), (5, 3, 4)),
        (lambda: GroupNorm(2, 6), lambda t: t.nn.GroupNorm(2, 6), (5, 6, 3, 2)),
        (lambda: GroupNorm(3, 6, 0.1), lambda t: t.nn.GroupNorm(3, 6, 0.1), (5, 6)),
        (
            lambda: InstanceNorm(3, affine=True),
            lambda t: t.nn.InstanceNorm1d(3, affine=True),
            (5, 3, 4),
        ),
        (
            lambda: InstanceNorm(3, 0.1, 0.3, True, True),
            lambda t: t.nn.InstanceNorm2d(3, 0.1, 0.3, True, True),
            (5, 3, 4, 2),
        ),
        (
            lambda: InstanceNorm(3, track_running_stats=True),
            lambda t: t.nn.InstanceNorm3d(3, track_running_stats=True),
            (5, 3, 4, 2, 3),
        ),
    ],
)
def test_against_pytorch(ours, theirs, shape, rng):
    torch = pytest.importorskip("torch")
    norm, peer = filled(ours(), rng), theirs(torch).double()
    with torch.no_grad():
        for p, value in zip(peer.parameters(), norm.parameters()[0], strict=True):
            p.copy_(torch.from_numpy(value))
    for training in (True, False):
        norm.train = training
        peer.train(training)
        x, dC_dy = rng.standard_normal((2, *shape))
        t = torch.from_numpy(x).requires_grad_()
        y = peer(t)
        peer.zero_grad()
        y.backward(torch.from_numpy(dC_dy))
        close(norm(x), y)
        close(norm.zero_grad_params().backprop(x, dC_dy), t.grad)
        for p, grad in zip(peer.parameters(), norm.parameters()[1], strict=True):
            close(grad, p.grad)
        if getattr(norm, "running_mean", None) is not None:
            close(norm.running_mean, peer.running_mean)
            close(norm.running_var, peer.running_var)
