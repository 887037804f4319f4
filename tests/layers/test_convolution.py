"""What the convolutions over any number of axes have in common."""

import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn

PLAIN = {
    "SpatialConvolution": 2,
    "SpatialConvolutionMM": 2,
    "SpatialDilatedConvolution": 2,
    "TemporalConvolution": 1,
    "VolumetricConvolution": 3,
    "VolumetricDilatedConvolution": 3,
}
FULL = {"SpatialFullConvolution": 2, "VolumetricFullConvolution": 3}
ALL = {**PLAIN, **FULL}
WINDOWS = {
    "plain": {},
    "stride": {"stride": 2},
    "padding": {"padding": 2},
    "dilation": {"dilation": 2},
    "all": {"stride": 3, "padding": 1, "dilation": 2},
}


def make(name, in_channels, out_channels, **options):
    return getattr(nn, name)(in_channels, out_channels, rng=0, **options)


def image(rng, name, channels, size, N=2):
    """Return x of the class's layout: features last for sequences."""
    axes = ALL[name]
    size = tuple(size + i for i in range(axes))
    return rng.standard_normal(
        (N, *size, channels) if axes == 1 else (N, channels, *size)
    )


def channel_axis(name):
    return 2 if ALL[name] == 1 else 1


def kernel(module):
    """Return the weight as (first, second / groups, *K), however it is stored."""
    if isinstance(module, nn.TemporalConvolution):
        rows = len(module.weight)
        return module.weight.reshape(rows, *module.kernel_size, -1).swapaxes(1, 2)
    return module.weight.reshape(len(module.weight), -1, *module.kernel_size)


def test_spatial_by_hand():
    conv = nn.SpatialConvolution(1, 1, 2, 1, rng=0)
    conv.weight[...] = [[[[2.0, 1.0]]]]
    conv.bias[...] = 0.5
    x, dC_dy = np.array([[[1.0, 3, 5], [0, 2, 4]]]), np.array([[[1.0, -1], [0, 10]]])
    assert_array_equal(conv.forward(x), [[[5.5, 11.5], [2.5, 8.5]]])
    assert_array_equal(conv.backward(x, dC_dy), [[[2, -1, -1], [0, 20, 10]]])
    conv.acc_grad_params(x, dC_dy, scale=0.5)
    assert_array_equal(conv.grad_weight, [[[[9, 19]]]])  # half of 1-3+20, 3-5+40
    assert_array_equal(conv.grad_bias, [5])


def test_dilated_by_hand():
    conv = nn.SpatialDilatedConvolution(1, 1, 2, 1, 1, 1, 0, 0, 2, 1, rng=0)
    conv.weight[...] = [[[[2.0, 1.0]]]]
    conv.bias[...] = 0
    assert_array_equal(conv.forward(np.array([[[1.0, 3, 5, 7]]])), [[[7, 13]]])


def test_volumes_take_width_before_height():
    conv = nn.VolumetricConvolution(1, 2, 3, 5, 4, 1, 2, 3, 0, 2, 1, rng=0)
    assert conv.weight.shape == (2, 1, 3, 4, 5)
    assert conv.stride == (1, 3, 2) and conv.padding == (0, 1, 2)
    dilated = nn.VolumetricDilatedConvolution(
        1, 2, 3, 5, 4, 1, 1, 1, 0, 0, 0, 2, 3, 4, rng=0
    )
    assert dilated.dilation == (2, 4, 3)
    assert dilated(np.ones((1, 9, 14, 14))).shape == (2, 5, 2, 2)


