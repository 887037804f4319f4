"""Single convolutions: forward and all gradients, and a prediction."""

from harness.families import inference, one_layer, summarised
from harness.material import batch_last, made, numbers
from harness.row import Row

SMALL, LARGE, OTHER = "LeNet, 1 channel, 5x5", "3x3 convolution", "other"


def conv(n_in, n_out, size, cls="SpatialConvolution", **options):
    """Return a function that builds a convolution."""

    def build():
        import nnmods as nn

        return getattr(nn, cls)(n_in, n_out, kernel_size=size, **options)

    return build


def temporal():
    """Return the row of a convolution over time: frames are (N, T, features) here."""
    build, shape = conv(64, 64, 5, "TemporalConvolution"), (32, 64, 200)

    def turned(x):
        return batch_last(x).swapaxes(1, 2)

    def parts():
        x = numbers(*shape)
        return made(build), x, numbers(32, 64, 196, seed=1)

    def ours():
        from harness.ours import OneModule

        module, x, dC_dy = parts()
        contestant = OneModule(module, turned(x), turned(dC_dy))
        return summarised(contestant, as_channels)

    def pytorch():
        import torch
        from harness.with_torch import OneModule

        module, x, dC_dy = parts()
        layer = torch.nn.Conv1d(64, 64, 5)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(_filters(module.weight)))
            layer.bias.copy_(torch.from_numpy(module.bias))
        return OneModule(layer, x, dC_dy)

    builders = {"nnmods": ours, "pytorch": pytorch}
    return Row("conv 1-d 5 64->64, 200 b32", OTHER, builders)


def as_channels(contestant, results):
    """Return results with features before time, as PyTorch has them."""
    turned = {key: results[key].swapaxes(1, 2) for key in ("y", "dC_dx")}
    return results | turned | {"gradient 0": _filters(results["gradient 0"])}


def _filters(weight):
    return weight.reshape(64, 5, 64).swapaxes(1, 2)


LAYERS = {
    "3x3 64->64, 32x32 b32": (LARGE, conv(64, 64, 3, padding=1), (32, 64, 32, 32)),
    "3x3 stride 2 64->128, 32x32 b32": (
        LARGE,
        conv(64, 128, 3, stride=2, padding=1),
        (32, 64, 32, 32),
    ),
    "3x3 dilation 2 64->64, 32x32 b16": (
        LARGE,
        conv(64, 64, 3, padding=2, dilation=2),
        (16, 64, 32, 32),
    ),
    "3x3 depthwise 64, 32x32 b32": (
        OTHER,
        conv(64, 64, 3, padding=1, groups=64),
        (32, 64, 32, 32),
    ),
    "1x1 64->128, 28x28 b32": (OTHER, conv(64, 128, 1), (32, 64, 28, 28)),
    "1x1 128->64, 28x28 b32": (OTHER, conv(128, 64, 1), (32, 128, 28, 28)),
    "5x5 32->64, 14x14 b64": (SMALL, conv(32, 64, 5, padding=2), (64, 32, 14, 14)),
    "5x5 1->32, 28x28 b64": (SMALL, conv(1, 32, 5, padding=2), (64, 1, 28, 28)),
    "3-d 3 8->16, 16x16x16 b8": (
        OTHER,
        conv(8, 16, 3, "VolumetricConvolution", padding=1),
        (8, 8, 16, 16, 16),
    ),
}

ROWS = [one_layer(f"conv {name}", *layer) for name, layer in LAYERS.items()]
ROWS += [
    temporal(),
    inference(
        "conv 3x3 64->64, 56x56 b1 inference",
        LARGE,
        conv(64, 64, 3, padding=1),
        (1, 64, 56, 56),
    ),
]
