"""Arguments that are written to, shared and stale memory."""

import numpy as np
from testing.mistakes.curves import Curve
from testing.mistakes.planting import planted


@planted("x", "argument-mutated", 5, 3)
class WritesToX(Curve):
    def forward(self, x):
        x *= 2
        return np.tanh(x / 2)


@planted("dC_dy", "argument-mutated", 5, 3)
class WritesToGradient(Curve):
    def backward(self, x, dC_dy):
        dC_dy *= 1 - np.tanh(x) ** 2
        return dC_dy


@planted("dC_dx", "shared-buffer", 5, 3)
class OneBuffer(Curve):
    def forward(self, x):
        self.buffer = np.tanh(x)
        return self.buffer

    def backward(self, x, dC_dy):
        np.multiply(dC_dy, 1 - self.buffer**2, out=self.buffer)
        return self.buffer


@planted("y", "shared-buffer", 5, 3)
class CallReturnsBuffer(Curve):
    buffer = None

    def __call__(self, x):
        self.buffer = np.empty_like(x) if self.buffer is None else self.buffer
        return np.tanh(x, out=self.buffer)


@planted("dC_dx", "stale-state", 5, 3)
class KeepsTheFirst(Curve):
    slope = None

    def forward(self, x):
        if self.slope is None:
            self.slope = 1 - np.tanh(x) ** 2
        return np.tanh(x)

    def backward(self, x, dC_dy):
        return dC_dy * self.slope


@planted("y", "stale-state", 5, 3)
class Caches(Curve):
    cache = None

    def forward(self, x):
        if self.cache is None or self.cache.shape != x.shape:
            self.cache = np.tanh(x)
        return self.cache


@planted("y", "result-accumulated", 5, 3)
class AddsToY(Curve):
    sums = None

    def forward(self, x):
        if self.sums is None or self.sums.shape != x.shape:
            self.sums = np.zeros_like(x)
        self.sums += np.tanh(x)
        return self.sums


@planted("dC_dx", "result-accumulated", 5, 3)
class AddsToGradient(Curve):
    sums = None

    def backward(self, x, dC_dy):
        if self.sums is None or self.sums.shape != x.shape:
            self.sums = np.zeros_like(x)
        self.sums += super().backward(x, dC_dy)
        return self.sums


@planted("y", "stale-buffer", 5, 3)
class FixedBuffer(Curve):
    buffer = None

    def forward(self, x):
        if self.buffer is None:
            self.buffer = np.empty_like(x)
        return np.tanh(x, out=self.buffer)
