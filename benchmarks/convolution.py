"""Which algorithm of convolution is fastest, and from what shape on?

Forward and gradient of the weight, one thread, float32, in milliseconds; the gradient
of x is a forward pass with other channels. `nnmods.kernels.conv_choice` is the rule
that follows from it.

    python benchmarks/convolution.py [--repeat N]
"""

import argparse
import time

import numpy as np

import nnmods as nn
from nnmods.kernels import conv_columns, conv_depthwise, conv_fourier, conv_winograd
from nnmods.kernels.layout import empty_batch_last
from nnmods.kernels.winograd_tiles import OUTPUTS

# N, Ci, Co, size, taps along each of the two axes
SHAPES = [
    *((32, channels, channels, 32, 3) for channels in (4, 8, 16, 32, 64)),
    (32, 128, 128, 16, 3),
    (32, 256, 256, 8, 3),
    (32, 3, 16, 32, 3),
    (1, 64, 64, 56, 3),
    (64, 6, 16, 14, 5),
    *((64, channels, channels, 14, 5) for channels in (8, 32)),
    *((16, 16, 16, 32, taps) for taps in (7, 9, 11, 15, 21)),
    *((8, 64, 64, 32, taps) for taps in (9, 11, 15)),
]


def milliseconds(call, repeat):
    """Return the least time of a call, after one that is not counted."""
    call()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times) * 1e3


def measure(algorithm, N, Ci, Co, size, taps, repeat, groups=None):
    """Return the times of forward and of the gradient of the weight."""
    rng = np.random.default_rng(0)
    x, y = (empty_batch_last((N, C, size, size), np.dtype("f4")) for C in (Ci, Co))
    x[...], y[...] = rng.standard_normal(x.shape), rng.standard_normal(y.shape)
    lead = (groups, Co // groups, Ci // groups) if groups else (Co, Ci)
    weight = rng.standard_normal((*lead, taps, taps)).astype("f4")
    padding = ((taps // 2, taps // 2),) * 2
    steps, out = ((1, 1), padding, (1, 1)), np.empty_like(weight)
    result = empty_batch_last(y.shape, y.dtype)
    return (
        milliseconds(
            lambda: algorithm.forward(x, weight, None, *steps, result), repeat
        ),
        milliseconds(lambda: algorithm.weight_grad(x, y, *steps, out), repeat),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=8)
    repeat = parser.parse_args().repeat
    nn.set_num_threads(1)
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        pass
    else:
        threadpool_limits(1)
    print(f"{'':26}{'columns':>15}{'Winograd':>15}{'Fourier':>15}")
    for N, Ci, Co, size, taps in SHAPES:
        name = f"{taps}x{taps} {Ci}->{Co}, {size}x{size} b{N}"
        line = f"{name:26}"
        for algorithm in (conv_columns, conv_winograd, conv_fourier):
            if algorithm is conv_winograd and taps not in OUTPUTS:
                line += f"{'-':>15}"
                continue
            pair = measure(algorithm, N, Ci, Co, size, taps, repeat)
            line += f"{'{:.1f} + {:.1f}'.format(*pair):>15}"
        print(line, flush=True)
    print(f"\n{'':26}{'columns':>15}{'bands of rows':>15}")
    for channels, taps in ((64, 3), (64, 5)):
        line = f"{f'{taps}x{taps} depthwise {channels}, 32x32 b32':26}"
        for algorithm in (conv_columns, conv_depthwise):
            pair = measure(
                algorithm, 32, channels, channels, 32, taps, repeat, channels
            )
            line += f"{'{:.1f} + {:.1f}'.format(*pair):>15}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
