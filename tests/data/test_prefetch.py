"""Prefetch: the batches of its source to the last bit, and no thread left behind."""

import copy
import gc
import subprocess
import sys
import threading
import traceback

import numpy as np
import pytest

from nnmods.core import get_rng, manual_seed
from nnmods.data import (
    Augment,
    Emphasising,
    GaussianNoise,
    Minibatches,
    Prefetch,
    RandomShift,
    Stream,
)

N = 11


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    if set(threading.enumerate()) != before:  # collecting takes its time
        gc.collect()
    assert set(threading.enumerate()) == before


def make(seed=3, batch_size=2, dtype=np.float32, batch_last=False, sampler=None):
    x = np.random.default_rng(0).standard_normal((N, 1, 4, 5)).astype(dtype)
    rng = np.random.default_rng(seed)
    transform = Augment(RandomShift(1, rng=rng), GaussianNoise(0.1, rng=seed + 1))
    target = [np.arange(N) % 3, np.arange(N)]
    options = {"batch_last": batch_last, "sampler": sampler, "transform": transform}
    return Minibatches(x, target, batch_size, rng=rng, **options)


def copied(batch):
    xb, (a, b) = batch
    return xb.copy(order="K"), a.copy(), b.copy()


def epoch(batches):
    return [(*copied(batch), batches.indices.copy()) for batch in batches]


def require_same(got, wanted):
    assert len(got) == len(wanted)
    for batch, other in zip(got, wanted, strict=True):
        for a, b in zip(batch, other, strict=True):
            np.testing.assert_array_equal(a, b, strict=True)


