"""Cases of convolution."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "SpatialConvolution": [
        Case(lambda: nn.SpatialConvolution(2, 3, 3, 3, rng=0), (3, 2, 6, 5)),
        Case(
            lambda: nn.SpatialConvolution(
                2, 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), rng=0
            ),
            (3, 2, 7, 5),
        ),
        Case(
            lambda: nn.SpatialConvolution(2, 3, kernel_size=1, bias=False, rng=0),
            (3, 2, 4, 5),
        ),
        Case(
            lambda: nn.SpatialConvolution(
                4, 6, kernel_size=(2, 3), padding=1, dilation=(1, 2), groups=2, rng=0
            ),
            (3, 4, 3, 5),
        ),
        Case(
            lambda: nn.SpatialConvolution(3, 3, kernel_size=1, groups=3, rng=0),
            (2, 3, 4, 5),
        ),
    ],
    "SpatialConvolutionMM": [
        Case(lambda: nn.SpatialConvolutionMM(2, 3, 3, 2, 1, 2, rng=0), (3, 2, 6, 5)),
        Case(
            lambda: nn.SpatialConvolutionMM(4, 6, 3, 3, groups=2, bias=False, rng=0),
            (3, 4, 4, 5),
        ),
    ],
    "SpatialDilatedConvolution": [
        Case(
            lambda: nn.SpatialDilatedConvolution(2, 3, 3, 2, 2, 1, 2, 1, 2, 3, rng=0),
            (2, 2, 7, 8),
        ),
        Case(
            lambda: nn.SpatialDilatedConvolution(2, 4, 2, 3, groups=2, rng=0),
            (2, 2, 5, 4),
        ),
    ],
    "SpatialFullConvolution": [
        Case(lambda: nn.SpatialFullConvolution(2, 3, 3, 2, rng=0), (3, 2, 4, 5)),
        Case(
            lambda: nn.SpatialFullConvolution(3, 2, 2, 4, 3, 2, 0, 1, 2, 0, rng=0),
            (2, 3, 3, 4),
        ),
        Case(
            lambda: nn.SpatialFullConvolution(
                4, 6, 3, 3, 2, 2, 1, 1, dilation=(1, 2), groups=2, bias=False, rng=0
            ),
            (2, 4, 3, 2),
        ),
        Case(
            lambda: nn.SpatialFullConvolution(2, 3, 3, 3, 2, 3, 1, 1, rng=0),
            [(3, 2, 3, 4), (3, 1, 9, 8)],
        ),
        Case(lambda: nn.SpatialFullConvolution(3, 2, 1, 1, rng=0), (2, 3, 3, 4)),
    ],
    "SpatialDepthWiseConvolution": [
        Case(
            lambda: nn.SpatialDepthWiseConvolution(2, 3, 3, 2, 2, 1, 1, 0, rng=0),
            (3, 2, 5, 6),
        ),
        Case(
            lambda: nn.SpatialDepthWiseConvolution(3, 1, 3, 3, bias=False, rng=0),
            (2, 3, 4, 6),
        ),
    ],
    "TemporalConvolution": [
        Case(lambda: nn.TemporalConvolution(3, 4, 2, rng=0), (2, 6, 3)),
        Case(lambda: nn.TemporalConvolution(2, 3, 1, bias=False, rng=0), (3, 4, 2)),
        Case(
            lambda: nn.TemporalConvolution(
                4, 6, 3, 2, padding=2, dilation=2, groups=2, rng=0
            ),
            (3, 7, 4),
        ),
    ],
    "VolumetricConvolution": [
        Case(
            lambda: nn.VolumetricConvolution(2, 3, 2, 3, 2, 1, 2, 1, 0, 1, 2, rng=0),
            (2, 2, 3, 4, 5),
        ),
        Case(
            lambda: nn.VolumetricConvolution(2, 4, 2, 1, 2, groups=2, rng=0),
            (2, 2, 3, 4, 2),
        ),
    ],
    "VolumetricDilatedConvolution": [
        Case(
            lambda: nn.VolumetricDilatedConvolution(
                2, 3, 2, 2, 2, 1, 1, 2, 0, 1, 0, 2, 1, 2, rng=0
            ),
            (2, 2, 4, 4, 5),
        ),
    ],
    "VolumetricFullConvolution": [
        Case(
            lambda: nn.VolumetricFullConvolution(
                2, 3, 3, 2, 3, 2, 3, 2, 1, 0, 1, 1, 2, 0, rng=0
            ),
            (2, 2, 2, 2, 3),
        ),
        Case(
            lambda: nn.VolumetricFullConvolution(
                2, 4, 2, 2, 2, 2, 2, 2, groups=2, bias=False, rng=0
            ),
            [(2, 2, 2, 3, 2), (2, 1, 4, 7, 5)],
        ),
    ],
    "SpatialConvolutionLocal": [
        Case(lambda: nn.SpatialConvolutionLocal(2, 3, 5, 4, 3, 2, rng=0), (3, 2, 4, 5)),
        Case(
            lambda: nn.SpatialConvolutionLocal(2, 3, 6, 5, 3, 2, 2, 1, 1, 2, rng=0),
            (2, 2, 5, 6),
        ),
        Case(
            lambda: nn.SpatialConvolutionLocal(
                3, 2, input_size=5, kernel_size=2, dilation=(1, 3), bias=False, rng=0
            ),
            (2, 3, 5, 5),
        ),
    ],
    "SpatialConvolutionMap": [
        Case(
            lambda: nn.SpatialConvolutionMap(nn.tables.full(2, 3), 3, 2, rng=0),
            (3, 2, 4, 5),
        ),
        Case(
            lambda: nn.SpatialConvolutionMap(
                [(2, 1), (0, 3), (2, 1), (0, 1), (1, 0)], 2, 3, 3, 2, rng=0
            ),
            (2, 4, 6, 7),  # rows, columns and a plane that are idle; output 2 is too
        ),
        Case(
            lambda: nn.SpatialConvolutionMap(
                nn.tables.one_to_one(3), 1, bias=False, rng=0
            ),
            (2, 3, 2, 4),
        ),
    ],
    "SpatialFullConvolutionMap": [
        Case(
            lambda: nn.SpatialFullConvolutionMap(nn.tables.full(2, 3), 3, 2, rng=0),
            (3, 2, 4, 5),
        ),
        Case(
            lambda: nn.SpatialFullConvolutionMap(
                [(2, 1), (0, 3), (2, 1), (0, 1), (1, 0)], 2, 3, 3, 2, rng=0
            ),
            (2, 4, 3, 2),
        ),
        Case(
            lambda: nn.SpatialFullConvolutionMap(
                nn.tables.one_to_one(3), 1, bias=False, rng=0
            ),
            (2, 3, 2, 4),
        ),
    ],
    "TemporalRowConvolution": [
        Case(lambda: nn.TemporalRowConvolution(3, 2, rng=0), (2, 5, 3)),
        Case(lambda: nn.TemporalRowConvolution(3, 2, 2, True, rng=0), (2, 3, 6)),
        Case(
            lambda: nn.TemporalRowConvolution(
                4, 3, padding=2, dilation=2, bias=False, rng=0
            ),
            (3, 7, 4),
        ),
    ],
    "Fold": [
        Case(lambda: nn.Fold((4, 5), (2, 3)), (2, 18, 9)),
        Case(lambda: nn.Fold((5, 4), 2, 2, (1, 2), (2, 1)), (3, 8, 18)),
        Case(lambda: nn.Fold((6,), 3, stride=2), (3, 6, 2)),
    ],
    "Unfold": [
        Case(lambda: nn.Unfold((2, 3)), (2, 3, 4, 5)),
        Case(lambda: nn.Unfold(2, 2, (1, 2), (2, 1)), (3, 2, 5, 4)),
        Case(lambda: nn.Unfold((3,), stride=2), (3, 2, 6)),
        Case(lambda: nn.Unfold((2, 1, 2), padding=(0, 1, 0)), (2, 2, 3, 2, 3)),
    ],
}
