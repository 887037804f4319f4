"""DiagonalLM: steps by hand, its average, its state, and its errors."""

import copy
import pickle

import numpy as np
import pytest
from memory import taken
from optim.first_order import GRADIENTS, START, transcribed

import nnmods as nn
from nnmods.analysis import diag_hessian
from nnmods.optim import DiagonalLM, InverseTime
from nnmods.testing.compare import EXACT, SINGLE

CURVATURE = np.array([0, 0.5, 1, 2, 40, 0.1])


def made(pair, curvature=None, **settings):
    opt = DiagonalLM(pair, **settings)
    opt.update_curvature(
        np.linspace(0, 3, opt.w.size) if curvature is None else curvature
    )
    return opt


def run(gradients, start, dtype=np.float64, curvature=CURVATURE, **settings):
    w = np.array(start, dtype)
    dC_dw, values = np.zeros_like(w), []
    opt = made((w, dC_dw), curvature, **settings)
    for gradient in gradients:
        dC_dw[:] = gradient
        opt.step()
        values.append(w.copy())
    assert w.dtype == opt.curvature.dtype == dtype
    return np.array(values)


def test_steps_by_hand():
    w, dC_dw = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    opt = made((w, dC_dw), [5.5, 0.0], lr=0.5, mu=0.5, schedule=InverseTime(1.0))
    opt.step()
    assert w.tolist() == [1 - 0.5 * 3 / 6, 2 + 0.5 / 0.5]
    opt.step()  # at half the rate
    assert w.tolist() == [0.75 - 0.25 / 2, 3 + 0.5]
    w[:], dC_dw[:] = 2.0, 0.0
    opt = made((w, dC_dw), [5.0, 0.0], lr=1.0, mu=0.5, weight_decay=0.5, l1=0.25)
    opt.step()
    assert w.tolist() == [2 - 1.25 / 6, 2 - 1.25]


def test_the_curvature_is_a_running_average():
    opt = DiagonalLM((np.zeros(2, np.float32), np.zeros(2, np.float32)))
    h = np.array([4.0, 0.0])
    opt.update_curvature(h)
    assert opt.curvature.tolist() == [4, 0] and opt.curvature.dtype == np.float32
    h[:] = 8
    assert opt.curvature.tolist() == [4, 0]
    opt.update_curvature(h, gamma=0.25)
    assert opt.curvature.tolist() == [5, 2]
    opt.update_curvature(np.array([1, 2]), gamma=1)
    assert opt.curvature.tolist() == [1, 2] and opt.updates == 3
    before = opt.curvature.copy()
    opt.update_curvature([0.0, 0.0])
    np.testing.assert_allclose(opt.curvature, 0.9 * before, rtol=1e-6)


@pytest.mark.parametrize(
    "settings", [{}, {"lr": 0.5, "mu": 1.0}, {"weight_decay": 0.5, "l1": 0.25}]
)
def test_transcription(settings):
    def rule(lr=0.01, mu=0.02, weight_decay=0.0, l1=0.0):
        step = 0.0
        while True:
            g, _ = yield step
            step = lr * g / (CURVATURE + mu + weight_decay)

    penalties = {k: settings[k] for k in ("weight_decay", "l1") if k in settings}
    wanted = transcribed(rule(**settings), **penalties)
    got = run(GRADIENTS, START, **settings)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)
    single = run(GRADIENTS, START, np.float32, **settings)
    size = np.abs(wanted).max()
    np.testing.assert_allclose(single, wanted, rtol=SINGLE, atol=SINGLE * size)


def test_a_bowl_of_any_axes_takes_one_step():
    """With lr = 1 it is Newton's step where the Hessian is diagonal."""
    lambdas = np.geomspace(1e-4, 1e4, 9)
    w, dC_dw = np.ones(9), lambdas.copy()
    made((w, dC_dw), lambdas, lr=1.0, mu=1e-12).step()
    np.testing.assert_allclose(w, 0, atol=1e-7)