@pytest.mark.parametrize(
    "name, args, padding",
    [
        ("SpatialConvolution", (1, 1, 3, 3, 1, 1, 2), (2, 2)),
        ("SpatialConvolutionMM", (1, 1, 3, 3, 1, 1, None, 2), (2, 0)),
        ("SpatialDilatedConvolution", (1, 1, 3, 3, None, None, 1, 2), (2, 1)),
        ("VolumetricConvolution", (1, 1, 2, 2, 2, 1, 1, 1, 1), (1, 1, 1)),
        ("VolumetricConvolution", (1, 1, 2, 2, 2, 1, 1, 1, None, 1), (0, 1, 1)),
        ("VolumetricConvolution", (1, 1, 2, 2, 2, 1, 1, 1, 1, 2), (1, 2, 2)),
        ("VolumetricConvolution", (1, 1, 2, 2, 2, 1, 1, 1, 1, None, 3), (1, 3, 1)),
        ("SpatialFullConvolution", (1, 1, 3, 3, 1, 1, 2), (0, 2)),
        ("VolumetricFullConvolution", (1, 1, 2, 2, 2, 1, 1, 1, None, 1), (0, 0, 1)),
    ],
)
def test_paddings_left_out_are_what_torch7_takes(name, args, padding):
    assert getattr(nn, name)(*args, rng=0).padding == padding


