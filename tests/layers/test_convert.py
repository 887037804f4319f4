"""Convert, Copy and Contiguous: the same numbers otherwise laid out."""

import numpy as np
import pytest

from nnmods.layers.shape import Contiguous, Convert, Copy

x = np.arange(120.0).reshape(2, 3, 4, 5)


@pytest.mark.parametrize(
    "convert, x, wanted",
    [
        (Convert("bchw", "bhwc"), x, x.transpose(0, 2, 3, 1)),
        (Convert("bchw", "whcb"), x, x.transpose(3, 2, 1, 0)),
        (Convert("chw", "hwc"), x[0], x[0].transpose(1, 2, 0)),
        (Convert("chw", "hwc"), x, x.transpose(0, 2, 3, 1)),
        (Convert("bchw", "bf"), x, x.reshape(2, 60)),
        (Convert("chw", "f"), x[0], x[0].reshape(60)),
        # b and the first axis change places: h, w and c are then in that order
        (Convert("chwb", "bf"), x, x.swapaxes(0, 3).reshape(5, 24)),
        (Convert("cb", "bf"), x[0, 0], x[0, 0].T),
        (Convert("bc", "bf"), x[0, 0], x[0, 0]),
        (Convert("b", "bf"), x[0, 0, 0], x[0, 0, 0][:, None]),
        (Convert("b", "bt"), x[0, 0, 0], x[0, 0, 0][:, None]),
        (Convert("bt", "b"), x[0, 0], x[0, 0, :, 0]),
        (Convert("tb", "b"), x[0, 0], x[0, 0, 0]),
        (Convert("bf", "b"), x[0, 0, :, :1], x[0, 0, :, 0]),
        (Convert("fb", "b"), x[0, 0, :1], x[0, 0, 0]),
        (Convert("bt", "b"), x[0, 0, 0], x[0, 0, 0, 0]),
        (Convert("bf"), x[0, 0], x[0, 0]),
        (Convert(), x, x),
    ],
    ids=lambda v: repr(v) if isinstance(v, Convert) else "",
)
def test_values_and_gradients(convert, x, wanted):
    y = convert(x)
    np.testing.assert_array_equal(y, wanted)
    dC_dx = convert.backward(x, y + 1)
    passed = np.isin(x, wanted)  # entries are distinct
    np.testing.assert_array_equal(dC_dx, np.where(passed, x + 1, 0))


@pytest.mark.parametrize("single", [False, True])
def test_layouts_of_memory(single):
    turned = np.asfortranarray(x[0] if single else x)
    convert = Convert("bchw", "bf")
    y = convert(turned)
    np.testing.assert_array_equal(y, x[0].reshape(-1) if single else x.reshape(2, -1))
    np.testing.assert_array_equal(convert.backward(turned, y), turned)


def test_convert_casts_to_the_dtype_of_the_module():
    convert, single = Convert(), x.astype(np.float32)
    assert convert(single).dtype == np.float64
    assert convert.backward(single, x).dtype == np.float32
    assert Convert("bchw", "bf").float()(x).dtype == np.float32
    assert Convert()(np.arange(3)).dtype == np.float64
    assert convert.backward(np.arange(3), np.ones(3, np.float32)).dtype == np.float64


@pytest.mark.parametrize(
    "shapes",
    [("bf", "bc"), ("bchw", "bhw"), ("bchw", "b"), ("bt", "bf"), ("bf", "bt")]
    + [("b*", "bf"), ("bf", "b*"), ("bcc", "bcc"), ("bbc", "bf")],
)
def test_conversions_that_are_not_known(shapes):
    with pytest.raises(ValueError, match="Convert: input_shape is .* and output_shape"):
        Convert(*shapes)


def test_an_output_shape_alone():
    with pytest.raises(ValueError, match="Convert: input_shape is None"):
        Convert(None, "bf")


def test_arrays_that_do_not_fit():
    with pytest.raises(
        ValueError, match=r"x has shape \(4, 5\), expected 4 axes, or 3"
    ):
        Convert("bchw", "bf").forward(x[0, 0])
    with pytest.raises(ValueError, match=r"x has shape \(4, 5\), expected \(\*, 1\)"):
        Convert("bf", "b").forward(x[0, 0])
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(2, 61\), expected \(2, 60"
    ):
        Convert("bchw", "bf").backward(x, np.ones((2, 61)))


def test_copy_of_equal_types_is_the_array_itself():
    for copy in (Copy(), Copy("torch.FloatTensor", "torch.FloatTensor")):
        assert copy.forward(x) is x and copy.backward(x, x) is x
        assert copy.forward(x) is copy.y


def test_copy_by_force():
    copy = Copy(force_copy=True)
    y, dC_dx = copy.forward(x), copy.backward(x, x)
    for array in (y, dC_dx):
        assert not np.shares_memory(array, x)
        np.testing.assert_array_equal(array, x)
    assert copy.forward(x) is y


@pytest.mark.parametrize(
    "name, dtype",
    [
        ("torch.FloatTensor", np.float32),
        ("torch.CudaTensor", np.float32),
        ("torch.CudaDoubleTensor", np.float64),
        ("torch.HalfTensor", np.float16),
        ("torch.LongTensor", np.int64),
        ("torch.ByteTensor", np.uint8),
        ("float32", np.float32),
        (np.int16, np.int16),
        (np.dtype(np.float64), np.float64),
    ],
)
def test_copy_to_another_type(name, dtype):
    copy = Copy("torch.DoubleTensor", name, True)
    y = copy(np.array([1.7, 200.0]))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.array([1.7, 200.0]).astype(dtype))
    dC_dx = copy.backward(np.array([1.7, 200.0]), np.ones(2, np.float32))
    assert dC_dx.dtype == np.float64


def test_copy_is_cast_with_its_network_unless_told_otherwise():
    types = "torch.DoubleTensor", "torch.FloatTensor"
    assert Copy(*types).double()(x).dtype == np.float64
    assert Copy(*types, dont_cast=True).double()(x).dtype == np.float32
    assert Copy(*types, None, True).double().clone()(x).dtype == np.float32


def test_what_does_not_fit_the_type_makes_no_noise():
    assert Copy(None, "torch.IntTensor")(np.array([np.nan])).dtype == np.int32
    np.testing.assert_array_equal(Convert().float()(np.array([1e99])), [np.inf])


@pytest.mark.parametrize("name", ["torch.StringTensor", "complex64", "U3", 3.5])
def test_types_that_are_not_of_real_numbers(name):
    with pytest.raises(TypeError, match="Copy: intype is .*, expected a type of real"):
        Copy(name)


def test_contiguous():
    contiguous, turned = Contiguous(), x.T
    assert contiguous.forward(x) is x and contiguous.backward(x, x) is x
    y, dC_dx = contiguous.forward(turned), contiguous.backward(turned, turned)
    for array in (y, dC_dx):
        assert array.flags.c_contiguous and not np.shares_memory(array, x)
        np.testing.assert_array_equal(array, turned)
    assert contiguous.forward(turned) is y


def test_repr():
    assert repr(Convert("chw", "f")) == "Convert('bchw', 'bf')"
    assert repr(Copy()) == "Copy()"
    assert repr(Copy(dont_cast=True)) == "Copy(dont_cast=True)"
    copy = Copy("torch.DoubleTensor", np.float32, True)
    assert repr(copy) == "Copy('float64', 'float32', force_copy=True)"