def test_weights_of_a_net_have_the_rates_of_their_curvature(rng):
    net, cost = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh()), nn.MSECriterion()
    x, target = rng.standard_normal((9, 3)), rng.standard_normal((9, 2))
    h = diag_hessian(net, cost, x, target, kind="lecun")
    opt = made(net, h, lr=0.1, mu=0.5)
    net.backprop(x, cost.backward(net.forward(x), target))
    before, (_, dC_dw) = opt.w.copy(), net.flatten_parameters()
    opt.step()
    np.testing.assert_allclose(opt.w, before - 0.1 * dC_dw / (h + 0.5), rtol=1e-13)


def test_blocks_and_no_allocation(monkeypatch, one_thread):
    monkeypatch.setattr("nnmods.optim.blocks.BLOCK_BYTES", 1 << 17)
    w, dC_dw = np.random.default_rng(0).standard_normal((2, 100_001))
    start, h = w.copy(), np.abs(dC_dw[::-1])
    opt = made((w, dC_dw), h, lr=0.1, weight_decay=0.5)
    opt.step()
    wanted = start - (dC_dw + 0.5 * start) / (h + 0.52) * 0.1
    np.testing.assert_allclose(w, wanted, rtol=1e-12, atol=1e-12)
    assert taken(lambda: [opt.step() for _ in range(3)]) < 4096


def net_and_gradient(seed=0):
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
    _, dC_dw = net.flatten_parameters()
    dC_dw[:] = np.random.default_rng(seed).standard_normal(dC_dw.size)
    return net


def test_a_state_goes_on_to_the_same_bits_also_from_a_file(tmp_path):
    opt, again = made(net_and_gradient()), DiagonalLM(net_and_gradient())
    opt.step()
    np.savez(tmp_path / "state.npz", **opt.state_dict())
    with np.load(tmp_path / "state.npz") as file:
        again.load_state_dict(dict(file))
    again.w[...] = opt.w
    h = np.arange(opt.w.size)
    for each in (opt, again):
        each.update_curvature(h)
        each.step()
    np.testing.assert_array_equal(again.w, opt.w)
    assert (again.t, again.updates) == (2, 2)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda opt: pickle.loads(pickle.dumps(opt))]
)
def test_copies_go_on_by_themselves(duplicate):
    opt = made(net_and_gradient(), groups={"*.bias": {"mu": 1.0}})
    other, before = duplicate(opt), opt.w.copy()
    other.update_curvature(np.ones(before.size))
    other.step()
    np.testing.assert_array_equal(opt.w, before)
    opt.update_curvature(np.ones(before.size))
    opt.step()
    np.testing.assert_array_equal(opt.w, other.w)


def test_a_step_wants_a_curvature():
    w = np.ones(3)
    opt = DiagonalLM((w, np.ones(3)), lr=0.125)
    with pytest.raises(RuntimeError) as info:
        opt.step(lambda: 1 / 0)
    assert str(info.value) == (
        "DiagonalLM(3 parameters, lr=0.125): curvature has 0 updates, expected one "
        "before a step; call update_curvature(h)"
    )
    assert opt.t == 0 and w.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "h, gamma, error, message",
    [
        (np.ones(2), 0.1, ValueError, "h has shape (2,), expected (3,) as w"),
        (
            np.array([1, -1, 0.5]),
            0.1,
            ValueError,
            "h has values from -1.0 to 1.0, expected finite ones >= 0",
        ),
        (
            np.array([1, np.nan, 2]),
            0.1,
            ValueError,
            "h has values from nan to nan, expected finite ones >= 0",
        ),
        (
            np.ones(3, complex),
            0.1,
            TypeError,
            "h has dtype complex128, expected real numbers",
        ),
        (
            np.ones(3),
            1.5,
            ValueError,
            "gamma has value 1.5, expected a number from 0 to 1",
        ),
    ],
)
def test_a_wrong_curvature_changes_nothing(h, gamma, error, message):
    opt = made((np.ones(3), np.ones(3)), np.full(3, 2.0))
    with pytest.raises(error) as info:
        opt.update_curvature(h, gamma)
    assert str(info.value) == f"DiagonalLM(3 parameters, lr=0.01): {message}"
    assert opt.curvature.tolist() == [2, 2, 2] and opt.updates == 1


@pytest.mark.parametrize("mu", [0, -1.0, np.inf, np.nan])
def test_mu_is_more_than_0(mu):
    with pytest.raises(ValueError, match="DiagonalLM: mu has value .*, expected a fin"):
        DiagonalLM((np.ones(1), np.ones(1)), mu=mu)
