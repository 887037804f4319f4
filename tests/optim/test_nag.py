"""NAG: steps by hand, Nesterov's method from both sides, and what errors leave."""

import numpy as np
import pytest
from memory import taken

from nnmods.optim import NAG, SGD, InverseTime
from nnmods.testing.compare import EXACT


class Quadratic:
    """C = a |w - b|^2 / 2, which remembers where it was evaluated."""

    def __init__(self, dtype=np.float64, size=5):
        rng = np.random.default_rng(0)
        self.a, self.b, start = rng.uniform(0.5, 2, (3, size)).astype(dtype)
        self.w, self.dC_dw, self.seen = start, np.zeros_like(start), []

    def __call__(self):
        self.seen.append(self.w.copy())
        self.dC_dw[:] = self.a * (self.w - self.b)
        return np.sum(self.a * (self.w - self.b) ** 2) / 2


def test_a_step_adds_the_velocity_to_the_point_ahead():
    fun = Quadratic()
    w, v, rates = fun.w.copy(), np.zeros(5), np.linspace(0.1, 2, 5)
    opt = NAG(
        (fun.w, fun.dC_dw), 0.1, 0.8, weight_decay=0.3, l1=0.2, rates=rates,
        schedule=InverseTime(0.5),
    )  # fmt: skip
    for t in range(20):
        ahead = w + 0.8 * v
        C = np.sum(fun.a * (ahead - fun.b) ** 2) / 2
        g = fun.a * (ahead - fun.b) + 0.3 * ahead + 0.2 * np.sign(ahead)
        v = 0.8 * v - 0.1 / (1 + 0.5 * t) * rates * g
        w = w + v
        assert opt.step(fun) == pytest.approx(C, rel=EXACT)
        np.testing.assert_allclose(fun.seen[-1], ahead, rtol=EXACT)
        np.testing.assert_allclose(fun.w, w, rtol=EXACT)
        np.testing.assert_allclose(opt.velocity, v, rtol=EXACT, atol=EXACT)


def test_nesterovs_momentum_walks_along_the_points_ahead():
    fun, other = Quadratic(), Quadratic()
    nag = NAG((fun.w, fun.dC_dw), lr=0.1, momentum=0.7)
    sgd = SGD((other.w, other.dC_dw), lr=0.1, momentum=0.7, nesterov=True)
    for _ in range(30):
        assert nag.step(fun) == pytest.approx(sgd.step(other), rel=EXACT)
    np.testing.assert_allclose(fun.seen, other.seen, rtol=EXACT)
    assert np.abs(fun.w - other.w).max() > EXACT  # which are not the points between


def test_float32_stays_and_is_close():
    single, double = Quadratic(np.float32), Quadratic()
    double.w[:], double.a[:], double.b[:] = single.w, single.a, single.b
    rates = np.linspace(0.1, 2, 5)
    for fun in (single, double):
        opt = NAG((fun.w, fun.dC_dw), lr=0.1, rates=rates, weight_decay=0.1)
        for _ in range(20):
            opt.step(fun)
        assert opt.rates.dtype == opt.velocity.dtype == fun.w.dtype
    assert single.w.dtype == np.float32
    np.testing.assert_allclose(single.w, double.w, rtol=1e-5)


@pytest.mark.parametrize("size", [2_410, 100_000])
def test_a_step_allocates_nothing(size, one_thread):
    w, dC_dw = np.ones((2, size), np.float32)
    opt = NAG((w, dC_dw), weight_decay=0.1, l1=0.1)
    opt.step(lambda: 0.0)
    assert taken(lambda: [opt.step(lambda: 0.0) for _ in range(3)]) < 4096


def test_a_function_is_needed():
    fun = Quadratic()
    opt = NAG((fun.w, fun.dC_dw))
    before = fun.w.copy()
    with pytest.raises(TypeError) as info:
        opt.step()
    assert str(info.value) == (
        "NAG(5 parameters, lr=0.01): fun has type NoneType, expected a callable () -> C"
    )
    np.testing.assert_array_equal(fun.w, before)
    assert opt.t == 0


def test_a_function_that_fails_leaves_w_where_it_was():
    fun, other = Quadratic(), Quadratic()
    opts = [NAG((f.w, f.dC_dw), lr=0.1) for f in (fun, other)]
    for _ in range(3):
        opts[0].step(fun)
        opts[1].step(other)
    before = fun.w.copy()

    def fails():
        raise FloatingPointError

    with pytest.raises(FloatingPointError):
        opts[0].step(fails)
    np.testing.assert_array_equal(fun.w, before)
    opts[0].step(fun)
    opts[1].step(other)
    np.testing.assert_array_equal(fun.w, other.w)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"momentum": 0}, "momentum has value 0, expected a number > 0 and < 1"),
        ({"momentum": 1}, "momentum has value 1, expected a number >= 0 and < 1"),
        ({"rates": np.ones(3)}, "rates has shape (3,), expected (5,) as w"),
    ],
)
def test_refusals(settings, message):
    fun = Quadratic()
    with pytest.raises(ValueError) as info:
        NAG((fun.w, fun.dC_dw), **settings)
    assert str(info.value).startswith(f"NAG: {message}")
