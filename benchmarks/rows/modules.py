"""Single modules that are no activations: forward and backward with a given dC_dy."""

import numpy as np
from harness.families import one_module
from harness.material import numbers


def images():
    return numbers(64, 32, 28, 28)


def vectors(n, width):
    return lambda: numbers(n, width)


def indices():
    return np.random.default_rng(0).integers(0, 50_000, (64, 50))


def ours(name, *arguments, **options):
    """Return a function that builds the module of this class."""

    def build():
        import nnmods as nn

        return getattr(nn, name)(*arguments, **options)

    return build


def same_start(module):
    """Return a function that builds the module with weights of 1, as PyTorch's has."""

    def build():
        built = module()
        built.weight.fill(1)
        return built

    return build


def dropped(contestant, results):
    """Say of random zeros what is known: their share, and that dC_dx has them too."""
    x, dC_dy = (np.asarray(a) for a in (contestant.x.data, contestant.dC_dy))
    kept = results["y"] != 0
    assert np.allclose(results["y"][kept], 2 * x[kept], rtol=1e-6)
    assert np.allclose(results["dC_dx"], 2 * dC_dy * kept, rtol=1e-6)
    return {"share": np.round(kept.mean(), 2)}


def embedding(torch):
    """Return PyTorch's module, with the rows of ours."""
    from harness.material import made

    rows = made(ours("Embedding", 50_000, 128)).weight
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=False)


FAST = "pooling, batch norm, tanh"

ROWS = [
    one_module(
        f"{kind} pooling {size}x{size} stride 2",
        FAST,
        ours(f"Spatial{cls}Pooling", kernel_size=size, stride=2),
        lambda t, name=torch, size=size: getattr(t.nn, name)(size, 2),
        images,
    )
    for kind, cls, torch in (
        ("max", "Max", "MaxPool2d"),
        ("average", "Average", "AvgPool2d"),
    )
    for size in (2, 3)
]
ROWS += [
    one_module(
        "batch norm 128x512",
        FAST,
        same_start(ours("BatchNormalization", 512)),
        lambda t: t.nn.BatchNorm1d(512),
        vectors(128, 512),
        images=False,
    ),
    one_module(
        "batch norm 64x32x28x28",
        FAST,
        same_start(ours("SpatialBatchNormalization", 32)),
        lambda t: t.nn.BatchNorm2d(32),
        images,
    ),
    one_module(
        "layer norm 512x768",
        "other",
        ours("LayerNorm", 768),
        lambda t: t.nn.LayerNorm(768),
        vectors(512, 768),
        images=False,
    ),
]
ROWS += [
    one_module(
        f"{name} {n}x{width}",
        "other",
        ours(cls),
        lambda t, cls=torch: getattr(t.nn, cls)(1),
        vectors(n, width),
        images=False,
    )
    for name, cls, torch in (
        ("softmax", "SoftMax", "Softmax"),
        ("log-softmax", "LogSoftMax", "LogSoftmax"),
    )
    for n, width in ((256, 1000), (32, 50_000))
]
ROWS += [
    one_module(
        "dropout",
        "other",
        ours("Dropout", 0.5),
        lambda t: t.nn.Dropout(0.5),
        images,
        summary=dropped,
    ),
    one_module(
        "embedding 50000x128, 64x50",
        "other",
        ours("Embedding", 50_000, 128),
        embedding,
        indices,
        images=False,
        input_grad=False,
    ),
    one_module(
        "upsampling nearest x2",
        "other",
        ours("Upsample", scale_factor=2),
        lambda t: t.nn.Upsample(scale_factor=2),
        images,
    ),
    one_module(
        "upsampling bilinear x2",
        "other",
        ours("Upsample", scale_factor=2, mode="bilinear"),
        lambda t: t.nn.Upsample(scale_factor=2, mode="bilinear"),
        images,
    ),
]
