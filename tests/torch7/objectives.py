"""The functions that Torch7's optimisers were run on."""

import numpy as np


class Objective:
    """A function of a case, over its vector ``w``; a call fills ``dC_dw``."""

    def __init__(self, case, data):
        self.w = np.array(case.entry["x0"], np.float64)
        self.dC_dw = np.zeros_like(self.w)
        self.calls = 0
        self._data = data
        self._compute = {
            "rosen2": self._rosenbrock,
            "rosen4": self._rosenbrock,
            "logreg": self._logistic_regression,
        }[case.entry["problem"]]

    def __call__(self):
        self.calls += 1
        self.dC_dw.fill(0)
        return self._compute(self.w, self.dC_dw)

    def _rosenbrock(self, x, g):
        C = 0.0
        for i in range(x.size - 1):
            valley, slope = x[i + 1] - x[i] * x[i], 1 - x[i]
            C += 100 * valley * valley + slope * slope
            g[i] += -400 * x[i] * valley - 2 * slope
            g[i + 1] += 200 * valley
        return C

    def _logistic_regression(self, x, g):
        X, y, decay = self._data.array("X"), self._data.array("y"), 0.01
        w, b = x[:-1], x[-1]
        margin = y * (X @ w + b)
        share = -y / (1 + np.exp(margin)) / y.size
        g[:-1] = X.T @ share + decay * w
        g[-1] = share.sum()
        return np.log1p(np.exp(-margin)).mean() + decay / 2 * (w @ w)
