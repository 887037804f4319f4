"""Long vectors are shared among threads: the same bits as in one."""

import numpy as np
import pytest
from optim.first_order import of_curvature

import nnmods as nn
from nnmods import optim

RULES = {
    "SGD": lambda pair: optim.SGD(pair, weight_decay=0.1),
    "momentum": lambda pair: optim.SGD(pair, momentum=0.9, nesterov=True),
    "Adam": lambda pair: optim.Adam(pair, l1=0.01),
    "rates": lambda pair: optim.SGD(
        pair, rates=abs(pair[0]), weight_decay=abs(pair[0])
    ),
    "NAG": lambda pair: optim.NAG(pair, rates=abs(pair[0])),
    "ASGD": lambda pair: optim.ASGD(pair, t0=20, l1=0.01),
    "Adagrad": lambda pair: optim.Adagrad(pair, l1=0.01),
    "Adadelta": lambda pair: optim.Adadelta(pair, l1=0.01),
    "Adamax": lambda pair: optim.Adamax(pair, l1=0.01),
    "RMSprop": lambda pair: optim.RMSprop(pair, momentum=0.9, centered=True),
    "Rprop": lambda pair: optim.Rprop(pair, l1=0.01),
    "AdamW": lambda pair: optim.AdamW(pair, l1=0.01, amsgrad=True, proximal=True),
    "NAdam": lambda pair: optim.NAdam(pair, l1=0.01),
    "RAdam": lambda pair: optim.RAdam(pair, weight_decay=0.01),
    "Lion": lambda pair: optim.Lion(pair, weight_decay=0.01),
    "Lookahead": lambda pair: optim.Lookahead(optim.SGD(pair)),
    "DiagonalLM": lambda pair: of_curvature(optim.DiagonalLM(pair, l1=0.01)),
}


def trajectory(make, threads, steps=70):
    """Return w after some steps, with ``threads`` that change in the middle."""
    rng = np.random.default_rng(0)
    w = rng.standard_normal(600_000).astype(np.float32)
    dC_dw = np.zeros_like(w)
    opt = make((w, dC_dw))
    try:
        for t in range(steps):
            nn.set_num_threads(threads[t >= steps // 2])
            opt.zero_grad()
            assert not dC_dw[:: len(w) // 97].any()
            dC_dw += w + t
            opt.step((lambda: 0.0) if opt.needs_fun else None)
    finally:
        nn.set_num_threads()
    return w


@pytest.mark.parametrize("name", RULES)
def test_threads_change_no_bit(name):
    alone = trajectory(RULES[name], (1, 1))
    assert np.isfinite(alone).all()
    for threads in ((2, 2), (1, 2), (3, 1)):
        np.testing.assert_array_equal(trajectory(RULES[name], threads), alone)
