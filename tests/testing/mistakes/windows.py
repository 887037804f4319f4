"""Convolutions by a loop, of which the last turn alone counts."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Windows(nn.Module):
    """A convolution of (N, C, T) by a loop over T, right."""

    def __init__(self):
        self.kernel = draw((2, 3, 4))
        self.grad_kernel = np.zeros((2, 3, 4))

    def forward(self, x):
        y = np.empty((len(x), 2, x.shape[2] - 3), x.dtype)
        for t in range(y.shape[2]):
            y[:, :, t] = np.tensordot(x[:, :, t : t + 4], self.kernel, ((1, 2), (1, 2)))
        return y

    def backward(self, x, dC_dy):
        dC_dx = np.zeros_like(x)
        for t in range(dC_dy.shape[2]):
            dC_dx[:, :, t : t + 4] += np.tensordot(dC_dy[:, :, t], self.kernel, 1)
        return dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        for t in range(dC_dy.shape[2]):
            share = np.tensordot(dC_dy[:, :, t], x[:, :, t : t + 4], (0, 0))
            self.grad_kernel += scale * share


RIGHT.append((Windows, draw((5, 3, 7))))


@planted("dC_dx", "use-not-summed", 5, 3, 7)
class LastWindow(Windows):
    def backward(self, x, dC_dy):
        dC_dx = np.zeros_like(x)
        for t in range(dC_dy.shape[2]):
            dC_dx[:, :, t : t + 4] = np.tensordot(dC_dy[:, :, t], self.kernel, 1)
        return dC_dx


@planted("grad_kernel", "use-not-summed", 5, 3, 7)
class LastWindowOfKernel(Windows):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_kernel += scale * np.tensordot(dC_dy[:, :, -1], x[:, :, 3:], (0, 0))
