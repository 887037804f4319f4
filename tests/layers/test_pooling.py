"""Poolings over regular windows: Torch7's edges, errors, and PyTorch's numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.testing.compare import EXACT, require_close


def gradient(module, x, dC_dy=None):
    y = module.forward(x)
    return module.backward(x, np.ones(y.shape) if dC_dy is None else dC_dy)


def test_temporal_max_pooling_by_hand():
    x = np.array([[1.0, 9.0], [4.0, 9.0], [2.0, 7.0], [3.0, 8.0], [0.0, 0.0]])
    pool = nn.TemporalMaxPooling(2)
    assert_array_equal(pool(x), [[4, 9], [3, 8]])
    dC_dx = gradient(pool, x, np.array([[10.0, 20.0], [30.0, 40.0]]))
    assert_array_equal(dC_dx, [[0, 20], [10, 0], [0, 0], [30, 40], [0, 0]])


def test_volumetric_max_pooling_by_hand():
    x = np.array([3.0, 1.0, 2.0, 3.0, 0.0, 1.0, 3.0, 2.0]).reshape(1, 2, 2, 2)
    pool = nn.VolumetricMaxPooling(2, 1, 2)  # time, width, height: columns of four
    assert_array_equal(pool(x), [[[[3, 3]]]])
    wanted = [[[[5, 0], [0, 7]], [[0, 0], [0, 0]]]]
    assert_array_equal(gradient(pool, x, np.array([[[[5.0, 7.0]]]])), wanted)


def test_volumetric_average_pooling_by_hand():
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    pool = nn.VolumetricAveragePooling(2, 1, 2)
    assert_array_equal(pool(x), [[[[3, 4]]]])
    assert_array_equal(gradient(pool, x), np.full(x.shape, 0.25))


def test_dilated_windows_skip_entries():
    x = np.array([[[1.0, 9.0, 3.0, 9.0, 2.0]]])
    pool = nn.SpatialDilatedMaxPooling(3, 1, 1, 1, 0, 0, 2, 1)
    assert_array_equal(pool(x), [[[3.0]]])


def test_a_dilated_and_padded_volume_loses_no_entry():
    """Torch7 forgot the last taps where padding and dilation are both 2 or more."""
    x = np.arange(6.0).reshape(1, 6, 1, 1)
    pool = nn.VolumetricDilatedMaxPooling(
        kernel_size=(4, 1, 1), stride=(2, 1, 1), padding=(2, 0, 0), dilation=(2, 1, 1)
    )
    assert_array_equal(pool(x).ravel(), [4, 4])  # -2, 0, 2, 4 and 0, 2, 4, 6


def test_a_missing_padding_is_zero_along_its_axis():
    assert nn.SpatialMaxPooling(2, 2, 2, 2, 1).padding == (0, 1)
    assert nn.SpatialAveragePooling(2, 2, 2, 2, 1).padding == (0, 1)
    assert nn.VolumetricMaxPooling(2, 4, 2, None, None, None, 1).padding == (1, 0, 0)
    assert nn.SpatialMaxPooling(2, 3).stride == (3, 2)
    assert nn.SpatialAveragePooling(2, 3).stride == (1, 1)
    assert nn.VolumetricAveragePooling(2, 3, 4).stride == (2, 4, 3)
    assert nn.TemporalMaxPooling(3).stride == (3,)


def test_average_of_old_models_is_a_sum():
    x = np.arange(4.0).reshape(1, 2, 2)
    pool = nn.SpatialAveragePooling(2, 2, divide=False)
    assert_array_equal(pool(x), [[[6]]])
    assert_array_equal(gradient(pool, x), np.ones((1, 2, 2)))
    assert repr(pool) == "SpatialAveragePooling(2x2, divide=False)"


@pytest.mark.parametrize(
    "module, x, message",
    [
        (nn.SpatialMaxPooling(2, 2), (2, 2), r"x has shape \(2, 2\)"),
        (nn.SpatialMaxPooling(3, 3), (1, 2, 5), r"x has spatial size \(2, 5\)"),
        (nn.VolumetricMaxPooling(2, 2, 2), (1, 4, 4), r"x has shape \(1, 4, 4\)"),
        (nn.VolumetricAveragePooling(2, 2, 2), (1, 1, 4, 4), r"spatial size \(1, 4, 4"),
        (nn.TemporalMaxPooling(3), (2, 4), r"x has spatial size \(2,\)"),
        (nn.TemporalMaxPooling(3), (2,), r"x has shape \(2,\), expected \(\*, \*, \*"),
        (
            nn.TemporalSubSampling(3, 2, rng=0),
            (5, 2),
            r"expected \(\*, \*, 3\)|\*, 3\)",
        ),
        (nn.TemporalSubSampling(3, 2, rng=0), (1, 3), r"expected at least \(2,\)"),
        (nn.SpatialSubSampling(3, 2, 2, rng=0), (2, 5, 5), r"expected \(3, \*, \*\)"),
        (nn.SpatialSubSampling(3, 2, 2, rng=0), (3, 1, 5), r"expected at least \(2, 2"),
        (nn.TemporalDynamicKMaxPooling(3), (2, 4), "x has 2 frames, expected at least"),
        (nn.TemporalDynamicKMaxPooling(1, 1.5), (4, 4), "expected at least 6"),
        (nn.SpatialLPPooling(1, 2, 3, 3), (1, 2, 5), r"x has size \(2, 5\)"),
        (nn.FeatureLPPooling(3, 1, 2), (2,), "expected at least"),
        (nn.FeatureLPPooling(3, 1, 2, True), (5,), r"expected \(N, F\) and up to 2"),
        (nn.FeatureLPPooling(3, 1, 2), (5, 1, 1, 1), r"expected \(F,\) and up to 2"),
        (nn.SpatialAdaptiveMaxPooling(2, 2), (1, 0, 5), r"spatial size \(0, 5\)"),
        (nn.SpatialAdaptiveAveragePooling(2, 2), (1, 0, 5), r"spatial size \(0, 5\)"),
        (
            nn.SpatialFractionalMaxPooling(2, 2, 3, 3),
            (1, 4, 5),
            r"size \(4, 5\), expec",
        ),
        (nn.SpatialFractionalMaxPooling(2, 2, 0.1, 0.1), (1, 4, 5), r"for \(0, 0\)"),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused(module, x, message):
    with pytest.raises(ValueError, match=message) as caught:
        module.forward(np.zeros(x))
    assert repr(module) in str(caught.value)
    assert module.y is None


@pytest.mark.parametrize(
    "module, x",
    [
        (nn.TemporalMaxPooling(2), (3, 4, 5)),
        (nn.TemporalSubSampling(5, 2, rng=0), (3, 4, 5)),
        (nn.TemporalDynamicKMaxPooling(2), (3, 4, 5)),
        (nn.FeatureLPPooling(2, 1, 2, True), (3, 4, 5)),
        (nn.SpatialLPPooling(1, 2, 2, 2), (3, 1, 4, 5)),
        (nn.SpatialAdaptiveMaxPooling(2, 3), (3, 1, 4, 5)),
        (nn.SpatialAdaptiveAveragePooling(2, 3), (3, 1, 4, 5)),
        (nn.VolumetricMaxPooling(1, 2, 2), (3, 1, 2, 4, 5)),
    ],
    ids=repr,
)
def test_a_gradient_of_another_shape_is_refused(module, x):
    x = np.ones(x)
    y = module.forward(x)
    for verb in (module.backward, module.acc_grad_params):
        if verb == module.backward or module.parameters()[0]:
            with pytest.raises(ValueError, match="dC_dy has shape"):
                verb(x, np.ones((*y.shape[:-1], y.shape[-1] + 1)))
    with pytest.raises(ValueError, match="dx has shape"):
        module.jvp(x, x[:1])


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: nn.SpatialMaxPooling(), TypeError, "kernel_size is missing"),
        (lambda: nn.SpatialMaxPooling(2, 2, padding=2), ValueError, "at most half"),
        (
            lambda: nn.SpatialDilatedMaxPooling(2, 2, dilation=0),
            ValueError,
            r"dilation is \(0, 0\), expected at least 1",
        ),
        (
            lambda: nn.SpatialDilatedMaxPooling(2, 2, dilation=(1, 2, 3)),
            ValueError,
            "dilation has 3 entries",
        ),
        (
            lambda: nn.SpatialDilatedMaxPooling(2, 2, 1, 1, 0, 0, 2, dilation=2),
            TypeError,
            "by keyword and by position",
        ),
        (
            lambda: nn.SpatialDilatedMaxPooling(2, 2, dilation=1.5),
            TypeError,
            "expected integers",
        ),
        (lambda: nn.SpatialAdaptiveMaxPooling(), TypeError, "given not at all"),
        (lambda: nn.SpatialAdaptiveMaxPooling(3), TypeError, "h is missing"),
        (
            lambda: nn.SpatialAdaptiveMaxPooling(3, 2, output_size=2),
            TypeError,
            "given twice",
        ),
        (
            lambda: nn.SpatialAdaptiveAveragePooling(output_size=(2, 0)),
            ValueError,
            "output_size is 0, expected at least 1",
        ),
        (
            lambda: nn.SpatialAdaptiveAveragePooling(output_size=(2, 2, 2)),
            ValueError,
            "has 3 entries",
        ),
        (lambda: nn.FeatureLPPooling(17, 1, 2), ValueError, "width is 17, expected 2"),
        (lambda: nn.FeatureLPPooling(2, 5, 2), ValueError, "stride is 5, expected 1"),
        (lambda: nn.FeatureLPPooling(2, 1, 0), ValueError, "power is 0"),
        (lambda: nn.FeatureLPPooling(2, 1, "2"), TypeError, "power is '2', expected a"),
        (lambda: nn.SpatialLPPooling(1, None, 2), TypeError, "pnorm is None, expect"),
        (lambda: nn.SpatialMaxPooling(2, 2, 2, 2, {}), TypeError, "expected integers"),
        (lambda: nn.SpatialLPPooling(1, 0, 2, 2), ValueError, "pnorm is 0"),
        (lambda: nn.TemporalDynamicKMaxPooling(0), ValueError, "at least 1"),
        (lambda: nn.SpatialSubSampling(-1, 2, 2), ValueError, "channels is -1"),
    ],
)
def test_wrong_arguments_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_sub_sampling_by_hand():
    layer = nn.SpatialSubSampling(2, 2, 1, 1, 1)
    layer.weight[...], layer.bias[...] = [2, -1], [10, 0.5]
    x = np.array([[[1.0, 2.0, 4.0]], [[0.0, 3.0, 5.0]]])
    assert_array_equal(layer(x), [[[16, 22]], [[-2.5, -7.5]]])
    dC_dy = np.array([[[1.0, 10.0]], [[100.0, 1.0]]])
    assert_array_equal(gradient(layer, x, dC_dy), [[[2, 22, 20]], [[-100, -101, -1]]])
    layer.acc_grad_params(x, dC_dy, 0.5)
    assert_array_equal(layer.grad_weight, [0.5 * (3 + 60), 0.5 * (300 + 8)])
    assert_array_equal(layer.grad_bias, [5.5, 50.5])


def test_sub_sampling_draws_what_torch7_draws():
    layer = nn.TemporalSubSampling(3, 4, rng=nn.Torch7Generator(7))
    u = nn.Torch7Generator(7).uniform(-0.5, 0.5, 6)
    assert_array_equal(np.concatenate([layer.weight, layer.bias]), u)
    layer.reset(nn.Torch7Generator(7), 0.1)
    assert_allclose(layer.weight, u[:3] * 0.1 * np.sqrt(3) / 0.5, rtol=1e-12)


def test_lp_pooling_by_hand():
    x = np.array([[[3.0, 4.0, 0.0, 0.0]]])
    pool = nn.SpatialLPPooling(1, 2, 2, 1)
    assert_array_equal(pool(x), [[[5, 0]]])
    # No gradient where all is 0, in Torch7 too for p = 2: the norm has a kink there.
    assert_allclose(gradient(pool, x), [[[0.6, 0.8, 0, 0]]])
    pool = nn.SpatialLPPooling(1, 3, 2, 1)
    assert_array_equal(gradient(pool, x)[..., 2:], [[[0, 0]]])
    pool = nn.FeatureLPPooling(2, 2, 2)
    assert_allclose(gradient(pool, x[0, 0]), [0.6, 0.8, 0, 0])


def test_lp_pooling_of_power_1_is_a_sum():
    x = np.array([-1.0, 2.0, 3.0, -3.0])
    pool = nn.FeatureLPPooling(2, 2, 1)
    assert_array_equal(pool(x), [1, 0])
    # Torch7 leaves a window of y = 0 out here, and sums on over images.
    assert_array_equal(gradient(pool, x), [1, 1, 0, 0])
    assert_array_equal(pool.jvp(x, np.ones(4)), [2, 0])
    pool = nn.SpatialLPPooling(1, 1, 2, 1)
    assert_array_equal(gradient(pool, x[None, None]), np.ones((1, 1, 4)))


def test_odd_powers_of_negative_numbers_have_no_root():
    """As in Torch7, which takes no absolute value either; and no warning."""
    x = np.array([-3.0, 1.0, 1.0, 2.0])
    pool = nn.FeatureLPPooling(2, 2, 3)
    y = pool.forward(x)
    assert_array_equal(np.isnan(y), [True, False])
    assert_array_equal(
        np.isnan(pool.backward(x, np.ones(2))), [True, True, False, False]
    )


def test_dynamic_k_takes_the_first_of_equals_in_order():
    x = np.array([[2.0], [7.0], [2.0], [2.0], [1.0]])
    pool = nn.TemporalDynamicKMaxPooling(3)
    assert_array_equal(pool(x), [[2], [7], [2]])
    dC_dy = np.array([[10.0], [20.0], [30.0]])
    assert_array_equal(gradient(pool, x, dC_dy), [[10], [20], [30], [0], [0]])
    assert nn.TemporalDynamicKMaxPooling(1, 0.5)(x).shape == (3, 1)
    x[4] = np.nan
    assert_array_equal(pool(x), [[2], [7], [np.nan]])


def test_adaptive_windows_overlap_and_repeat():
    x = np.array([[[1.0, 5.0, 5.0]]])
    pool = nn.SpatialAdaptiveMaxPooling(2, 1)
    assert_array_equal(pool(x), [[[5, 5]]])
    assert_array_equal(gradient(pool, x, np.array([[[1.0, 10.0]]])), [[[0, 11, 0]]])
    pool = nn.SpatialAdaptiveMaxPooling(4, 1)
    assert_array_equal(pool(x), [[[1, 5, 5, 5]]])
    pool = nn.SpatialAdaptiveAveragePooling(2, 1)
    assert_array_equal(pool(x), [[[3, 5]]])
    assert_array_equal(gradient(pool, x), [[[0.5, 1, 0.5]]])


def test_adaptive_max_pooling_by_position_rounds_as_torch7():
    x = np.arange(13.0).reshape(1, 1, 13)
    exact = nn.SpatialAdaptiveMaxPooling(output_size=(1, 13))(x)
    assert_array_equal(exact, x)
    torch7 = nn.SpatialAdaptiveMaxPooling(13, 1)(x)
    assert_array_equal(np.flatnonzero(torch7 != x), [6])  # 7 * (1 / 13) * 13 > 7
    assert torch7[0, 0, 6] == 7


@pytest.mark.parametrize(
    "module",
    [
        nn.SpatialMaxPooling(2, 2),
        nn.SpatialAdaptiveMaxPooling(2, 2),
        nn.SpatialFractionalMaxPooling(2, 2, 2, 2),
    ],
    ids=repr,
)
def test_nan_wins_without_a_warning(module):
    x = np.arange(16.0).reshape(1, 4, 4)
    x[0, 0, 0] = np.nan
    y = module.forward(x)
    assert np.isnan(y[0, 0, 0]) and not np.isnan(y[0, 1, 1])
    assert module.backward(x, np.ones(y.shape))[0, 0, 0] == 1


def test_a_sample_alone_keeps_its_shape_in_backward(rng):
    """The batch made of it used to take the place of y."""
    x = rng.standard_normal((2, 4, 4))
    pool = nn.SpatialMaxPooling(2, 2)
    y = pool.forward(x)
    pool.backward(x, y)
    assert pool.y is y and pool.y.shape == (2, 2, 2)


@pytest.mark.parametrize(
    "ours, theirs, x",
    [
        (
            lambda: nn.SpatialDilatedMaxPooling(3, 2, 2, 1, 1, 1, 2, 1, ceil_mode=True),
            lambda t: t.MaxPool2d((2, 3), (1, 2), 1, (1, 2), ceil_mode=True),
            (2, 3, 7, 9),
        ),
        (
            lambda: nn.VolumetricDilatedMaxPooling(
                kernel_size=(4, 2, 3), stride=(2, 1, 1), padding=(2, 1, 1), dilation=2
            ),
            lambda t: t.MaxPool3d((4, 2, 3), (2, 1, 1), (2, 1, 1), 2),
            (2, 3, 9, 5, 7),
        ),
        (
            lambda: nn.VolumetricAveragePooling(
                kernel_size=3, stride=2, padding=1, ceil_mode=True
            ),
            lambda t: t.AvgPool3d(3, 2, 1, ceil_mode=True),
            (2, 3, 6, 5, 7),
        ),
        (
            lambda: nn.SpatialAdaptiveMaxPooling(output_size=(5, None)),
            lambda t: t.AdaptiveMaxPool2d((5, None)),
            (2, 3, 13, 4),
        ),
        (
            lambda: nn.SpatialAdaptiveAveragePooling(output_size=(5, None)),
            lambda t: t.AdaptiveAvgPool2d((5, None)),
            (2, 3, 13, 4),
        ),
        (
            lambda: nn.SpatialLPPooling(3, 2, 2, 3, 1, 2),
            lambda t: t.LPPool2d(2, (3, 2), (2, 1)),
            (2, 3, 9, 5),
        ),
    ],
)
def test_numbers_are_those_of_pytorch(ours, theirs, x, rng):
    torch = pytest.importorskip("torch")
    module, x = ours(), rng.standard_normal(x)
    input = torch.tensor(x, requires_grad=True)
    output = theirs(torch.nn)(input)
    y = module.forward(x)
    assert_allclose(y, output.detach().numpy(), rtol=1e-12)
    dC_dy = rng.standard_normal(y.shape)
    output.backward(torch.tensor(dC_dy))
    assert_allclose(module.backward(x, dC_dy), input.grad.numpy(), 1e-12, 1e-14)


def test_max_pooling_goes_back_after_evaluation_too(rng):
    module = nn.SpatialMaxPooling(kernel_size=3, stride=2)
    x, other = rng.standard_normal((2, 2, 3, 7, 7))
    dC_dy = rng.standard_normal((2, 3, 3, 3))
    module.forward(x)
    wanted = module.backward(x, dC_dy).copy()
    y = module.y.copy()
    module.evaluate().forward(other)
    assert_array_equal(module.forward(x), y)  # which keeps no winners
    assert_array_equal(module.backward(x, dC_dy), wanted)
    assert_array_equal(module.y, y)


def test_second_derivatives_of_a_norm():
    norm, x = nn.SpatialLPPooling(1, 2, 2, 1), np.array([[[3.0, 4.0]]])
    g = np.array([[[25.0]]])  # H = g (I / y - x x^T / y^3), y = 5
    turned = norm.hvp(x, g, np.array([[[1.0, 0.0]]]))
    require_close(norm, "hvp", turned, np.array([[[3.2, -2.4]]]), EXACT)
    require_close(
        norm, "d2", norm.backward_diag_hessian(x, g), np.array([[[9.0, 16.0]]]), EXACT
    )
    whole = norm.backward_diag_hessian(x, g, g)
    require_close(norm, "d2 with its own", whole, np.array([[[12.2, 17.8]]]), EXACT)


@pytest.mark.parametrize("p", [1.5, 2, 3])
def test_second_derivatives_of_a_norm_where_it_is_0(p):
    norm, x = nn.SpatialLPPooling(1, p, 2, 1), np.zeros((1, 1, 2))
    g = np.ones((1, 1, 1))
    assert_array_equal(norm.hvp(x, g, np.ones(x.shape)), x)
    assert_array_equal(norm.backward_diag_hessian(x, g, g), x)


@pytest.mark.parametrize("divide, wanted", [(True, [1, 1, 5]), (False, [4, 4, 20])])
def test_squared_means(divide, wanted):
    """The last window holds one entry: what hangs over does not count."""
    pool = nn.SpatialAveragePooling(2, 1, 2, 1, ceil_mode=True, divide=divide)
    h = np.array([[[4.0, 5.0]]])
    assert_array_equal(pool.backward_diag_hessian(np.ones((1, 1, 3)), h), [[wanted]])


def test_curvature_has_memory_of_its_own():
    pool, x = nn.TemporalMaxPooling(2), np.array([[1.0], [2.0]])
    dC_dx = gradient(pool, x)
    d2C_dx2 = pool.backward_diag_hessian(x, np.array([[7.0]]))
    pool.backward(x, np.array([[5.0]]))
    assert_array_equal(dC_dx, [[0], [5]])
    assert_array_equal(d2C_dx2, [[0], [7]])


def test_examples_of_sub_sampling():
    pool = nn.TemporalSubSampling(1, 2, 2, rng=0)
    x = np.array([[[1.0], [2.0], [3.0], [4.0]], [[0.0], [1.0], [1.0], [1.0]]])
    g = np.array([[[1.0], [10.0]], [[2.0], [3.0]]])
    weight, bias = pool.per_example_grads(x, g)
    assert_array_equal(weight, [[73], [8]])
    assert_array_equal(bias, [[11], [5]])
    pool.acc_diag_hessian_params(x, g)
    assert_array_equal(pool.grad_weight, [9 + 490 + 2 + 12])
    assert_array_equal(pool.grad_bias, [16])


def test_one_example_of_sub_sampling():
    pool, x = nn.TemporalSubSampling(1, 2, 2, rng=0), np.ones((4, 1))
    weight, bias = pool.per_example_grads(x, np.array([[1.0], [3.0]]))
    assert_array_equal([weight, bias], [[[8]], [[4]]])
    norms = pool.per_example_sq_norms(x, np.array([[1.0], [3.0]]))
    assert_array_equal(norms, [64 + 16])
