"""Minibatches whose place is saved: what goes on is what would have come."""

import copy
import json

import numpy as np
import pytest

from nnmods.core import get_rng, manual_seed
from nnmods.core.torch7_generator import Torch7Generator
from nnmods.data import (
    Augment,
    Balanced,
    Emphasising,
    GaussianNoise,
    Minibatches,
    RandomFlip,
    Stratified,
    Weighted,
)

N = 11
TARGET = np.arange(N) % 3
SAMPLERS = {
    "none": lambda: None,
    "balanced": lambda: Balanced(TARGET, 13),
    "stratified": lambda: Stratified(TARGET),
    "weighted": lambda: Weighted(np.arange(N), 9),
    "emphasising": lambda: Emphasising(N),
}


def images(dtype):
    x = np.random.default_rng(1).standard_normal((N, 2, 3, 4))
    return (100 * x).astype(dtype)


def make(seed, shuffle="epoch", sampler=None, drop_last=False, dtype=np.float32):
    rng = np.random.default_rng(seed)
    transform = Augment(RandomFlip(rng=rng), GaussianNoise(0.1, rng=seed + 1))
    return Minibatches(
        images(dtype), TARGET, 3, shuffle, rng, drop_last, True, sampler, transform
    )


def epoch(batches):
    """Return copies of all batches of a loop, with their indices."""
    return [(xb.copy(), tb.copy(), batches.indices.copy()) for xb, tb in batches]


def require_same(got, wanted):
    assert len(got) == len(wanted)
    for batch, other in zip(got, wanted, strict=True):
        for a, b in zip(batch, other, strict=True):
            np.testing.assert_array_equal(a, b, strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", ["epoch", "once", "never"])
def test_resumed_at_each_place(shuffle, drop_last, dtype):
    options = {"shuffle": shuffle, "drop_last": drop_last, "dtype": dtype}
    whole = make(3, **options)
    wanted = epoch(whole) + epoch(whole) + epoch(whole)
    for stop in range(len(whole) + 1):
        first = make(3, **options)
        before = epoch(first)
        loop = iter(first)
        before += [
            (xb.copy(), tb.copy(), first.indices.copy())
            for _, (xb, tb) in zip(range(stop), loop, strict=False)
        ]
        state = first.state_dict()
        second = make(50, **options)
        second.load_state_dict(state)
        assert second.position == stop
        require_same(before + epoch(second) + epoch(second), wanted)
        assert second.position == 0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_resumed_with_a_sampler(sampler):
    def run(batches, places):
        found = []
        for xb, _ in batches:
            found.append((xb.copy(), batches.indices.copy()))
            if sampler == "emphasising":
                batches.sampler.report(batches.indices, np.abs(xb).mean((1, 2, 3)))
            places.append(batches.state_dict())
        return found

    first = make(3, sampler=SAMPLERS[sampler]())
    run(first, [])
    places = [first.state_dict()]
    wanted = run(first, places)
    after = run(first, [])
    for stop, place in enumerate(places):
        second = make(9, sampler=SAMPLERS[sampler]())
        second.load_state_dict(place)
        got = wanted[:stop] + run(second, [])
        require_same(got, wanted)
        require_same(run(second, []), after)


def test_a_state_stays_what_it_was():
    batches = make(3, sampler=Emphasising(N))
    loop = iter(batches)
    next(loop)
    batches.sampler.report(batches.indices, np.ones(3))
    state = batches.state_dict()
    kept = copy.deepcopy(state)
    for _ in loop:
        batches.sampler.report(batches.indices, np.full(len(batches.indices), 7.0))
    epoch(batches)
    batches.load_state_dict(state)
    epoch(batches)
    np.testing.assert_equal(state, kept)


def test_after_an_epoch_the_state_is_that_of_a_fresh_start():
    batches = make(3)
    names = {k for k, v in batches.state_dict().items() if v is not None}
    epoch(batches)
    state = batches.state_dict()
    assert state["order"] is None and state["given"] == 0
    assert {k for k, v in state.items() if v is not None} == names


def test_a_loop_that_was_left_is_not_gone_on_with():
    batches, other = make(3), make(3)
    for _ in batches:
        break
    assert batches.position == 1
    next(iter(other))
    other.restart()
    assert other.position == 0
    require_same(epoch(batches), epoch(other))


def test_restart_after_loading():
    first, second = make(3), make(3)
    next(iter(first))
    second.load_state_dict(first.state_dict())
    second.restart()
    require_same(epoch(second), epoch(first))


@pytest.mark.parametrize("seed", [0, 1])
def test_orders_are_permutations_of_the_generator(seed):
    rng = np.random.default_rng(seed)
    batches = Minibatches(np.arange(N), TARGET, 4, rng=seed)
    for _ in range(3):
        found = np.concatenate([xb.copy() for xb, _ in batches])
        np.testing.assert_array_equal(found, rng.permutation(N))


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.SFC64, "torch7", None])
def test_generators_are_restored_in_place(kind):
    def generator(seed):
        if kind is None:
            return manual_seed(seed)
        return (
            Torch7Generator(seed)
            if kind == "torch7"
            else np.random.Generator(kind(seed))
        )

    rng = generator(3)
    batches = Minibatches(np.arange(N), TARGET, 4, rng=rng if kind else None)
    rng.standard_normal(3)
    next(iter(batches))
    state = batches.state_dict()
    wanted = [rng.standard_normal(), rng.standard_normal()], epoch(batches)
    rng.random(17)
    batches.load_state_dict(state)
    got = [rng.standard_normal(), rng.standard_normal()]
    batches.restart()
    assert got == wanted[0]
    require_same(epoch(batches), wanted[1])