@pytest.mark.parametrize("depth", [1, 2, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch_last", [False, True])
def test_the_batches_of_the_source(depth, dtype, batch_last):
    source, ahead = (make(dtype=dtype, batch_last=batch_last) for _ in range(2))
    ahead = Prefetch(ahead, depth)
    for _ in range(3):
        require_same(epoch(ahead), epoch(source))
    for (xb, _), (yb, _) in zip(ahead, source, strict=True):
        assert xb.strides == yb.strides


@pytest.mark.parametrize("depth", [1, 3])
def test_resumed_at_each_place(depth):
    whole = make()
    wanted = epoch(whole) + epoch(whole) + epoch(whole)
    for stop in range(len(whole) + 1):
        first, plain = Prefetch(make(), depth), make()
        got = epoch(first)
        epoch(plain)
        loop, other = iter(first), iter(plain)
        for _ in range(stop):
            got.append((*copied(next(loop)), first.indices.copy()))
            next(other)
        assert first.position == plain.position == stop
        state = first.state_dict()
        if stop:
            np.testing.assert_equal(state, plain.state_dict())
        for second in (make(50), Prefetch(make(60), depth)):
            second.load_state_dict(state)
            assert second.position == stop
            require_same(got + epoch(second) + epoch(second), wanted)
        loop.close()


def test_loops_that_were_left_lead_to_the_same_epochs():
    source, ahead = make(), Prefetch(make(), 3)
    for stop in (1, 3, 5, 2):
        for batches in (source, ahead):
            for k, _ in enumerate(batches, 1):
                if k == stop:
                    break
        np.testing.assert_equal(ahead.state_dict(), source.state_dict())
        assert ahead.position == source.position == stop
    require_same(epoch(ahead), epoch(source))
    np.testing.assert_equal(ahead.state_dict(), source.state_dict())


def test_restart():
    source, ahead = make(), Prefetch(make())
    for batches in (source, ahead):
        for _ in batches:
            break
        batches.load_state_dict(batches.state_dict())
        batches.restart()
        assert batches.position == 0
    require_same(epoch(ahead), epoch(source))


def test_costs_that_are_reported_while_the_source_is_ahead():
    def run(batches, stop=99):
        found = []
        for k, (xb, _) in enumerate(batches, 1):
            found.append((xb.copy(), batches.indices.copy()))
            batches.sampler.report(batches.indices, np.abs(xb).mean((1, 2, 3)))
            if k == stop:
                break
        return found

    source = make(sampler=Emphasising(N))
    ahead = Prefetch(make(sampler=Emphasising(N)), 4)
    for stop in (99, 2, 99):
        require_same(run(ahead, stop), run(source, stop))
    loops = iter(ahead), iter(source)
    for batches, loop in zip((ahead, source), loops, strict=True):
        for _ in range(2):
            next(loop)
            batches.sampler.report(batches.indices, np.full(len(batches.indices), 5.0))
    np.testing.assert_equal(ahead.state_dict(), source.state_dict())
    resumed = Prefetch(make(9, sampler=Emphasising(N)))
    resumed.load_state_dict(ahead.state_dict())
    require_same(run(resumed) + run(resumed), run_rest(source, loops[1], run))
    loops[0].close()


def run_rest(source, loop, run):
    found = []
    for xb, _ in loop:
        found.append((xb.copy(), source.indices.copy()))
        source.sampler.report(source.indices, np.abs(xb).mean((1, 2, 3)))
    return found + run(source)


def test_a_batch_lasts_until_the_next_is_asked_for():
    ahead, source = Prefetch(make(batch_size=1), 3), make(batch_size=1)
    for batch, other in zip(ahead, source, strict=True):
        wanted = copied(other)
        threading.Event().wait(0.002)  # the thread goes on meanwhile
        require_same([copied(batch)], [wanted])


def test_memory_is_taken_once():
    ahead = Prefetch(make(batch_size=3), 2)
    memory = [{xb.ctypes.data for xb, _ in ahead} for _ in range(3)]
    assert len(set().union(*memory)) <= 3


def test_loops_one_at_a_time():
    source, ahead = make(), Prefetch(make())
    older = iter(ahead)
    next(older)
    for _ in source:
        break
    newer = iter(ahead)
    require_same([copied(next(newer))], [copied(next(iter(source)))])
    with pytest.raises(RuntimeError) as caught:
        next(older)
    assert str(caught.value) == (
        "Prefetch: a newer loop has ended this one, expected one at a time"
    )
    assert sum(1 for _ in newer) == len(source) - 1


def test_loading_ends_the_loop_under_way():
    source, ahead = make(), Prefetch(make())
    loop = iter(ahead)
    next(loop)
    state = ahead.state_dict()
    next(loop)
    ahead.load_state_dict(state)
    next(iter(source))
    source.load_state_dict(source.state_dict())
    require_same(epoch(ahead), epoch(source))
    with pytest.raises(RuntimeError, match="a newer loop has ended this one"):
        next(loop)


def failing(rng=None):
    yield np.zeros(2), np.zeros(2)
    yield np.ones(2), np.ones(2)
    raise OSError("the disk is on fire")


def test_errors_of_the_source_arrive_with_their_traceback():
    ahead, seen = Prefetch(Stream(failing)), []
    for _ in range(2):
        with pytest.raises(OSError, match="the disk is on fire") as caught:
            seen += [xb.copy() for xb, _ in ahead]
        frames = [
            frame.name for frame in traceback.extract_tb(caught.value.__traceback__)
        ]
        assert "failing" in frames
    assert ahead.position == 2


def test_an_error_at_once():
    def broken():
        raise ValueError("nothing to read")

    ahead = Prefetch(Stream(broken))
    with pytest.raises(ValueError, match="nothing to read"):
        next(iter(ahead))
    assert ahead.position == 0


def test_an_error_of_the_loop_ends_the_thread():
    before = threading.active_count()
    with pytest.raises(KeyError):
        for _ in Prefetch(make()):
            raise KeyError
    assert threading.active_count() == before


def test_forgotten_loops_end_their_threads():
    before = threading.active_count()
    loop = iter(Prefetch(make(), 1))
    next(loop)
    assert threading.active_count() == before + 1
    del loop
    gc.collect()
    assert threading.active_count() == before


def test_a_loop_that_has_not_begun_has_no_thread():
    before = threading.active_count()
    iter(Prefetch(make()))
    assert threading.active_count() == before


@pytest.mark.parametrize("end", ["", "raise SystemExit(0)"])
def test_the_interpreter_ends_with_a_loop_under_way(end):
    code = (
        "import numpy as np; from nnmods.data import Minibatches, Prefetch;"
        "b = Prefetch(Minibatches(np.zeros((99, 9)), np.zeros(99), 1, rng=0));"
        f"loop = iter(b); next(loop); {end}"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_attributes_are_those_of_the_source():
    source = make(batch_size=4)
    ahead = Prefetch(source)
    assert len(ahead) == len(source) == 3
    assert ahead.n_samples == N and ahead.batch_size == 4
    assert ahead.rngs == source.rngs
    assert ahead.indices is None and ahead.position == 0
    assert repr(ahead) == f"Prefetch({source!r}, depth=2)"
    with pytest.raises(AttributeError):
        _ = ahead.nonesuch
    with pytest.raises(AttributeError):
        _ = ahead._nonesuch


def test_a_copy_goes_its_own_way():
    ahead = Prefetch(make())
    twin = copy.deepcopy(ahead)
    require_same(epoch(twin), epoch(ahead))


TEXT = (
    "Prefetch: batches draws from the default generator, expected one of its own; "
    "rng=0 or another seed makes one"
)


@pytest.mark.parametrize(
    "source",
    [
        lambda: Minibatches(np.ones(3), np.ones(3)),
        lambda: Minibatches(np.ones(3), np.ones(3), rng=get_rng()),
        lambda: Minibatches(
            np.ones(3), np.ones(3), rng=0, transform=Augment(GaussianNoise(1))
        ),
        lambda: Stream(failing, rng=get_rng()),
    ],
)
def test_the_default_generator_is_refused(source):
    with pytest.raises(ValueError) as caught:
        Prefetch(source())
    assert str(caught.value) == TEXT


def test_a_generator_that_became_the_default_one():
    rng = np.random.default_rng(3)
    ahead = Prefetch(Minibatches(np.ones(3), np.ones(3), rng=rng))
    manual_seed(rng)
    with pytest.raises(ValueError) as caught:
        next(iter(ahead))
    assert str(caught.value) == TEXT


def test_what_draws_nothing_needs_no_generator():
    ahead = Prefetch(Minibatches(np.arange(3), np.arange(3), 2, "never"))
    number = get_rng()
    assert [xb.tolist() for xb, _ in ahead] == [[0, 1], [2]]
    assert get_rng() is number


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: Prefetch([(1, 2)]),
            TypeError,
            "Prefetch: batches has type list without state_dict, expected Minibatches; "
            "Stream makes some of a function",
        ),
        (
            lambda: Prefetch(make(), 0),
            ValueError,
            "Prefetch: depth is 0, expected 1 or more",
        ),
    ],
)
def test_wrong_options(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text
