"""Runs of one rule under given gradients, for the tests of each."""

import numpy as np

#: Of sizes from 1e-3 to 1e2, some of them 0.
GRADIENTS = np.random.default_rng(0).standard_normal((40, 6)) * 10.0 ** (
    np.arange(40)[:, None] % 6 - 3
)
GRADIENTS[::7, ::2] = 0
START = np.linspace(-1.0, 2.0, 6)


def of_curvature(opt):
    """Return a `DiagonalLM` that is ready to step, by a curvature of each weight."""
    opt.update_curvature(abs(opt.w))
    return opt


def trajectory(cls, gradients, start=0.0, dtype=np.float64, **settings):
    """Return w after each step, where it started and the gradients are given."""
    gradients = np.asarray(gradients, np.float64)
    shape = np.shape(gradients[0]) or (1,)
    w = np.array(np.broadcast_to(start, shape), dtype)
    dC_dw = np.zeros_like(w)
    opt = cls((w, dC_dw), **settings)
    values = []
    for gradient in gradients:
        dC_dw[:] = gradient
        # a rule that has to evaluate finds this gradient wherever it looks
        opt.step((lambda: 0.0) if opt.needs_fun else None)
        np.testing.assert_array_equal(dC_dw, np.full(shape, gradient, dtype))
        values.append(w.copy())
    assert w.dtype == dtype
    return np.array(values).reshape(gradients.shape)


def transcribed(rule, gradients=GRADIENTS, start=START, weight_decay=0.0, l1=0.0):
    """Return w after each step of ``rule``, a generator of what to take off.

    It is sent the penalised gradient and w.
    """
    w, values = start.copy(), []
    next(rule)
    for gradient in gradients:
        g = gradient + weight_decay * w + l1 * np.sign(w)
        w = w - rule.send((g, w))
        values.append(w)
    return np.array(values)
