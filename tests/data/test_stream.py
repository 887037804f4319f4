"""Stream: batches of a function, and going on with them."""

import numpy as np
import pytest

from nnmods.core import manual_seed
from nnmods.data import Minibatches, Prefetch, Stream

LENGTH = 5


def noisy(rng):
    """Yield batches that depend on all draws before."""
    for k in range(LENGTH):
        yield rng.standard_normal((3, 2)), np.full(3, k)


def counted():
    for k in range(LENGTH):
        yield np.full((2, 1), k), np.full(2, -k)


def minibatches(rng):
    return Minibatches(np.arange(9), np.arange(9), 2, rng=rng)


def epoch(stream):
    return [(xb.copy(), tb.copy()) for xb, tb in stream]


def require_same(got, wanted):
    np.testing.assert_equal(
        [b for pair in got for b in pair], sum(map(list, wanted), [])
    )


def test_each_epoch_is_made_anew():
    stream = Stream(counted, LENGTH)
    assert len(stream) == LENGTH
    for _ in range(2):
        assert [xb[0, 0] for xb, _ in stream] == list(range(LENGTH))
    assert stream.position == 0


@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("make", [noisy, minibatches])
def test_resumed_at_each_place(make, prefetch):
    def source(seed):
        stream = Stream(make, LENGTH, rng=seed)
        return Prefetch(stream) if prefetch else stream

    whole = source(3)
    wanted = epoch(whole) + epoch(whole) + epoch(whole)
    for stop in range(LENGTH + 1):
        first = source(3)
        got = epoch(first)
        loop = iter(first)
        for _, (xb, tb) in zip(range(stop), loop, strict=False):
            got.append((xb.copy(), tb.copy()))
        state = first.state_dict()
        second = source(77)
        second.load_state_dict(state)
        assert second.position == stop
        assert second.state_dict()["start"]["bits"] == state["start"]["bits"]
        require_same(got + epoch(second) + epoch(second), wanted)
        loop.close()


def test_resumed_without_a_generator():
    first, second = Stream(counted), Stream(counted)
    loop = iter(first)
    for _ in range(3):
        next(loop)
    second.load_state_dict(first.state_dict())
    assert [xb[0, 0] for xb, _ in second] == [3, 4]
    assert [xb[0, 0] for xb, _ in second] == [0, 1, 2, 3, 4]


def test_what_has_a_state_of_its_own_skips_nothing():
    class Counter:
        def __init__(self):
            self.at = 0

        def __iter__(self):
            while self.at < 4:
                made.append(self.at)
                self.at += 1
                yield np.array([self.at - 1]), None

        def state_dict(self):
            return {"at": self.at}

        def load_state_dict(self, state):
            self.at = state["at"]

    made = []
    first, second = Stream(Counter), Stream(Counter)
    loop = iter(first)
    for _ in range(3):
        next(loop)
    second.load_state_dict(first.state_dict())
    made.clear()
    assert [xb.item() for xb, _ in second] == [3] and made == [3]


def test_a_loop_that_was_left_and_restart():
    stream, other = Stream(noisy, rng=1), Stream(noisy, rng=1)
    next(iter(stream))
    next(iter(other))
    other.load_state_dict(other.state_dict())
    other.restart()
    require_same(epoch(stream), epoch(other))


def test_length_may_be_unknown():
    stream = Stream(counted)
    assert list(stream) != []
    with pytest.raises(TypeError) as caught:
        len(stream)
    assert str(caught.value) == "Stream: length is None, expected a number of batches"


def test_a_generator_is_no_function():
    with pytest.raises(TypeError) as caught:
        Stream(counted())
    assert str(caught.value) == (
        "Stream: make has type generator, expected a function that returns an iterable "
        "of batches, a new one for each epoch"
    )


def test_fewer_batches_than_were_given():
    def fewer():
        yield from list(counted())[: limits.pop(0)]

    limits = [5, 2]
    stream = Stream(fewer)
    loop = iter(stream)
    for _ in range(3):
        next(loop)
    stream.load_state_dict(stream.state_dict())
    with pytest.raises(ValueError) as caught:
        next(iter(stream))
    assert str(caught.value) == (
        "Stream: make gave 2 batches, expected the 3 that were given when the state "
        "was saved"
    )


def test_what_has_no_state_any_more():
    stream = Stream(minibatches, rng=0)
    next(iter(stream))
    other = Stream(noisy, rng=0)
    other.load_state_dict(stream.state_dict())
    with pytest.raises(TypeError) as caught:
        next(iter(other))
    assert str(caught.value) == (
        "Stream: make returned generator, expected an object with load_state_dict as "
        "when the state was saved"
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"given": -1}, "state has -1 batches given, expected 0 to 5"),
        ({"given": 6}, "state has 6 batches given, expected 0 to 5"),
        ({"rng": None}, "rng has no state, expected one"),
        ({"start": {}}, "rng has a broken generator state (KeyError: 'bits')"),
        ({"rng": {}}, "rng has a broken generator state (KeyError: 'bits')"),
    ],
)
def test_refused_states_change_nothing(change, text):
    stream, twin = Stream(noisy, LENGTH, rng=1), Stream(noisy, LENGTH, rng=1)
    for each in (stream, twin):
        next(iter(each))
    with pytest.raises(ValueError) as caught:
        stream.load_state_dict(stream.state_dict() | change)
    assert str(caught.value) == f"Stream: {text}"
    np.testing.assert_equal(stream.state_dict(), twin.state_dict())


def test_generators_and_repr():
    assert Stream(counted).rngs == []
    rng = manual_seed(3)
    assert Stream(noisy, rng=rng).rngs == [rng]
    assert repr(Stream(counted, 5)) == "Stream(counted, length=5)"
