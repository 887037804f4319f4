"""Cases of upsampling and borders."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "SpatialUpSamplingNearest": [
        Case(lambda: nn.SpatialUpSamplingNearest(3), (3, 2, 2, 4)),
    ],
    "SpatialUpSamplingBilinear": [
        Case(lambda: nn.SpatialUpSamplingBilinear(2), (3, 2, 4, 3)),
        Case(
            lambda: nn.SpatialUpSamplingBilinear({"oheight": 3, "owidth": 7}),
            (3, 2, 4, 3),
        ),
        Case(lambda: nn.SpatialUpSamplingBilinear(1), (3, 2, 4, 3)),
    ],
    "UpSampling": [
        Case(lambda: nn.UpSampling(2), (3, 2, 2, 4), single=False),
        Case(lambda: nn.UpSampling(3, "linear"), (3, 2, 2, 1, 3), single=False),
        Case(
            lambda: nn.UpSampling({"oheight": 4, "owidth": 2}, "bilinear"),
            (3, 2, 3, 5),
            single=False,
        ),
    ],
    "Upsample": [
        Case(lambda: nn.Upsample(5), (3, 2, 4), single=False),
        Case(lambda: nn.Upsample((3, 7)), (3, 2, 4, 5), single=False),
        Case(
            lambda: nn.Upsample(scale_factor=1.6, mode="linear"),
            (3, 2, 5),
            single=False,
        ),
        Case(
            lambda: nn.Upsample(scale_factor=(2, 0.6), mode="bilinear"),
            (3, 2, 3, 5),
            single=False,
        ),
        Case(
            lambda: nn.Upsample((5, 2, 3), mode="trilinear", align_corners=True),
            (2, 2, 3, 4, 1),
            single=False,
        ),
        Case(lambda: nn.Upsample((7, 3), mode="bicubic"), (3, 2, 4, 5), single=False),
        Case(
            lambda: nn.Upsample(6, mode="bicubic", align_corners=True),
            (3, 2, 4, 5),
            single=False,
        ),
    ],
    "PixelShuffle": [
        Case(lambda: nn.PixelShuffle(2), (3, 8, 2, 3)),
        Case(lambda: nn.PixelShuffle(3), (3, 9, 2, 1)),
    ],
    "SpatialZeroPadding": [
        Case(lambda: nn.SpatialZeroPadding(1, 2, 0, 3), (3, 2, 2, 4)),
        Case(lambda: nn.SpatialZeroPadding(-1, 2, 1, -2), (3, 2, 4, 3)),
    ],
    "SpatialReflectionPadding": [
        Case(lambda: nn.SpatialReflectionPadding(2, 1, 0, 3), (3, 2, 4, 3)),
        Case(lambda: nn.SpatialReflectionPadding(-1, 2, 1, -2), (3, 2, 4, 3)),
    ],
    "SpatialReplicationPadding": [
        Case(lambda: nn.SpatialReplicationPadding(1, 4, 0, 3), (3, 2, 4, 3)),
        Case(lambda: nn.SpatialReplicationPadding(-1, 2, 1, -2), (3, 2, 4, 3)),
    ],
    "VolumetricReplicationPadding": [
        Case(
            lambda: nn.VolumetricReplicationPadding(1, 2, 0, -1, 3, 1),
            (3, 2, 2, 4, 3),
        ),
    ],
}
