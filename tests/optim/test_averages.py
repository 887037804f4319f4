"""Averages of weights: what they are, and that the weights come back."""

import copy
import pickle

import numpy as np
import pytest
from memory import taken

import nnmods as nn
from nnmods.optim import EMA, SWA
from nnmods.testing.compare import EXACT

MAKERS = {
    "EMA": lambda pair: EMA(pair, 0.75),
    "bias": lambda pair: EMA(pair, 0.75, "bias"),
    "warm-up": lambda pair: EMA(pair, 0.75, "warm-up"),
    "SWA": lambda pair: SWA(pair, start=2, every=2),
}
every_average = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def averages(make, values):
    """Return the average after each of the values that one weight takes."""
    w = np.zeros(1)
    average, result = make((w, np.zeros(1))), []
    for w[0] in values:
        average.update()
        with average.applied():
            result.append(w[0])
    return result


def test_ema_by_hand():
    # from 0: 3/4 * 0 + 1/4 * 4, 3/4 + 2, 3/4 * 2.75
    assert averages(MAKERS["EMA"], [4, 8, 0]) == [1, 2.75, 2.0625]


def test_ema_with_bias_correction_is_the_weighted_mean_of_what_it_met():
    values = np.random.default_rng(0).standard_normal(30)
    wanted = [
        np.average(values[:k], weights=0.75 ** np.arange(k)[::-1]) for k in range(1, 31)
    ]
    assert averages(MAKERS["bias"], values) == pytest.approx(wanted, rel=EXACT)


def test_ema_with_warm_up():
    # decay = 1/10, 2/11
    got = averages(MAKERS["warm-up"], [10, 0.0])
    assert got == pytest.approx([9, 9 * 2 / 11], rel=1e-15)
    shares = []
    ema = EMA((np.zeros(1), np.zeros(1)), 0.75, "warm-up")
    for _ in range(50):
        ema.w[0] = 0
        ema.average[0] = 1
        ema.update()
        shares.append(ema.average[0])
    assert shares[25] < 0.75 == shares[27] == shares[-1]  # 27 / 36


def test_swa_by_hand():
    # those of the updates 4, 6, 8; before, the weights themselves
    got = averages(MAKERS["SWA"], [1, 2, 3, 4, 5, 8, 7, 0])
    assert got == [1, 2, 3, 4, 4, 6, 6, 4]
    values = np.random.default_rng(0).standard_normal(30)
    wanted = np.cumsum(values) / np.arange(1, 31)
    assert averages(SWA, values) == pytest.approx(wanted, rel=EXACT)


@every_average
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 7, 600_000])
def test_the_weights_come_back_to_the_last_bit(make, dtype, size):
    rng = np.random.default_rng(0)
    w = rng.standard_normal(size).astype(dtype)
    average = make((w, np.zeros_like(w)))
    for _ in range(4):
        w += 1
        average.update()
    before, mean = w.copy(), average.average.copy()
    with average.applied():
        np.testing.assert_array_equal(w, mean)
    np.testing.assert_array_equal(w, before)
    with pytest.raises(KeyError), average.applied():
        raise KeyError
    np.testing.assert_array_equal(w, before)
    np.testing.assert_array_equal(average.average, mean)
    assert average.average.dtype == dtype
    average.copy_to_net()
    np.testing.assert_array_equal(w, mean)


@every_average
def test_threads_change_no_bit(make):
    results = []
    for threads in (1, 2):
        nn.set_num_threads(threads)
        try:
            w = np.random.default_rng(0).standard_normal(600_000)
            average = make((w, np.zeros_like(w)))
            for _ in range(6):
                w *= 0.5
                average.update()
            results.append(average.average)
        finally:
            nn.set_num_threads()
    np.testing.assert_array_equal(*results)


@every_average
def test_before_the_first_there_is_nothing_to_apply(make):
    w = np.ones(3)
    average = make((w, np.zeros(3)))
    w[:] = 5
    with average.applied():
        assert (w == 5).all()
    average.copy_to_net()
    assert (w == 5).all()