def test_what_is_not_drawn_from_is_left_alone():
    for shuffle in ("once", "never"):
        batches = Minibatches(np.arange(N), TARGET, 4, shuffle)
        assert batches.rngs == []
        state = batches.state_dict()
        number = get_rng().random()
        batches.load_state_dict(state)
        assert get_rng().random() != number


def test_states_hold_plain_values_and_arrays():
    batches = make(3, sampler=Emphasising(N))
    next(iter(batches))

    def plain(value):
        return value.tolist() if isinstance(value, np.ndarray) else str(type(value))

    text = json.dumps(batches.state_dict(), default=plain)
    assert "class" not in text


def test_a_number_may_come_back_as_an_array():
    batches = make(3)
    next(iter(batches))
    state = batches.state_dict()
    batches.load_state_dict(state | {"given": np.array(1), "n_samples": np.array(N)})
    assert batches.position == 1


REFUSED = [
    ({"n_samples": 12}, "Minibatches: state has n_samples 12, expected 11"),
    ({"batch_size": 4}, "Minibatches: state has batch_size 4, expected 3"),
    ({"given": 5}, "Minibatches: state has 5 batches given, expected 0 to 4"),
    ({"given": -1}, "Minibatches: state has -1 batches given, expected 0 to 4"),
    (
        {"order": None},
        "Minibatches: state has no order and 1 batches given, which does not go with "
        "shuffle='epoch'",
    ),
    (
        {"order": np.arange(10)},
        "Minibatches: order has shape (10,) of int64, expected (11,) of integers",
    ),
    (
        {"order": np.arange(1, 12)},
        "Minibatches: order has samples 1 to 11, expected 0 to 10",
    ),
    ({"sampler": {}}, "Minibatches: sampler has one state, expected none"),
    ({"transform": None}, "Minibatches: transform has no state, expected one"),
    (
        {"transform": {"0": {"rng": {}}}},
        "Augment: state has names 0, expected 0, 1",
    ),
    (
        {"rng": np.random.Generator(np.random.SFC64()).bit_generator.state},
        "Minibatches: rng has a broken generator state (KeyError: 'bits')",
    ),
]


@pytest.mark.parametrize(("change", "text"), REFUSED)
def test_refused_states_change_nothing(change, text):
    batches, twin = make(3), make(3)
    for each in (batches, twin):
        next(iter(each))
    state = batches.state_dict() | change
    with pytest.raises(ValueError) as caught:
        batches.load_state_dict(state)
    assert str(caught.value) == text
    assert batches.position == 1
    np.testing.assert_equal(batches.state_dict(), twin.state_dict())
    require_same(epoch(batches), epoch(twin))


