"""Cases of pooling."""

import nnmods as nn
from cases.case import Case


def positive(*shape):
    """Return a function of a generator giving distinct numbers from 0.5 to 2.5."""
    return lambda rng: Case(None, shape).inputs(rng) * 0.6 + 1.5


def unpooled(pooling, unpooling):
    return nn.Sequential(pooling, unpooling(pooling))


#: Of each class its cases; the key is the exported name.
MODULES = {
    "SpatialMaxPooling": [
        Case(lambda: nn.SpatialMaxPooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialMaxPooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
    ],
    "SpatialDilatedMaxPooling": [
        Case(
            lambda: nn.SpatialDilatedMaxPooling(3, 2, 2, 1, 1, 1, 2, 3).ceil(),
            (3, 2, 7, 6),
        ),
    ],
    "SpatialMaxUnpooling": [
        Case(
            lambda: unpooled(nn.SpatialMaxPooling(2, 3), nn.SpatialMaxUnpooling),
            (3, 2, 7, 6),
        ),
        Case(
            lambda: unpooled(
                nn.SpatialMaxPooling(3, 2, padding=1).ceil(), nn.SpatialMaxUnpooling
            ),
            (3, 2, 5, 4),
        ),
    ],
    "SpatialFractionalMaxPooling": [
        Case(lambda: nn.SpatialFractionalMaxPooling(2, 3, 3, 2), (3, 2, 6, 7)),
        Case(lambda: nn.SpatialFractionalMaxPooling(2, 2, 0.5, 0.6), (3, 2, 6, 7)),
    ],
    "SpatialLPPooling": [
        Case(lambda: nn.SpatialLPPooling(2, 2, 2, 3), (3, 2, 6, 4)),
        Case(lambda: nn.SpatialLPPooling(2, 3, 3, 2, 1, 2), positive(3, 2, 6, 4)),
        Case(lambda: nn.SpatialLPPooling(2, 1.5, 2, 2), positive(3, 2, 5, 4)),
    ],
    "FeatureLPPooling": [
        Case(lambda: nn.FeatureLPPooling(2, 1, 2, True), (3, 5), single=False),
        Case(
            lambda: nn.FeatureLPPooling(3, 2, 3, batch_mode=True),
            positive(3, 7, 4, 2),
            single=False,
        ),
        Case(
            lambda: nn.FeatureLPPooling(2, 2, 4),
            positive(5, 4, 2),
            batch=False,
        ),
    ],
    "SpatialAveragePooling": [
        Case(lambda: nn.SpatialAveragePooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialAveragePooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
        Case(
            lambda: nn.SpatialAveragePooling(
                3, 2, 2, 1, 1, 1, ceil_mode=True, count_include_pad=False, divide=False
            ),
            (3, 2, 7, 6),
        ),
    ],
    "SpatialAdaptiveMaxPooling": [
        Case(lambda: nn.SpatialAdaptiveMaxPooling(3, 2), (3, 2, 5, 7)),
        Case(lambda: nn.SpatialAdaptiveMaxPooling(output_size=(None, 4)), (3, 2, 5, 3)),
    ],
    "SpatialAdaptiveAveragePooling": [
        Case(lambda: nn.SpatialAdaptiveAveragePooling(3, 2), (3, 2, 5, 7)),
        Case(
            lambda: nn.SpatialAdaptiveAveragePooling(output_size=(None, 4)),
            (3, 2, 5, 3),
        ),
    ],
    "SpatialSubSampling": [
        Case(lambda: nn.SpatialSubSampling(2, 2, 3, rng=0), (3, 2, 6, 5)),
        Case(lambda: nn.SpatialSubSampling(2, 2, 2, 2, 3, rng=0), (3, 2, 7, 5)),
    ],
    "TemporalSubSampling": [
        Case(lambda: nn.TemporalSubSampling(2, 3, 2, rng=0), (3, 8, 2)),
    ],
    "TemporalMaxPooling": [
        Case(lambda: nn.TemporalMaxPooling(3, 2), (3, 8, 2)),
        Case(lambda: nn.TemporalMaxPooling(3, 2, padding=1, ceil_mode=True), (3, 6, 2)),
    ],
    "TemporalDynamicKMaxPooling": [
        Case(lambda: nn.TemporalDynamicKMaxPooling(2), (3, 5, 2)),
        Case(lambda: nn.TemporalDynamicKMaxPooling(2, 0.7), (3, 5, 2)),
    ],
    "VolumetricMaxPooling": [
        Case(lambda: nn.VolumetricMaxPooling(2, 3, 1), (3, 2, 4, 2, 6)),
        Case(
            lambda: nn.VolumetricMaxPooling(2, 2, 3, 1, 2, 2, 1, 0, 1).ceil(),
            (2, 2, 3, 4, 5),
        ),
    ],
    "VolumetricDilatedMaxPooling": [
        Case(
            lambda: nn.VolumetricDilatedMaxPooling(
                2, 2, 2, 1, 1, 2, 1, 0, 1, dilation=(1, 2, 3)
            ),
            (2, 2, 3, 4, 5),
        ),
    ],
    "VolumetricFractionalMaxPooling": [
        Case(
            lambda: nn.VolumetricFractionalMaxPooling(2, 2, 3, 2, 3, 2),
            (2, 2, 6, 5, 4),
        ),
    ],
    "VolumetricMaxUnpooling": [
        Case(
            lambda: unpooled(
                nn.VolumetricMaxPooling(1, 3, 2), nn.VolumetricMaxUnpooling
            ),
            (3, 2, 2, 4, 6),
        ),
    ],
    "VolumetricAveragePooling": [
        Case(lambda: nn.VolumetricAveragePooling(2, 3, 1), (3, 2, 4, 2, 6)),
        Case(
            lambda: nn.VolumetricAveragePooling(
                kernel_size=(2, 2, 3), stride=2, padding=1, count_include_pad=False
            ),
            (2, 2, 3, 4, 5),
        ),
    ],
}