def test_a_net_gives_other_results_while_it_is_applied():
    net = nn.Linear(3, 2, rng=0)
    ema, x = EMA(net, 0.5), np.ones(3)
    y0 = net(x)
    ema.w[...] = 0
    ema.update()
    with ema.applied():
        np.testing.assert_allclose(net(x), 0.5 * y0, rtol=EXACT)
    assert not net(x).any()


def test_calls_out_of_order_are_refused():
    ema = EMA((np.ones(2), np.zeros(2)), 0.5)
    ema.update()
    with ema.applied():
        for method in ("update", "copy_to_net"):
            with pytest.raises(RuntimeError) as info:
                getattr(ema, method)()
            assert str(info.value) == (
                f"EMA(2 parameters, decay=0.5): {method} has the average in the place "
                "of w, expected w; leave applied() first"
            )
        with pytest.raises(RuntimeError, match="applied has the average"):
            with ema.applied():
                pass
        with pytest.raises(RuntimeError, match="load_state_dict has the average"):
            ema.load_state_dict(ema.state_dict())
    ema.update()


def test_parameters_that_moved_are_noticed():
    net = nn.Linear(3, 2)
    ema = EMA(net)
    net.float()
    with pytest.raises(RuntimeError, match="parameters of the net moved"):
        ema.update()


@every_average
def test_a_state_goes_on_where_it_was_taken(make):
    rng = np.random.default_rng(0)
    w = rng.standard_normal(5)
    average = make((w, np.zeros(5)))
    for _ in range(5):
        w[...] = rng.standard_normal(5)
        average.update()
    state = average.state_dict()
    with average.applied():  # as a checkpoint may be written there
        np.testing.assert_equal(average.state_dict(), state)
    again = make((w.copy(), np.zeros(5)))
    again.load_state_dict(state)
    for _ in range(5):
        w[...] = again.w[...] = rng.standard_normal(5)
        average.update()
        again.update()
    np.testing.assert_array_equal(again.average, average.average)
    assert state["t"] == 5 and again.t == 10


@pytest.mark.parametrize(
    "change, message",
    [
        ({"average": np.ones(4)}, r"average has shape \(4,\), expected \(3,\)"),
        ({"t": -1}, "t has value -1, expected at least 0"),
        ({"more": 1}, "state has names"),
    ],
)
def test_a_wrong_state_is_refused_before_anything_changes(change, message):
    ema = EMA((np.ones(3), np.zeros(3)))
    with pytest.raises(ValueError, match=message):
        ema.load_state_dict({"t": 7, "average": np.zeros(3)} | change)
    assert ema.t == 0 and ema.average.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_copies_have_a_net_of_their_own(duplicate):
    net = nn.Linear(3, 2, rng=0)
    ema = EMA(net, 0.5)
    w = ema.w.copy()
    ema.w += 1
    ema.update()
    others = [duplicate(ema)]
    with ema.applied():
        others.append(duplicate(ema))
    for other in others:
        assert np.shares_memory(other.w, other.net.weight)
        np.testing.assert_array_equal(other.w, w + 1)
        other.w += 1
        other.update()
        with other.applied():
            np.testing.assert_allclose(other.w, w + 1.25, rtol=EXACT)
    np.testing.assert_array_equal(ema.w, w + 1)


@every_average
def test_an_update_allocates_nothing(make, one_thread):
    w = np.ones(100_000)
    average = make((w, np.zeros_like(w)))
    for _ in range(4):
        average.update()

    def four_times():
        for _ in range(4):
            average.update()
            with average.applied():
                pass

    assert taken(four_times) < 4096


def test_nan_passes():
    assert np.isnan(averages(MAKERS["EMA"], [np.nan, 1.0])).all()


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda p: EMA(p, 1), ValueError, "EMA: decay has value 1, expected"),
        (lambda p: EMA(p, 0.5, "yes"), ValueError, "EMA: correction has value 'yes'"),
        (lambda p: SWA(p, -1), ValueError, "SWA: start has value -1, expected at"),
        (lambda p: SWA(p, 0, 0), ValueError, "SWA: every has value 0, expected at"),
        (lambda p: SWA(5), TypeError, "SWA: net_or_pair has type int"),
    ],
)
def test_refusals(make, error, message):
    with pytest.raises(error) as info:
        make((np.ones(2), np.ones(2)))
    assert str(info.value).startswith(message)
