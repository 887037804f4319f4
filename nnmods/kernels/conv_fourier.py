"""Convolution of stride 1 by the discrete Fourier transform, for large kernels.

With the transforms X, W and Y of the padded x, of weight and of y, each filled up with
zeros to one size, for each frequency f::

    Y[c, f, n]  = sum_i conj(W[c, f, i]) X[i, f, n]
    dW[c, f, i] = sum_n conj(dY[c, f, n]) X[i, f, n]

These are products of matrices whose number does not grow with the kernel. The error,
relative to the largest entry, is that of the transform, a few units of the last place;
an infinite entry spoils its image.
"""

from math import prod

import numpy as np

from nnmods.kernels.layout import cropped, padded, rolled
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share

COMPLEX = {"e": np.complex64, "f": np.complex64, "d": np.complex128}


def forward(x, weight, bias, stride, padding, dilation, out, finish=None):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    with scratch() as work:
        transform = _Transform(x, padding, out.dtype, work)
        X = transform.of(transform.image, "X")
        W = transform.of(_spread(weight, dilation, out.dtype, work), "W")
        Y = work("Y", (len(W), X.shape[1], X.shape[2]), X.dtype)
        np.conj(W, out=W)
        _product(W, X, Y)
        y = transform.back(Y, out.shape[2:], "y")
        if bias is not None:
            np.add(y, bias.reshape(-1, *(1,) * (y.ndim - 1)), out=y)
        if finish is not None:
            finish(y)
        np.copyto(rolled(out), y)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``."""
    with scratch() as work:
        transform = _Transform(x, padding, out.dtype, work)
        X = transform.of(transform.image, "X")
        dY = transform.of(rolled(dC_dy), "dY")
        dW = work("dW", (len(dY), dY.shape[1], len(X)), X.dtype)
        np.conj(dY, out=dY)
        _product(dY, X.transpose(2, 1, 0), dW)
        kernel = out.shape[2:]
        spread = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        dw = transform.back(dW, spread, "dw")
        taps = tuple(slice(None, None, d) for d in dilation)
        np.copyto(rolled(out.swapaxes(0, 1)), dw[(slice(None), *taps)])


class _Transform:
    """The transform of arrays (C, *S, n) along S, all to the size of one image."""

    def __init__(self, x, padding, dtype, work):
        from scipy.fft import next_fast_len  # not before it is used

        x, padding = cropped(x, padding)
        self.image = padded(x, padding, work, "x", 0, dtype)
        self.size = tuple(next_fast_len(n, real=True) for n in self.image.shape[1:-1])
        self.half = (*self.size[:-1], self.size[-1] // 2 + 1)
        self.dtype, self.work = dtype, work

    def of(self, array, name):
        """Return the transform of ``array`` as (C, frequencies, n)."""
        shape = (len(array), *self.half, array.shape[-1])
        result = self.work(name, shape, COMPLEX[self.dtype.char])
        last = len(self.size)

        def task(part):
            rows, target = array[part], result[part]
            target[...] = 0
            inner = target[(slice(None), *map(slice, array.shape[1:last]))]
            np.fft.rfft(rows, self.size[-1], axis=last, out=inner)
            for axis in range(1, last):
                np.fft.fft(target, axis=axis, out=target)

        _by_channel(task, result)
        return result.reshape(shape[0], prod(self.half), shape[-1])

    def back(self, spectrum, size, name):
        """Return the first ``size`` of what ``spectrum`` is the transform of."""
        spectrum = spectrum.reshape(len(spectrum), *self.half, spectrum.shape[-1])
        shape = (len(spectrum), *size[:-1], self.size[-1], spectrum.shape[-1])
        result = self.work(name, shape, self.dtype)
        last = len(self.size)

        def task(part):
            source = spectrum[part]
            for axis in range(1, last):
                np.fft.ifft(source, axis=axis, out=source)
            source = source[(slice(None), *map(slice, size[:-1]))]
            np.fft.irfft(source, self.size[-1], axis=last, out=result[part])

        _by_channel(task, result)
        return result[(slice(None), *map(slice, size))]


def _by_channel(task, result):
    lanes = min(lanes_for(bytes_moved=8 * result.nbytes), max(1, len(result)))
    in_lanes(lambda lane: task(share(len(result), lanes, lane)), lanes)


def _product(a, b, out):
    """Write the products of a (M, F, K) and b (K, F, N), for each F, to ``out``."""
    lanes = lanes_for(products=4 * a.size * b.shape[-1])

    def task(lane):
        f = share(a.shape[1], lanes, lane)
        left, right = a[:, f].swapaxes(0, 1), b[:, f].swapaxes(0, 1)
        np.matmul(left, right, out=out[:, f].swapaxes(0, 1))

    in_lanes(task, lanes)


def _spread(weight, dilation, dtype, work):
    """Return weight (Co, Ci, *K) as (Co, *K, Ci), with zeros between dilated taps."""
    kernel = weight.shape[2:]
    spread = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    result = work("weight", (len(weight), *spread, weight.shape[1]), dtype, fill=0)
    taps = tuple(slice(None, None, d) for d in dilation)
    result[(slice(None), *taps)] = np.moveaxis(weight, 1, -1)
    return result