def test_a_part_that_refuses_leaves_the_others_as_they_were():
    batches = make(3)
    state = batches.state_dict()
    state["rng"] = make(8).state_dict()["rng"]
    state["transform"] = {
        "0": make(9).state_dict()["transform"]["0"],
        "1": {"rng": {"bits": None}},
    }
    with pytest.raises(ValueError, match="GaussianNoise: rng has a broken generator"):
        batches.load_state_dict(state)
    require_same(epoch(batches), epoch(make(3)))


def test_another_kind_of_generator():
    batches = Minibatches(np.arange(N), TARGET, rng=Torch7Generator(1))
    state = Minibatches(np.arange(N), TARGET, rng=1).state_dict()
    with pytest.raises(ValueError) as caught:
        batches.load_state_dict(state)
    assert str(caught.value) == (
        "Minibatches: rng has the state of a PCG64, expected that of a Torch7Generator"
    )


def test_no_state():
    batches = make(3)
    with pytest.raises(TypeError) as caught:
        batches.load_state_dict([1])
    assert str(caught.value) == "Minibatches: state has type list, expected a dict"
    with pytest.raises(ValueError, match="Minibatches: state has names given, expect"):
        batches.load_state_dict({"given": 0})


def test_a_copy_goes_its_own_way():
    batches = make(3)
    twin = copy.deepcopy(batches)
    require_same(epoch(twin), epoch(batches))


def test_transforms():
    def scaled(x, target):
        return x * 2, target + 1

    x = np.arange(5.0)
    for shuffle in ("epoch", "never"):
        for xb, tb in Minibatches(x, np.arange(5), 2, shuffle, transform=scaled):
            np.testing.assert_array_equal(xb, 2 * (tb - 1))
    np.testing.assert_array_equal(x, np.arange(5))


@pytest.mark.parametrize("result", [None, np.zeros(2), (1, 2, 3)])
def test_a_transform_that_gives_no_pair(result):
    batches = Minibatches(np.ones(3), np.ones(3), transform=lambda x, target: result)
    with pytest.raises(TypeError, match="transform returned .*, expected a pair"):
        next(iter(batches))


def test_a_transform_that_fails():
    def fail_once(x, target):
        if len(calls) == 1:
            calls.append(1)
            raise OSError("disk")
        calls.append(1)
        return x, target

    calls = []
    batches = Minibatches(np.arange(6), np.arange(6), 2, rng=0, transform=fail_once)
    loop = iter(batches)
    first = next(loop)[0].copy()
    with pytest.raises(OSError, match="disk"):
        next(loop)
    assert batches.position == 1
    batches.load_state_dict(batches.state_dict())
    rest = [xb.copy() for xb, _ in batches]
    assert sorted(np.concatenate([first, *rest])) == list(range(6))


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        (
            {"transform": 3},
            TypeError,
            "Minibatches: transform has type int, expected a function of x and target",
        ),
        (
            {"sampler": Weighted(np.ones(4))},
            ValueError,
            "Minibatches: sampler is for 4 samples, expected 11",
        ),
        (
            {"sampler": Weighted(np.ones(N)), "shuffle": "never"},
            ValueError,
            "Minibatches: shuffle is 'never', expected 'epoch' with a sampler",
        ),
        (
            {"sampler": Weighted(np.ones(N), 2), "batch_size": 3},
            ValueError,
            "Minibatches: batch_size is 3, expected at most the 2 samples there are",
        ),
    ],
)
def test_wrong_options(options, error, text):
    with pytest.raises(error) as caught:
        Minibatches(np.arange(N), TARGET, **options)
    assert str(caught.value) == text


@pytest.mark.parametrize("shuffle", ["epoch", "once"])
def test_nobody_can_write_to_the_order(shuffle):
    batches = Minibatches(np.arange(6.0), np.arange(6), 2, shuffle, rng=0)
    for resumed in (False, True):
        if resumed:
            batches.load_state_dict(batches.state_dict())
        next(iter(batches))
        for array in (batches.state_dict()["order"], batches.indices):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
