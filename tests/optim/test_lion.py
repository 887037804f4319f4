"""Lion: steps of one length, worked out by hand."""

import numpy as np

from nnmods.optim import InverseTime, Lion


def trajectory(gradients, start=0.0, **settings):
    w, dC_dw = np.array([start]), np.zeros(1)
    opt = Lion((w, dC_dw), **settings)
    values = []
    for dC_dw[0] in gradients:
        opt.step()
        values.append((w[0], opt.m[0]))
    return values


def test_steps_by_hand():
    got = trajectory([8, -1, -1], lr=0.5, beta1=0.5, beta2=0.75)
    # m = 0.25 * 8 = 2, 1.5 - 0.25 = 1.25, 0.9375 - 0.25 = 0.6875
    # c = 4, 1 - 0.5 = 0.5, 0.625 - 0.5 = 0.125
    assert got == [(-0.5, 2.0), (-1.0, 1.25), (-1.5, 0.6875)]
    # the sign is that of c, not of m: 0.25 * 2 - 0.75 * 1 < 0
    got = trajectory([8, -1], lr=0.5, beta1=0.25, beta2=0.75)
    assert got == [(-0.5, 2.0), (0.0, 1.25)]


def test_no_gradient_is_no_step():
    assert trajectory([0, 0], 1.0, lr=0.5) == [(1.0, 0.0), (1.0, 0.0)]


def test_decay_is_decoupled_and_follows_the_schedule():
    got = trajectory([1, 1], 2.0, lr=0.5, weight_decay=1, schedule=InverseTime(1))
    assert [w for w, _ in got] == [2 * 0.5 - 0.5, 0.5 * 0.75 - 0.25]


def test_the_defaults_are_the_papers():
    given = trajectory([1, 2], 1.0, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0)
    assert trajectory([1, 2], 1.0) == given