@pytest.mark.parametrize("options", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("name", ALL)
def test_groups_are_convolutions_side_by_side(name, options, rng):
    whole = make(name, 6, 4, kernel_size=2, groups=2, **options)
    parts = [make(name, 3, 2, kernel_size=2, **options) for _ in range(2)]
    half = len(whole.weight) // 2
    for i, part in enumerate(parts):
        part.weight[...] = whole.weight[i * half : (i + 1) * half]
        part.bias[...] = whole.bias[2 * i : 2 * i + 2]
    axis = channel_axis(name)
    x = image(rng, name, 6, 5)
    xs = np.split(x, 2, axis)
    y = whole.forward(x)
    wanted = np.concatenate([p(x) for p, x in zip(parts, xs, strict=True)], axis)
    assert_allclose(y, wanted, rtol=1e-12, atol=1e-13)
    dC_dy = rng.standard_normal(y.shape)
    slopes = np.split(dC_dy, 2, axis)
    got = whole.backprop(x, dC_dy)
    pieces = [
        p.backprop(x, g).copy() for p, x, g in zip(parts, xs, slopes, strict=True)
    ]
    assert_allclose(got, np.concatenate(pieces, axis), rtol=1e-12, atol=1e-13)
    for i in range(2):
        wanted = np.concatenate([part.parameters()[1][i] for part in parts])
        assert_allclose(whole.parameters()[1][i], wanted, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", PLAIN)
def test_dilation_is_a_kernel_with_zeros_in_it(name, rng):
    thin = make(name, 2, 3, kernel_size=3, dilation=2)
    wide = make(name, 2, 3, kernel_size=5)
    wide.weight[...] = 0
    kernel(wide)[(..., *(slice(None, None, 2),) * ALL[name])] = kernel(thin)
    wide.bias[...] = thin.bias
    x = image(rng, name, 2, 6)
    assert_allclose(thin(x), wide(x), rtol=1e-12, atol=1e-13)
    assert_allclose(thin.backward(x, thin.y), wide.backward(x, wide.y), atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_initial_values_stay_within_the_bound(name):
    module = make(name, 4, 6, kernel_size=2, groups=2, dtype=np.float32)
    bound = 1 / np.sqrt(2 * 2 ** ALL[name])
    for p in module.parameters()[0]:
        assert p.dtype == np.float32
        assert np.abs(p).max() <= bound
    assert np.abs(module.weight).max() > 0.8 * bound
    assert module.reset(1, stdv=0.01) is module
    assert 0.01 < np.abs(module.weight).max() <= 0.01 * np.sqrt(3)


@pytest.mark.parametrize("name", ALL)
def test_without_bias(name, rng):
    module = make(name, 2, 3, kernel_size=2)
    x = image(rng, name, 2, 4)
    y = module(x)
    offset = (
        module.bias if ALL[name] == 1 else module.bias.reshape(-1, *[1] * ALL[name])
    )
    wanted = y - offset
    assert module.no_bias() is module
    assert len(module.parameters()[0]) == 1
    assert_allclose(module(x), wanted, rtol=1e-12, atol=1e-13)
    assert repr(module).endswith(", bias=False)")
    module.reset(3)  # Torch7's VolumetricFullConvolution failed here


@pytest.mark.parametrize(
    "module, wanted",
    [
        (("SpatialConvolution", 4, 6, 3, 2), "SpatialConvolution(4 -> 6, 2x3)"),
        (
            ("SpatialDilatedConvolution", 1, 2, 3, 3, 2, 2, 1, 1, 2, 1),
            "SpatialDilatedConvolution(1 -> 2, 3x3, stride=2, padding=1, "
            "dilation=(1, 2))",
        ),
        (
            ("SpatialFullConvolution", 1, 2, 3, 3, 2, 2, 0, 0, 1, 1),
            "SpatialFullConvolution(1 -> 2, 3x3, stride=2, output_padding=1)",
        ),
        (
            ("TemporalConvolution", 1, 2, 3, 2),
            "TemporalConvolution(1 -> 2, 3, stride=2)",
        ),
        (
            ("VolumetricConvolution", 1, 2, 3, 4, 5),
            "VolumetricConvolution(1 -> 2, 3x5x4)",
        ),
    ],
)
def test_repr(module, wanted):
    name, *args = module
    assert repr(getattr(nn, name)(*args)) == wanted


def test_repr_tells_of_groups():
    assert repr(nn.SpatialConvolution(4, 2, kernel_size=1, groups=2)) == (
        "SpatialConvolution(4 -> 2, 1x1, groups=2)"
    )


@pytest.mark.parametrize("name", ALL)
def test_constructors_refuse_what_makes_no_sense(name):
    make_it = getattr(nn, name)
    for options, text in (
        ({}, "kernel_size is missing"),
        ({"kernel_size": 2.5}, "kernel_size is .*, expected integers"),
    ):
        with pytest.raises(TypeError, match=f"{name}: {text}"):
            make_it(2, 2, **options)
    for options, text in (
        ({"kernel_size": 0}, "kernel_size is .*, expected at least 1"),
        ({"stride": 0}, "stride is .*, expected at least 1"),
        ({"padding": -1}, "padding is .*, expected at least 0"),
        ({"dilation": 0}, "dilation is .*, expected at least 1"),
        ({"groups": 0}, "groups is 0, expected at least 1"),
        ({"groups": 4}, "in_channels is 2, expected a multiple of groups, 4"),
        ({"stride": (1,) * 4}, "stride has 4 entries, expected one number or"),
    ):
        with pytest.raises(ValueError, match=f"{name}: {text}"):
            make_it(2, 4, **{"kernel_size": 2, **options})


def test_dilation_is_given_once():
    with pytest.raises(TypeError, match="dilation is given by keyword and by position"):
        nn.SpatialDilatedConvolution(1, 1, 3, 3, 1, 1, 0, 0, 2, 2, dilation=2)


@pytest.mark.parametrize("name", ALL)
def test_wrong_shapes_are_refused_before_anything_changes(name, rng):
    module = make(name, 2, 3, kernel_size=3)
    x = image(rng, name, 2, 6)
    y = module.forward(x).copy()
    too_many = np.concatenate([x, x], axis=channel_axis(name))
    for bad in (too_many, x[None], x[0, 0]):
        for call in (module.forward, lambda bad: module.jvp(bad, bad)):
            with pytest.raises(ValueError, match=r"d?x has shape .*, expected \("):
                call(bad)
    with pytest.raises(ValueError, match=r"dC_dy has shape .*, expected \("):
        module.backprop(x, y[..., :-1])
    with pytest.raises(ValueError, match=r"dC_dy has shape .*, expected \("):
        module.acc_grad_params(x[0], y)
    assert_array_equal(module.y, y)
    assert not any(grad.any() for grad in module.parameters()[1])
    with pytest.raises(TypeError, match="x"):
        module.forward([x]) if name in PLAIN else module.forward("x")


@pytest.mark.parametrize("name", PLAIN)
def test_images_smaller_than_a_window_are_refused(name, rng):
    module = make(name, 2, 3, kernel_size=3, padding=1, dilation=2)
    x = image(rng, name, 2, 3)
    module.forward(x)
    with pytest.raises(ValueError, match=r"x has spatial size \(2.*at least \(3,"):
        module.forward(image(rng, name, 2, 2))
    assert_array_equal(module.y.shape[1], 1 if ALL[name] == 1 else 3)


@pytest.mark.parametrize("name", ALL)
def test_nan_goes_where_its_windows_go(name, rng):
    module = make(name, 1, 2, kernel_size=2)
    x = image(rng, name, 1, 5, N=1)
    last = (0, -1, 0) if ALL[name] == 1 else (0, 0, *(-1,) * ALL[name])
    x[last] = np.nan
    y = module(x)
    sound = np.isfinite(y)
    assert not sound[
        (0, -1, -1) if ALL[name] == 1 else (0, -1, *(-1,) * ALL[name])
    ].all()
    assert sound[(0, 0, 0) if ALL[name] == 1 else (0, 0, *(0,) * ALL[name])].all()


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize("name", ALL)
def test_a_repeated_call_allocates_no_array(name, groups, rng):
    module = make(name, 4, 8, kernel_size=2, groups=groups).float()
    x = image(rng, name, 4, {1: 2000, 2: 40, 3: 12}[ALL[name]], N=8).astype(np.float32)
    dC_dy = module(x)

    def call():
        module.forward(x)
        module.backprop(x, dC_dy)
        module.jvp(x, x)

    # A sum with a bias, and an outer product, go through NumPy's buffers of 8192.
    assert taken_again(call) < 3 * 8192 * 4 + 4096 < x.nbytes


TORCH = {
    "SpatialConvolution": "Conv2d",
    "SpatialConvolutionMM": "Conv2d",
    "SpatialDilatedConvolution": "Conv2d",
    "TemporalConvolution": "Conv1d",
    "VolumetricConvolution": "Conv3d",
    "VolumetricDilatedConvolution": "Conv3d",
    "SpatialFullConvolution": "ConvTranspose2d",
    "VolumetricFullConvolution": "ConvTranspose3d",
}


@pytest.mark.parametrize("options", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("name", ALL)
def test_equals_pytorch(name, groups, options, rng):
    torch = pytest.importorskip("torch")
    axes = ALL[name]
    sizes = {"kernel_size": (3, 2, 2)[:axes], "groups": groups, **options}
    if name in FULL and options.get("stride"):
        sizes["output_padding"] = (1, 0, 1)[:axes]
    module = make(name, 4, 8, **sizes)
    other = getattr(torch.nn, TORCH[name])(4, 8, **sizes, dtype=torch.float64)
    with torch.no_grad():
        other.weight.copy_(torch.from_numpy(kernel(module).copy()))
        other.bias.copy_(torch.from_numpy(module.bias))
    x = image(rng, name, 4, 7, N=3)

    def turned(a):
        return np.swapaxes(a, 1, 2) if axes == 1 else a

    inputs = torch.tensor(turned(x).copy(), requires_grad=True)
    outputs = other(inputs)
    y = module.forward(x)
    assert_allclose(turned(y), outputs.detach().numpy(), rtol=1e-10, atol=1e-12)
    dC_dy = rng.standard_normal(y.shape)
    outputs.backward(torch.from_numpy(turned(dC_dy).copy()))
    dC_dx = module.backprop(x, dC_dy)
    assert_allclose(turned(dC_dx), inputs.grad.numpy(), rtol=1e-10, atol=1e-12)
    module.weight[...] = module.grad_weight  # to see the gradient as a kernel
    assert_allclose(kernel(module), other.weight.grad.numpy(), rtol=1e-10, atol=1e-11)
    assert_allclose(module.grad_bias, other.bias.grad.numpy(), rtol=1e-10, atol=1e-11)
